"""The officer's task list: section by section, saved as they go, checked, submitted."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.forms import GovukForm
from diversion.core.http import see_other
from diversion.referrals.clocks import draft_ends_on
from diversion.referrals.enums import ReferralState
from diversion.referrals.forms.sections import SECTION_FORMS
from diversion.referrals.models import Referral
from diversion.referrals.queries import SECTIONS, finished_sections
from diversion.referrals.services import drafts
from diversion.referrals.services.sections import SectionWasChanged, save_section
from diversion.referrals.services.submission import submit_referral
from diversion.referrals.views.amendments import change_links, changes
from diversion.referrals.views.eligibility import eligibility_card, warnings_kept
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page
from diversion.referrals.views.summaries import cards

WAITS_FOR = {"needs": "person", "agreement": "requirement"}
"""Sections that cannot be filled in before another: somebody must have the needs, the disposal says what must be asked."""


@needs(Permission.REFER)
def referral_create(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "referrals/referral_create.html")
    referral = drafts.start_referral(officer=request.user, by=request.user.as_actor(), at=clock.now())
    return see_other("referral-tasks", referral.public_id)


@needs(Permission.REFER)
@require_GET
def referral_tasks(request: StaffRequest, public_id: str) -> HttpResponse:
    referral = _read(request, public_id)
    if referral.state != ReferralState.DRAFT:
        shown = cards(referral, changeable=False, links=change_links(referral))
        context = {"referral": referral, "cards": shown, "reason": _last_reason(referral), **changes(referral, request)}
        return render(request, "referrals/referral_show.html", context)
    done = finished_sections(referral)
    context = {
        "referral": referral,
        "tasks": [_task(referral, section, done) for section in SECTIONS],
        "ready": done == set(SECTIONS),
        "done": len(done),
        "all": len(SECTIONS),
        "ends_on": draft_ends_on(referral.touched_at),
        "reason": _last_reason(referral),
    }
    return render(request, "referrals/referral_tasks.html", context)


@needs(Permission.REFER)
def referral_edit(request: StaffRequest, public_id: str, section: str) -> HttpResponse:
    referral = _read(request, public_id)
    if request.method != "POST" and referral.state != ReferralState.DRAFT:
        return see_other("referral-tasks", public_id)
    form = SECTION_FORMS[section](request.POST if request.method == "POST" else None, referral=referral)
    form.cancel_url = reverse("referral-tasks", args=[public_id])
    if form.is_bound and form.is_valid():
        try:
            save_section(referral=referral, **form.given(), by=request.user.as_actor(), at=clock.now())
            return see_other("referral-tasks", public_id)
        except SectionWasChanged as refusal:
            form.tell(refusal, by=request.user)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/referral_edit.html", form, referral=referral)


@needs(Permission.REFER)
def referral_check(request: StaffRequest, public_id: str) -> HttpResponse:
    referral = _read(request, public_id)
    form = GovukForm(request.POST if request.method == "POST" else None)
    form.submit_text, form.cancel_url = _("Submit for authorisation"), reverse("referral-tasks", args=[public_id])
    if form.is_bound and form.is_valid():
        try:
            submit_referral(referral=referral, user=request.user, by=request.user.as_actor(), at=clock.now())
            return see_other("referral-submitted", public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    elif referral.state != ReferralState.DRAFT:
        return see_other("referral-tasks", public_id)
    asked = eligibility_card(referral, at=clock.now())
    context = {"referral": referral, "cards": [*cards(referral, changeable=True), asked]}
    return form_page(request, "referrals/referral_check.html", form, **context)


@needs(Permission.REFER)
@require_GET
def referral_submitted(request: StaffRequest, public_id: str) -> HttpResponse:
    referral = _read(request, public_id)
    context = {"referral": referral, "warnings": warnings_kept(referral)}
    return render(request, "referrals/referral_submitted.html", context)


@needs(Permission.REFER)
def referral_discard(request: StaffRequest, public_id: str) -> HttpResponse:
    referral = _read(request, public_id)
    form = GovukForm(request.POST if request.method == "POST" else None)
    form.submit_text, form.submit_style = _("Discard this draft"), "warning"
    form.cancel_url = reverse("referral-tasks", args=[public_id])
    if form.is_bound and form.is_valid():
        try:
            drafts.discard_draft(referral=referral, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("The draft was discarded."))
            return see_other("referral-create")
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/referral_discard.html", form, referral=referral)


def _read(request: StaffRequest, public_id: str) -> Referral:
    rows = Referral.objects.visible_to(request.user).select_related(
        "participant",
        "offence_category",
        "scheme__programme",
        "disposal",
        "victim_view",
        "previous_history",
        "risk_decision",
        "officer",
    )
    referral: Referral = find_on_case(request, rows, public_id)
    log_access(request, kind="page", participants=[referral.participant_id] if referral.participant_id else [])
    return referral


def _task(referral: Referral, section: str, done: set[str]) -> dict[str, Any]:
    blocked = WAITS_FOR.get(section, section) not in done and section in WAITS_FOR
    finished = section in done
    return {
        "title": SECTION_FORMS[section].heading,
        "url": "" if blocked else reverse("referral-edit", args=[referral.public_id, section]),
        "status": _("Completed") if finished else _("Cannot start yet") if blocked else _("Not started"),
        "colour": "" if finished or blocked else "blue",
    }


def _last_reason(referral: Referral) -> str:
    """What the authoriser wrote when it was last returned or refused."""
    written = AuditEvent.objects.filter(
        subject_id=referral.pk, old_state=ReferralState.AWAITING_AUTHORISATION, new_state__in=["draft", "refused"]
    )
    event = written.order_by("-occurred_at").first()
    return event.reason if event else ""
