"""Cases to close: with a place that was paid for, an offer, a letter, a task and messages that wait."""

from datetime import timedelta
from typing import Any

from courses.enums import BookingState
from courses.models import Booking
from courses.services.announcements import announce_confirmation
from diversion.accounts.models import User
from diversion.compliance.services.closure import withdraw_case
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.enums import ClosureReason, ReferralState, TaskKind
from diversion.referrals.models import Referral
from diversion.referrals.services.tasks import raise_task
from payments.enums import AttemptState, ChargeState
from payments.models import Charge, PaymentAttempt
from tests.factories import make_booking, make_course, make_offer, make_referral, make_requirement, make_scheme

BY = Actor.system("test")


def pay_for(booking: Booking, *, state: str = ChargeState.PAID) -> PaymentAttempt:
    """The charge of a booking and the attempt that settled it."""
    at = clock.now()
    charge = Charge.objects.create(
        state=state, booking=booking, amount_pence=8500, agency=booking.requirement.referral.agency, created_at=at,
        paid_at=at, receipt_number=f"R{booking.public_id[:10]}",
    )  # fmt: skip
    return PaymentAttempt.objects.create(
        state=AttemptState.PAID, charge=charge, number=1, amount_pence=8500, taken_pence=8500, reserved_at=at,
        expires_at=at + timedelta(hours=1), paid_at=at, stripe_payment_intent_id=f"pi_{booking.public_id}",
    )  # fmt: skip


def paid_case(*, sessions: int = 1, booked: str = BookingState.CONFIRMED, **fields: Any) -> Booking:
    """An active case with a paid place, whose reminders wait and on which an officer was asked something."""
    referral = make_referral(ReferralState.ACTIVE, **{"scheme": make_scheme(), **fields})
    requirement = make_requirement(referral)
    booking = make_booking(make_course(requirement.programme, sessions=sessions), requirement, booked)
    pay_for(booking)
    announce_confirmation(booking=booking, at=clock.now() - timedelta(minutes=1))
    raise_task(referral=referral, kind=TaskKind.ASKED_FOR_HELP, subject_id=booking.pk, by=BY, at=clock.now())
    return booking


def offered_case(**fields: Any) -> Referral:
    """A case whose letter is still to be printed."""
    referral = make_referral(ReferralState.OFFERED, **fields)
    make_requirement(referral, "pending")
    make_offer(referral, letter_pin="123456")
    return referral


def withdraw(
    referral: Referral, reason: str = ClosureReason.NEW_INFORMATION, *, user: User | None = None, note: str = ""
) -> Referral:
    """As an officer of the case would, or the one given."""
    user = user or referral.officer
    return withdraw_case(
        referral=referral, reason=ClosureReason(reason), note=note, user=user, by=user.as_actor(), at=clock.now()
    )
