"""The product's routes, and a few that exist for the tests alone."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from diversion.accounts.guards import needs, public, signed_in
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.urls import urlpatterns as product


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("inside")


@public("a fault on purpose")
def fall_over(request: HttpRequest, canary: str) -> HttpResponse:
    held = {"local": "canary-local@example.org"}
    User.objects.create(email="canary-row@example.org")
    User.objects.create(email="canary-row@example.org", name=held["local"])
    return HttpResponse()


@public("an error on purpose")
def complain(request: HttpRequest, canary: str) -> HttpResponse:
    raise ValueError(f"canary-message {canary} {request.GET.get('q')}")


def copy(view):
    return lambda request: view(request)


urlpatterns = [
    *product,
    path("test/unguarded/", copy(answer)),
    path("test/public/", public("for the test")(copy(answer))),
    path("test/signed-in/", signed_in(copy(answer))),
    path("test/invite/", needs(Permission.INVITE)(copy(answer))),
    path("my/test/", needs(Permission.OWN_CASE)(copy(answer))),
    path("test/row/<str:canary>/", fall_over),
    path("test/message/<str:canary>/", complain),
]
