"""The authoriser's list, and the decision on one referral."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
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
from diversion.referrals.authority import Authority, authority_of
from diversion.referrals.enums import Decision, ReferralState
from diversion.referrals.forms.authorisation import DecisionForm, QueueFilterForm
from diversion.referrals.models import Referral
from diversion.referrals.services.authorisation import AT_ONCE, decide
from diversion.referrals.views.amendments import changes
from diversion.referrals.views.eligibility import eligibility_card
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page
from diversion.referrals.views.summaries import cards

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
    form, authority = QueueFilterForm(request.GET), authority_of(request.user, on=clock.today())
    waiting = Referral.objects.listed_for(request.user).awaiting_authorisation().in_listing_order("submitted_at")
    waiting = waiting.filter(authority.decidable(), in_full=True) if form.only_mine else waiting
    waiting = waiting.select_related("participant", "scheme__programme", "disposal", "submitted_by", "risk_decision")
    page = Paginator(waiting, AT_ONCE).get_page(request.GET.get("page"))
    log_access(request, kind="list", participants=[each.participant_id for each in page if each.in_full])
    rows = [_row(each, authority) for each in page if each.in_full]
    context = {
        "page_obj": page,
        "rows": rows,
        "limited": [spoken(each.reference) for each in page if not each.in_full],
        "mine": urlencode([("referral", row["referral"].public_id) for row in rows if not row["why_not"]]),
        "filter_form": form,
        "filter_tags": form.tags(),
        "query": "show=mine&" if form.only_mine else "",
    }
    return render(request, "referrals/authorisation_list.html", context)


@needs(Permission.AUTHORISE)
def authorisation_decide(request: StaffRequest, public_id: str) -> HttpResponse:
    referral = _read(request, public_id)
    form = DecisionForm(request.POST if request.method == "POST" else None, referral=referral)
    if form.is_bound and form.is_valid():
        choice = form.choice()
        try:
            decide(choice=choice, user=request.user, by=request.user.as_actor(), at=clock.now())
            messages.success(request, str(SAID[choice.decision]))
            return see_other("authorisation-list")
        except Refusal as refusal:
            add_refusal(form, refusal)
    authority = authority_of(request.user, on=clock.today())
    why_not = authority.why_not(referral)
    context = {
        "referral": referral,
        "cards": [*cards(referral, changeable=False), eligibility_card(referral, at=clock.now())],
        **changes(referral, request),
        "why_not": why_not,
        "in_stead_of": None if why_not else authority.over(referral).in_stead_of,
    }
    return form_page(request, "referrals/authorisation_decide.html", form, **context)


def _read(request: StaffRequest, public_id: str) -> Referral:
    rows = Referral.objects.visible_to(request.user).exclude(state__in=[ReferralState.DRAFT, ReferralState.VOID])
    rows = rows.with_last_word().select_related(
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


def _row(referral: Referral, authority: Authority) -> dict[str, Any]:
    """One referral of the list: since how many London days it waits, and why this person may not decide it, if so."""
    since = clock.day_of(referral.submitted_at) if referral.submitted_at else clock.today()
    return {"referral": referral, "days": (clock.today() - since).days, "why_not": authority.why_not(referral)}
