"""Unable to pay is not refusal: asking for a funded place, and the decision of a named person (rule 7)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState
from courses.models import Booking
from courses.services.booking import confirm_place
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import RequirementState
from diversion.referrals.models import Referral, Requirement
from payments.enums import ChargeState, FundingState
from payments.messages import FundingDecided
from payments.models import FundingRequest
from payments.policies import is_held
from payments.services.charges import charge_booking, fund_charge, return_earlier
from payments.services.locks import lock_booking
from payments.services.telling import tell_participant


class NothingToFund(Refusal):
    sentence = _("There is nothing to pay for at the moment.")


class RequestIsDecided(Refusal):
    sentence = _("Somebody has already decided this, or the case has ended.")


class ReasonIsMissing(Refusal):
    sentence = _("Say why. The person reads this.")
    field = "reason"


@transaction.atomic
def ask_for_funding(*, requirement: Requirement, words: str, by: Actor, at: datetime) -> FundingRequest:
    """Ask for the place to be paid for, in the person's own words. While one request is open, asking again is the same request.

    :raises NothingToFund: the requirement is not in progress, is funded already, or its place is paid for.
    """
    referral = Referral.objects.select_for_update().get(pk=requirement.referral_id)
    requirement = Requirement.objects.select_for_update(no_key=True).get(pk=requirement.pk)
    seated = Booking.objects.filter(requirement=requirement, state=BookingState.CONFIRMED).exists()
    if requirement.state != RequirementState.IN_PROGRESS or requirement.funded or seated:
        raise NothingToFund()
    asked: FundingRequest | None = FundingRequest.objects.asked().filter(requirement=requirement).first()
    if asked:
        return asked
    request = FundingRequest(requirement=requirement, words=words, asked_at=at)
    begin(request, state=FundingState.ASKED, by=by, at=at, case_id=referral.pk)
    return request


@transaction.atomic
def decide_funding(
    *, request: FundingRequest, granted: bool, reason: str, user: User, by: Actor, at: datetime
) -> FundingRequest:
    """Grant or decline a request. The person is told; the days that it waited do not count against them.

    Granted: a place they hold now is theirs at once, and any they hold later costs them nothing.

    :raises RequestIsDecided: it is not open any more, or the requirement has ended.
    :raises ReasonIsMissing: no reason was given.
    """
    if not reason.strip():
        raise ReasonIsMissing()
    held = Booking.objects.filter(requirement=request.requirement_id, state=BookingState.HELD).first()
    booking = lock_booking(held.pk) if held else None
    referral = Referral.objects.select_for_update().get(pk=request.requirement.referral_id)
    requirement = Requirement.objects.select_for_update(no_key=True).get(pk=request.requirement_id)
    request = FundingRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if request.state != FundingState.ASKED or requirement.state != RequirementState.IN_PROGRESS:
        raise RequestIsDecided()
    request.reason = reason
    request.save(update_fields=["reason"])
    move(
        request,
        to=FundingState.GRANTED if granted else FundingState.DECLINED,
        by=by,
        at=at,
        case_id=referral.pk,
        # A volunteer's trail holds ids alone: it outlives their leaving.
        reason="" if referral.voluntary else reason,
        changes={"decided_at": at, "decided_by": user},
    )
    _let_the_clock_run(requirement, request, granted=granted, by=by, at=at)
    if granted and booking and is_held(booking=booking, at=at):
        fund_place(booking=booking, by=by, at=at)
    tell_participant(kind=FundingDecided.kind, referral=referral, subject_id=request.pk, at=at)
    return request


def fund_place(*, booking: Booking, by: Actor, at: datetime) -> None:
    """The held place is paid for by somebody else and is theirs; what they paid for a place that they move from goes back.

    The caller holds the booking's course.
    """
    charge = charge_booking(booking=booking, by=by, at=at)
    if charge.state == ChargeState.OWED:
        charge.booking = booking
        fund_charge(charge=charge, by=by, at=at)
        confirm_place(booking_id=booking.pk, by=by, at=at)
        return_earlier(charge=charge, by=by, at=at)


def _let_the_clock_run(
    requirement: Requirement, request: FundingRequest, *, granted: bool, by: Actor, at: datetime
) -> None:
    """The book-by day stood still since the person asked; the day to finish by never moves (rules 3 and 7)."""
    left = max((requirement.book_by - clock.day_of(request.asked_at)).days, 0)
    again = min(clock.day_of(at) + timedelta(days=left), requirement.complete_by)
    requirement.funded, before = granted, requirement.book_by
    requirement.book_by = max(again, before)
    requirement.save(update_fields=["funded", "book_by"])
    if requirement.book_by != before:
        record_change(
            action="requirement.book_by_stood_still",
            subject=requirement,
            by=by,
            at=at,
            case_id=requirement.referral_id,
            data={"from": before.isoformat(), "to": requirement.book_by.isoformat()},
        )
