"""Reports of visits: the trainer's, the provider's and the service team's alike."""

from django.urls import URLPattern, path

from courses.views import visits

urlpatterns: list[URLPattern] = [
    path("visits/", visits.visit_list, name="visit-list"),
    path("visits/new/", visits.visit_begin, name="visit-begin"),
    path("visits/new/<slug:public_id>/<slug:trainer>/", visits.visit_report, name="visit-report"),
    path("visits/<slug:public_id>/", visits.visit_show, name="visit-show"),
    path("visits/<slug:public_id>/follow-up/", visits.visit_follow_up, name="visit-follow-up"),
]
