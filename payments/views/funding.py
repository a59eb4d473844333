"""A person asks for their place to be paid for; a named person decides (rule 7)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from courses.queries.my_course import requirement_to_book
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.moments import day_words
from diversion.core.references import spoken
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page
from payments.forms import GRANT, FundingDecisionForm, FundingForm
from payments.models import FundingRequest
from payments.services.funding import ask_for_funding, decide_funding

A_PAGE = 25


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def funding_show(request: StaffRequest) -> HttpResponse:
    """Where the person's request stands, and the question itself while there is none."""
    requirement = requirement_to_book(request.user, at=clock.now())
    if requirement is None:
        return see_other("my-home")
    form = FundingForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            ask_for_funding(
                requirement=requirement, words=form.cleaned_data["words"], by=request.user.as_actor(), at=clock.now()
            )
            return see_other("funding-show")
        except Refusal as refusal:
            add_refusal(form, refusal)
    mine = FundingRequest.objects.visible_to(request.user).filter(requirement=requirement)
    context = {
        "last": mine.order_by("-asked_at").first(),
        "requirement": requirement,
        "complete_by": requirement.complete_by,
    }
    return form_page(request, "payments/funding_show.html", form, **context)


@needs(Permission.FUND)
@require_GET
def funding_list(request: StaffRequest) -> HttpResponse:
    """Those that wait, the longest first."""
    waiting = FundingRequest.objects.visible_to(request.user).asked().order_by("asked_at", "pk")
    rows = waiting.select_related("requirement__referral__participant", "requirement__programme")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    log_access(request, kind="list", participants=filter(None, (each.requirement.referral.participant_id for each in page)))
    context = {"page_obj": page, "rows": [_row(each) for each in page], "head": _head()}
    return render(request, "payments/funding_list.html", context)


@needs(Permission.FUND)
@require_http_methods(["GET", "HEAD", "POST"])
def funding_decide(request: StaffRequest, public_id: str) -> HttpResponse:
    asked = _read(request, public_id)
    form = FundingDecisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            decide_funding(
                request=asked,
                granted=form.cleaned_data["decision"] == GRANT,
                reason=form.cleaned_data["reason"],
                user=request.user,
                by=request.user.as_actor(),
                at=clock.now(),
            )
            messages.success(request, _("Your decision is saved and the person is told."))
            return see_other("funding-list")
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {"asked": asked, "who": _who(asked), "facts": _facts(asked)}
    return form_page(request, "payments/funding_decide.html", form, **context)


def _read(request: StaffRequest, public_id: str) -> FundingRequest:
    rows = FundingRequest.objects.visible_to(request.user).select_related(
        "requirement__referral__participant", "requirement__programme"
    )
    asked: FundingRequest = find_on_case(request, rows, public_id)
    person = asked.requirement.referral.participant_id
    log_access(request, kind="page", participants=[person] if person else [])
    return asked


def _who(asked: FundingRequest) -> str:
    """The name and reference; of a volunteer the reference alone."""
    referral = asked.requirement.referral
    person = referral.participant
    if referral.voluntary or person is None:
        return spoken(referral.reference)
    return f"{person.full_name}, {spoken(referral.reference)}"


def _facts(asked: FundingRequest) -> list[dict[str, str]]:
    return [
        {"key": _("Who"), "value": _who(asked)},
        {"key": _("Programme"), "value": asked.requirement.programme.name},
        {"key": _("Asked on"), "value": day_words(clock.day_of(asked.asked_at))},
        {"key": _("Book by"), "value": day_words(asked.requirement.book_by)},
        {"key": _("Finish by"), "value": day_words(asked.requirement.complete_by)},
        {"key": _("In the person’s own words"), "value": asked.words},
    ]


def _head() -> list[dict[str, Any]]:
    return [{"text": text} for text in (_("Who"), _("Programme"), _("Asked on"), _("Book by"))]


def _row(asked: FundingRequest) -> list[dict[str, Any]]:
    return [
        {"text": _who(asked), "url": reverse("funding-decide", args=[asked.public_id]), "header": True},
        {"text": asked.requirement.programme.name},
        {"text": day_words(clock.day_of(asked.asked_at))},
        {"text": day_words(asked.requirement.book_by)},
    ]
