"""A volunteer leaves: the place is given up, the money goes back, and then everything about the person is erased (R14)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Booking
from courses.services.booking import HoldIsOver, give_up_place
from courses.services.waiting import forget_waits
from diversion.accounts.models import User
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.models import Participant, Referral
from diversion.referrals.services.erasure import erase_volunteer, withdraw_volunteer
from payments.enums import ChargeState, FundingState, RefundCause
from payments.models import Charge, FundingRequest
from payments.services.refunds import refund_charge
from payments.sources import refundable


class NotAVolunteer(Refusal):
    """What an agency requires is not ended by the person alone, and its file outlives their wish."""

    sentence = _("Phone us to talk about leaving.")


@transaction.atomic
def leave(*, user: User, by: Actor, at: datetime) -> None:
    """End everything a volunteer has here and erase what names them. Money rows stay: they name nobody.

    A place is given up and all that was paid for it goes back to the card; what is paid later goes back when it arrives.

    :raises NotAVolunteer: an agency referred the person.
    """
    participant = Participant.objects.filter(user=user).first()
    referrals = list(Referral.objects.filter(participant=participant)) if participant else []
    if participant is None or not referrals or not all(referral.voluntary for referral in referrals):
        raise NotAVolunteer()
    for booking in Booking.objects.places().filter(requirement__referral__in=referrals).order_by("course_id"):
        _give_up(booking, by=by, at=at)
    for referral in referrals:
        forget_waits(referral=referral, by=by, at=at)
        withdraw_volunteer(referral=referral, by=by, at=at)
        _forget_words(referral, by=by, at=at)
    erase_volunteer(participant=participant, by=by, at=at)


def _give_up(booking: Booking, *, by: Actor, at: datetime) -> None:
    try:
        give_up_place(booking=booking, by=by, at=at)
    except HoldIsOver:
        return  # somebody else ended it a moment ago, and saw to its money
    charge = Charge.objects.filter(booking=booking, state=ChargeState.PAID).first()
    if charge:
        cause = RefundCause.PARTICIPANT_CANCELLED
        refund_charge(charge=charge, cause=cause, amount=refundable(charge), by=by, at=at)


def _forget_words(referral: Referral, *, by: Actor, at: datetime) -> None:
    for request in FundingRequest.objects.select_for_update().filter(requirement__referral=referral):
        request.words = request.reason = ""
        request.save(update_fields=["words", "reason"])
        if request.state == FundingState.ASKED:
            move(request, to=FundingState.WITHDRAWN, by=by, at=at, case_id=referral.pk)
