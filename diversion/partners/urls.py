from django.urls import URLPattern, path

from diversion.partners.views import results, uploads

urlpatterns: list[URLPattern] = [
    path("agency/imports/", uploads.import_create, name="import-create"),
    path("agency/imports/template.csv", uploads.import_template, name="import-template"),
    path("agency/imports/columns/", uploads.import_guide, name="import-guide"),
    path("agency/imports/<slug:public_id>/", results.import_show, name="import-show"),
    path("agency/imports/<slug:public_id>/take-in/", results.import_take_in, name="import-take-in"),
]
