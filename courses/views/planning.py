"""Planning courses: what is wanted, the plan as it would be, and making it. What was typed is kept between the pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from courses.forms.planning import PlanForm, RunForm, TermForm
from courses.models import Provider
from courses.services.proposing import Proposals
from courses.services.runs import PlanHasChanged, make_run
from courses.views.planning_words import course_cards, skipped_words
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.references import new_public_id

KEPT = "planned"
ROUTES = {"run": "run-plan", "term": "term-plan"}
TITLES = {"run": _("Plan several courses"), "term": _("Run a term again")}


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def run_plan(request: StaffRequest) -> HttpResponse:
    """Courses alike, on weekly slots."""
    return _ask(request, "run")


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def term_plan(request: StaffRequest) -> HttpResponse:
    """The courses of some weeks, again later."""
    return _ask(request, "term")


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_check(request: StaffRequest) -> HttpResponse:
    """GET shows the plan that was asked for last; POST makes its courses, all of them or none."""
    provider = get_object_or_404(Provider.objects.visible_to(request.user))
    kept: dict[str, Any] = request.session.get(KEPT) or {"kind": "run", "typed": {}}
    asked = _form(kept["kind"], MultiValueDict(kept["typed"]), provider)
    if not asked.is_valid():
        return see_other(ROUTES[kept["kind"]])
    wanted, at = asked.wanted(), clock.now()
    try:
        proposals = wanted.propose(provider, at=at)
    except Refusal:
        return see_other(ROUTES[kept["kind"]])
    form = PlanForm(request.POST or None, online=_some_online(proposals), initial=_initial(proposals))
    if request.method == "POST" and form.is_valid():
        try:
            make_run(provider=provider, wanted=wanted, **form.cleaned_data, by=request.user.as_actor(), at=at)
        except PlanHasChanged as refusal:
            messages.warning(request, str(refusal))
            return see_other("plan-check")
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return see_other("course-list")
    return render(request, "courses/plan_check.html", _context(proposals, form, kept["kind"]), status=_status(form))


def _ask(request: StaffRequest, kind: str) -> HttpResponse:
    provider = get_object_or_404(Provider.objects.visible_to(request.user))
    kept = request.session.get(KEPT)
    typed = MultiValueDict(kept["typed"]) if kept and kept["kind"] == kind and "change" in request.GET else None
    form = _form(kind, request.POST if request.method == "POST" else typed, provider)
    if request.method == "POST" and form.is_valid():
        try:
            form.wanted().propose(provider, at=clock.now())
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
            request.session[KEPT] = {"kind": kind, "typed": sent}
            return see_other("plan-check")
    context = {"form": form, "kind": kind, "title": TITLES[kind]}
    return render(request, "courses/plan_ask.html", context, status=422 if request.method == "POST" else 200)


def _form(kind: str, typed: Any, provider: Provider) -> RunForm | TermForm:
    return RunForm(typed, provider=provider) if kind == "run" else TermForm(typed)


def _some_online(proposals: Proposals) -> bool:
    return any(each.venue is None for each in proposals.courses)


def _initial(proposals: Proposals) -> dict[str, str]:
    return {"public_id": new_public_id(), "fingerprint": proposals.fingerprint}


def _status(form: PlanForm) -> int:
    return 422 if form.is_bound else 200


def _context(proposals: Proposals, form: PlanForm, kind: str) -> dict[str, Any]:
    return {
        "form": form,
        "sound": proposals.is_sound,
        "cards": course_cards(proposals),
        "skipped": skipped_words(proposals.skipped),
        "change": ROUTES[kind],
    }
