"""Pages of a provider's administrators."""

from django.urls import URLPattern, path

from courses.views.dashboard import dashboard_show
from courses.views.licences import endangered_list, licence_list
from courses.views.provider import course_create, course_list, course_publish, course_show
from courses.views.quality import quality_show

urlpatterns: list[URLPattern] = [
    path("provider/", dashboard_show, name="dashboard-show"),
    path("provider/courses/", course_list, name="course-list"),
    path("provider/quality/", quality_show, name="quality-show"),
    path("provider/courses/new/", course_create, name="course-create"),
    path("provider/courses/<slug:public_id>/", course_show, name="course-show"),
    path("provider/courses/<slug:public_id>/publish/", course_publish, name="course-publish"),
    path("provider/licences/", licence_list, name="licence-list"),
    path("provider/licences/courses/", endangered_list, name="endangered-list"),
]
