"""Routes of participants, of providers' administrators, of the register, and of the service team."""

from django.urls import URLPattern, URLResolver

from courses import urls_participant, urls_provider, urls_register, urls_support, urls_visits

urlpatterns: list[URLPattern | URLResolver] = [
    *urls_participant.urlpatterns,
    *urls_provider.urlpatterns,
    *urls_register.urlpatterns,
    *urls_support.urlpatterns,
    *urls_visits.urlpatterns,
]
