"""Pages of the service team about what providers may teach."""

from django.urls import URLPattern, path

from courses.views import support_licences as licences

urlpatterns: list[URLPattern] = [
    path("support/licences/", licences.licence_find, name="licence-find"),
    path("support/licences/new/", licences.licence_grant, name="licence-grant"),
    path("support/licences/<slug:public_id>/", licences.licence_show, name="licence-show"),
    path("support/licences/<slug:public_id>/renew/", licences.licence_renew, name="licence-renew"),
    path("support/licences/<slug:public_id>/end/", licences.licence_end, name="licence-end"),
]
