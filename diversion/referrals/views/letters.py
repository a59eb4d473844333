"""The letter: on screen, as a PDF, sent alone, or issued anew. The PIN is kept only until the letter has left or was used."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
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
from diversion.referrals.enums import ReferralState
from diversion.referrals.forms.post import SendingForm, Way
from diversion.referrals.letters import letter_for, letters_pdf
from diversion.referrals.models import Letter, Offer, Referral
from diversion.referrals.postal import may_be_posted
from diversion.referrals.services.letters import send_alone
from diversion.referrals.services.offers import reissue_offer
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page
from diversion.referrals.views.post_parts import fate, pdf_answer

MAY_BE_ISSUED_AGAIN = {ReferralState.OFFERED, ReferralState.EXPIRED}


@needs(Permission.REFER)
@require_GET
def letter_show(request: StaffRequest, public_id: str) -> HttpResponse:
    offer = _offer(request, public_id, kind="page")
    letters = offer.referral.letters.select_related("batch", "sent_by").order_by("-made_at")
    context = {
        "offer": offer,
        "referral": offer.referral,
        "letter": letter_for(offer) if offer.letter_pin else None,
        "may_be_posted": may_be_posted(offer.referral.participant),
        "can_reissue": offer.referral.state in MAY_BE_ISSUED_AGAIN,
        "can_record": any(each.waits and each.subject_id == offer.pk for each in letters),
        "head": [{"text": _("Made")}, {"text": _("What became of it")}],
        "rows": [_row(each) for each in letters],
    }
    return render(request, "referrals/letter_show.html", context)


@needs(Permission.REFER)
@require_GET
def letter_download(request: StaffRequest, public_id: str) -> HttpResponse:
    offer = _offer(request, public_id, kind="pdf")
    if not offer.letter_pin:
        raise Http404
    return pdf_answer(letters_pdf([letter_for(offer)]), name="letter.pdf")


@needs(Permission.REFER)
def letter_posted(request: StaffRequest, public_id: str) -> HttpResponse:
    offer = _offer(request, public_id, kind="page")
    letter = get_object_or_404(Letter.objects.visible_to(request.user), subject_id=offer.pk)
    way = Way.POSTED if may_be_posted(offer.referral.participant) else Way.HANDED_OVER
    form = SendingForm(_sent(request), initial={"way": way, "posted_on": clock.today()})
    form.cancel_url = reverse("letter-show", args=[public_id])
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            send_alone(
                letter=letter,
                sent_on=said["posted_on"],
                proof=said["proof"],
                user=request.user,
                by=request.user.as_actor(),
                at=clock.now(),
            )
            messages.success(request, _("Recorded. The PIN is no longer kept here."))
            return see_other("letter-show", public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/letter_posted.html", form, referral=offer.referral)


@needs(Permission.REFER)
def letter_reissue(request: StaffRequest, public_id: str) -> HttpResponse:
    offer = _offer(request, public_id, kind="page")
    try:
        if request.method == "POST":
            seen = int(request.POST.get("number", ""))
            reissue_offer(referral=offer.referral, replacing=seen, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("The offer was issued again. The old PIN no longer works."))
            return see_other("letter-show", public_id)
    except ValueError:
        raise Http404 from None
    except Refusal as refusal:
        messages.warning(request, str(refusal.sentence))
        return see_other("letter-show", public_id)
    context = {"offer": offer, "referral": offer.referral, "can_reissue": offer.referral.state in MAY_BE_ISSUED_AGAIN}
    return render(request, "referrals/letter_reissue.html", context)


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _row(letter: Letter) -> list[dict[str, Any]]:
    made = clock.london_wall(letter.made_at)
    return [{"text": made.strftime("%-d %b %Y, %H:%M"), "header": True}, {"text": fate(letter)}]


def _offer(request: StaffRequest, public_id: str, *, kind: str) -> Offer:
    referral: Referral = find_on_case(request, Referral.objects.visible_to(request.user), public_id)
    offer = referral.offers.select_related("referral__participant", "referral__agency").order_by("-number").first()
    if offer is None:
        raise Http404
    log_access(request, kind=kind, participants=[referral.participant_id] if referral.participant_id else [])
    return offer
