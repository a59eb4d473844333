"""Every route, by the app that answers it."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("diversion.accounts.urls")),
    path("", include("diversion.notifications.urls")),
    path("", include("diversion.referrals.urls")),
    path("", include("courses.urls")),
    path("", include("payments.urls")),
    path("", include("diversion.compliance.urls")),
    path("", include("diversion.partners.urls")),
]

if settings.DEMO and "diversion.demo" in settings.INSTALLED_APPS:
    urlpatterns += [path("demo/", include("diversion.demo.urls"))]
