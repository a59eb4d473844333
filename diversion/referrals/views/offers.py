"""The offer in plain words, and the answer to it. Yes and no are equally easy."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.closure_text import closure_words
from diversion.referrals.enums import Answer, ReferralState
from diversion.referrals.forms.participant import AnswerForm
from diversion.referrals.models import Offer, Referral
from diversion.referrals.offer_text import consequences, offer_text, programme_name
from diversion.referrals.services.answers import answer_offer
from diversion.referrals.views.pages import add_refusal, form_page

NOTHING_TO_FINISH = {ReferralState.DECLINED, ReferralState.WITHDRAWN}


@needs(Permission.OWN_CASE)
def offer_show(request: StaffRequest) -> HttpResponse:
    return render(request, "referrals/offer_show.html", _context(_own_offer(request)))


@needs(Permission.OWN_CASE)
def offer_accept(request: StaffRequest) -> HttpResponse:
    return _answer(request, Answer.ACCEPTED, "referrals/offer_accept.html", then="course-find")


@needs(Permission.OWN_CASE)
def offer_decline(request: StaffRequest) -> HttpResponse:
    return _answer(request, Answer.DECLINED, "referrals/offer_decline.html", then="offer-show")


def _answer(request: StaffRequest, answer: Answer, template: str, *, then: str) -> HttpResponse:
    offer, language = _own_offer(request), get_language() or "en-gb"
    text = offer_text(offer=offer, answer=answer, language=language)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"text_sha256": text.sha256})
    if form.is_bound and form.is_valid():
        try:
            answer_offer(
                offer=offer,
                answer=answer,
                text_sha256=form.cleaned_data["text_sha256"],
                language=language,
                by=request.user.as_actor(),
                at=clock.now(),
            )
            return see_other(then)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, template, form, **_context(offer), wording=text)


def _own_offer(request: StaffRequest) -> Offer:
    cases = Referral.objects.visible_to(request.user)
    offers = Offer.objects.filter(referral__in=cases).select_related(
        "referral__disposal", "referral__scheme_version__scheme__agency", "answer"
    )
    offer = offers.order_by("-issued_at", "-number").first()
    if offer is None:
        raise Http404
    return offer


def _context(offer: Offer) -> dict[str, Any]:
    referral = offer.referral
    requirement = referral.requirements.select_related("programme").earliest("complete_by")
    return {
        "offer": offer,
        "requirement": requirement,
        "programme": programme_name(requirement, get_language() or "en-gb"),
        "conditions": referral.conditions.all(),
        "after": consequences(referral.disposal) if referral.disposal else None,
        "agency": referral.agency,
        "answer": getattr(offer, "answer", None),
        "can_answer": referral.state == ReferralState.OFFERED
        and offer.ended_at is None
        and not clock.is_over(offer.expires_on, at=clock.now()),
        "why_closed": closure_words(referral.closure_reason) if referral.state == ReferralState.WITHDRAWN else "",
        "complete_by": None if referral.state in NOTHING_TO_FINISH else requirement.complete_by,
    }
