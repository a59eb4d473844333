"""The letter: on screen, as a PDF, posted, or sent anew. The PIN is kept only until the letter has left or was used."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.enums import ReferralState
from diversion.referrals.letters import letter_for, letter_pdf
from diversion.referrals.models import Offer, Referral
from diversion.referrals.services.offers import mark_posted, reissue_offer
from diversion.referrals.views.finding import find_on_case


@needs(Permission.REFER)
@require_GET
def letter_show(request: StaffRequest, public_id: str) -> HttpResponse:
    offer = _offer(request, public_id, kind="page")
    context = {
        "offer": offer,
        "referral": offer.referral,
        "letter": letter_for(offer) if offer.letter_pin else None,
        "can_reissue": offer.referral.state in {ReferralState.OFFERED, ReferralState.EXPIRED},
    }
    return render(request, "referrals/letter_show.html", context)


@needs(Permission.REFER)
@require_GET
def letter_download(request: StaffRequest, public_id: str) -> HttpResponse:
    offer = _offer(request, public_id, kind="pdf")
    if not offer.letter_pin:
        raise Http404
    pdf = letter_pdf(letter_for(offer))
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": 'attachment; filename="letter.pdf"'}
    )


@needs(Permission.REFER)
@require_POST
def letter_posted(request: StaffRequest, public_id: str) -> HttpResponse:
    offer = _offer(request, public_id, kind="page")
    mark_posted(offer=offer, by=request.user.as_actor(), at=clock.now())
    messages.success(request, _("Marked as posted. The PIN is no longer kept here."))
    return see_other("letter-show", public_id)


@needs(Permission.REFER)
@require_POST
def letter_reissue(request: StaffRequest, public_id: str) -> HttpResponse:
    offer = _offer(request, public_id, kind="page")
    try:
        seen = int(request.POST.get("number", ""))
        reissue_offer(referral=offer.referral, replacing=seen, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("The offer was issued again. The old PIN no longer works."))
    except ValueError:
        raise Http404 from None
    except Refusal as refusal:
        messages.warning(request, str(refusal.sentence))
    return see_other("letter-show", public_id)


def _offer(request: StaffRequest, public_id: str, *, kind: str) -> Offer:
    referral: Referral = find_on_case(request, Referral.objects.visible_to(request.user), public_id)
    offer = referral.offers.select_related("referral__participant", "referral__agency").order_by("-number").first()
    if offer is None:
        raise Http404
    log_access(request, kind=kind, participants=[referral.participant_id] if referral.participant_id else [])
    return offer
