"""The authoriser's list and decision."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.references import spoken
from diversion.referrals.enums import ReferralState
from diversion.referrals.forms.authorisation import Decision, DecisionForm
from diversion.referrals.models import Referral
from diversion.referrals.services.authorisation import authorise_referral, refuse_referral, return_referral
from diversion.referrals.views.amendments import changes
from diversion.referrals.views.eligibility import eligibility_card
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page
from diversion.referrals.views.summaries import cards

PAGE = 25
SAID = {
    Decision.AUTHORISE: gettext_lazy(
        "The referral was authorised and its offer made. The officer can now post the letter."
    ),
    Decision.RETURN: gettext_lazy("The referral was returned to the officer."),
    Decision.REFUSE: gettext_lazy("The referral was refused and the officer told."),
}


@needs(Permission.AUTHORISE)
@require_GET
def authorisation_list(request: StaffRequest) -> HttpResponse:
    """The longest waiting first; then, by their references alone, those that somebody else must authorise."""
    waiting = Referral.objects.listed_for(request.user).awaiting_authorisation().in_listing_order("submitted_at")
    rows = waiting.select_related("participant", "scheme__programme", "submitted_by", "risk_decision")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    log_access(request, kind="list", participants=[each.participant_id for each in page if each.in_full])
    context = {
        "page_obj": page,
        "rows": [_row(each, request) for each in page if each.in_full],
        "limited": [spoken(each.reference) for each in page if not each.in_full],
        "head": _head(),
    }
    return render(request, "referrals/authorisation_list.html", context)


@needs(Permission.AUTHORISE)
def authorisation_decide(request: StaffRequest, public_id: str) -> HttpResponse:
    referral = _read(request, public_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        decision = Decision(form.cleaned_data["decision"])
        try:
            _decide(decision, form.cleaned_data["reason"])(
                referral=referral, user=request.user, by=request.user.as_actor(), at=clock.now()
            )
            messages.success(request, str(SAID[decision]))
            return see_other("authorisation-list")
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {
        "referral": referral,
        "cards": [*cards(referral, changeable=False), eligibility_card(referral, at=clock.now())],
        **changes(referral, request),
        "waiting": referral.state == ReferralState.AWAITING_AUTHORISATION,
        "own": referral.submitted_by_id == request.user.pk,
    }
    return form_page(request, "referrals/authorisation_decide.html", form, **context)


def _decide(decision: Decision, reason: str) -> Callable[..., object]:
    if decision == Decision.AUTHORISE:
        return authorise_referral
    service = refuse_referral if decision == Decision.REFUSE else return_referral
    return lambda **given: service(reason=reason, **given)


def _read(request: StaffRequest, public_id: str) -> Referral:
    rows = Referral.objects.visible_to(request.user).exclude(state__in=[ReferralState.DRAFT, ReferralState.VOID])
    rows = rows.select_related(
        "participant",
        "offence_category",
        "scheme__programme",
        "disposal",
        "victim_view",
        "previous_history",
        "risk_decision",
        "submitted_by",
    )
    referral: Referral = find_on_case(request, rows, public_id)
    log_access(request, kind="page", participants=[referral.participant_id] if referral.participant_id else [])
    return referral


def _head() -> list[dict[str, Any]]:
    return [{"text": text} for text in (_("Person"), _("Programme"), _("Risk level"), _("Submitted by"), _("Submitted"))]


def _row(referral: Referral, request: StaffRequest) -> list[dict[str, Any]]:
    person, sent = referral.participant, referral.submitted_by
    mine = _("you: somebody else decides")
    return [
        {
            "text": person.full_name if person else "",
            "url": reverse("authorisation-decide", args=[referral.public_id]),
            "header": True,
            "tag": {"text": _("Restricted"), "colour": "red"} if referral.restricted else None,
        },
        {"text": referral.scheme.programme.name if referral.scheme else ""},
        {"text": referral.risk_decision.get_level_display()},
        {"text": mine if sent == request.user else str(sent)},
        {"text": clock.day_of(referral.submitted_at).strftime("%-d %b %Y") if referral.submitted_at else ""},
    ]
