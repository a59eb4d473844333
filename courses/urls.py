"""Routes of participants, of providers' administrators, and of the register."""

from django.urls import URLPattern, URLResolver

from courses import urls_participant, urls_provider, urls_register

urlpatterns: list[URLPattern | URLResolver] = [
    *urls_participant.urlpatterns,
    *urls_provider.urlpatterns,
    *urls_register.urlpatterns,
]
