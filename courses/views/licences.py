"""A provider's licences, and the courses that they do not cover."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from courses.queries.licences import endangered, provider_licences, trainer_licences
from courses.views.licence_words import endangered_rows, provider_rows, trainer_rows
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock

A_PAGE = 25
FIRST_FEW = 10
DAYS = [{"text": _("Kind")}, {"text": _("From")}, {"text": _("Until")}]
ENDANGERED_HEAD = [{"text": _("Starts")}, {"text": _("Programme")}, {"text": _("Where")}, {"text": _("Missing")}]


@needs(Permission.SEE_COURSES)
@require_safe
def licence_list(request: StaffRequest) -> HttpResponse:
    """The courses in danger first; then the provider's own licences, and its trainers' by pages."""
    found = endangered(request.user, at=clock.now())
    page = Paginator(trainer_licences(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "endangered": endangered_rows(found[:FIRST_FEW]),
        "endangered_head": ENDANGERED_HEAD,
        "own": provider_rows(provider_licences(request.user)),
        "own_head": [{"text": _("Programme")}, *DAYS],
        "trainers": trainer_rows(page.object_list),
        "trainers_head": [{"text": _("Trainer")}, {"text": _("Programme")}, *DAYS],
    }
    return render(request, "courses/licence_list.html", context)


@needs(Permission.SEE_COURSES)
@require_safe
def endangered_list(request: StaffRequest) -> HttpResponse:
    """All the courses in danger, by pages."""
    page = Paginator(endangered(request.user, at=clock.now()), A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "head": ENDANGERED_HEAD, "rows": endangered_rows(page.object_list)}
    return render(request, "courses/endangered_list.html", context)
