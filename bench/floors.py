"""The least that a page of this stack can cost: our middleware and nothing, and our middleware, one SELECT and 2 kB of template."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path

from diversion.accounts.guards import public
from diversion.referrals.models import BankHoliday

ROWS = 20


@public("a measure")
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("well")


@public("a measure")
def one_select(request: HttpRequest) -> HttpResponse:
    return render(request, "floor.html", {"title": "Floor", "days": BankHoliday.objects.order_by("pk")[:ROWS]})


urlpatterns: list[URLPattern | URLResolver] = [
    path("floor/bare/", bare),
    path("floor/select/", one_select),
    path("", include("diversion.urls")),
]
handler404 = "diversion.core.views.not_found"
