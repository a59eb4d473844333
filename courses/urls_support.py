"""Pages of the service team about what providers may teach."""

from django.urls import URLPattern, path

from courses.views import concerns, programmes
from courses.views import support_licences as licences

urlpatterns: list[URLPattern] = [
    path("support/concerns/", concerns.concern_list, name="concern-list"),
    path("support/concerns/<str:public_id>/", concerns.concern_follow_up, name="concern-follow-up"),
    path("support/programmes/", programmes.programme_list, name="programme-list"),
    path("support/programmes/new/", programmes.programme_create, name="programme-create"),
    path("support/programmes/<slug:public_id>/", programmes.programme_show, name="programme-show"),
    path("support/programmes/<slug:public_id>/edit/", programmes.programme_edit, name="programme-edit"),
    path("support/programmes/<slug:public_id>/sessions/", programmes.programme_plan, name="programme-plan"),
    path("support/licences/", licences.licence_find, name="licence-find"),
    path("support/licences/new/", licences.licence_grant, name="licence-grant"),
    path("support/licences/<slug:public_id>/", licences.licence_show, name="licence-show"),
    path("support/licences/<slug:public_id>/renew/", licences.licence_renew, name="licence-renew"),
    path("support/licences/<slug:public_id>/end/", licences.licence_end, name="licence-end"),
]
