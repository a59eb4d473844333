"""Changing a submitted referral, and what was changed: both values, why, who and when."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.moments import moment_words
from diversion.referrals.enums import ReferralState
from diversion.referrals.forms.sections import SECTION_FORMS, change_form
from diversion.referrals.models import Referral, ReferralChange
from diversion.referrals.services.amendments import change_section, why_not_changed
from diversion.referrals.services.sections import SectionWasChanged
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page

PAGE = 25


@needs(Permission.REFER)
def referral_change(request: StaffRequest, public_id: str, item: str) -> HttpResponse:
    referral = _read(request, public_id)
    form = change_form(request.POST if request.method == "POST" else None, referral=referral, section=item)
    form.cancel_url = reverse("referral-tasks", args=[public_id])
    if form.is_bound and form.is_valid():
        given = {**form.given(), "reason": form.cleaned_data["reason"]}
        try:
            change_section(referral=referral, **given, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("The change was saved."))
            return see_other("change-list", public_id)
        except SectionWasChanged as refusal:
            form.tell(refusal, by=request.user)
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {"referral": referral, "refused": "" if form.is_bound else why_not_changed(referral, item)}
    return form_page(request, "referrals/referral_change.html", form, **context)


@needs(Permission.SEE_CASES)
@require_GET
def change_list(request: StaffRequest, public_id: str) -> HttpResponse:
    referral = _read(request, public_id)
    return render(request, "referrals/change_list.html", {"referral": referral, **changes(referral, request)})


def changes(referral: Referral, request: StaffRequest) -> dict[str, Any]:
    """One page of a referral's changes as a table, newest first. Two queries however many there are."""
    rows = referral.changes.select_related("changed_by").order_by("-changed_at", "-pk")
    page: Page[ReferralChange] = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    head = [{"text": text} for text in (_("What"), _("From"), _("To"), _("Why"), _("Who and when"))]
    return {"page_obj": page, "changed": [_row(each) for each in page], "head": head}


def change_links(referral: Referral) -> dict[str, str]:
    """Where each section of a submitted referral is changed, as far as it may be now."""
    return {
        section: reverse("referral-change", args=[referral.public_id, section])
        for section in SECTION_FORMS
        if not why_not_changed(referral, section)
    }


def _row(change: ReferralChange) -> list[dict[str, Any]]:
    section, _sep, name = change.item.partition(".")
    nothing = _("Nothing")
    return [
        {"text": SECTION_FORMS[section].label_of(name), "header": True},
        {"text": change.old or nothing},
        {"text": change.new or nothing},
        {"text": change.reason},
        {"text": f"{change.changed_by}, {moment_words(change.changed_at)}"},
    ]


def _read(request: StaffRequest, public_id: str) -> Referral:
    rows = Referral.objects.visible_to(request.user).exclude(state__in=[ReferralState.DRAFT, ReferralState.VOID])
    rows = rows.select_related("participant", "disposal", "scheme", "victim_view", "previous_history", "risk_decision")
    referral: Referral = find_on_case(request, rows, public_id)
    log_access(request, kind="page", participants=[referral.participant_id] if referral.participant_id else [])
    return referral
