"""Pages of a provider's administrators."""

from django.urls import URLPattern, path

from courses.views.cancelling import course_cancel
from courses.views.licences import licence_list
from courses.views.provider import course_create, course_list, course_publish, course_show
from courses.views.survey import quality_show

urlpatterns: list[URLPattern] = [
    path("provider/courses/", course_list, name="course-list"),
    path("provider/quality/", quality_show, name="quality-show"),
    path("provider/courses/new/", course_create, name="course-create"),
    path("provider/courses/<slug:public_id>/", course_show, name="course-show"),
    path("provider/courses/<slug:public_id>/publish/", course_publish, name="course-publish"),
    path("provider/courses/<slug:public_id>/cancel/", course_cancel, name="course-cancel"),
    path("provider/licences/", licence_list, name="licence-list"),
]
