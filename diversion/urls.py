"""Every route, by the app that answers it."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from diversion.accounts.guards import public
from diversion.core.views import choose_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("diversion.accounts.urls")),
    path("", include("diversion.notifications.urls")),
    path("", include("diversion.referrals.urls")),
    path("", include("courses.urls")),
    path("", include("payments.urls")),
    path("", include("diversion.compliance.urls")),
    path("language/", public("a language is chosen before signing in")(choose_language), name="set_language"),
    path("account/", include("allauth.urls")),
]

if settings.DEMO and "diversion.demo" in settings.INSTALLED_APPS:
    urlpatterns += [path("demo/", include("diversion.demo.urls"))]
