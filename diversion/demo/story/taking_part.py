"""Booking a place and marking a register in the story's past."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from courses.enums import BookingState, IdentitySeen, OutcomeCode
from courses.models import Booking, Course, Session
from courses.services.booking import confirm_place, hold_place
from courses.services.help import ask_for_help
from courses.services.register import Mark, submit_register
from diversion.accounts.models import User
from diversion.core.actor import Actor
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import Referral
from payments.services.charges import charge_booking, mark_paid


def book(referral: Referral, course: Course, *, at: datetime) -> Booking:
    """Hold a place and confirm it through the paid door. The course is one that costs nothing: no card is told."""
    requirement, by = referral.requirements.get(), _themselves(referral)
    booking = hold_place(course=course, requirement=requirement, by=by, at=at)
    charge = charge_booking(booking=booking, by=by, at=at)
    mark_paid(charge=charge, by=by, at=at)
    return confirm_place(booking_id=booking.pk, by=by, at=at)


def ask(booking: Booking, words: str, *, at: datetime) -> None:
    """Ask for help in the person's own words."""
    requirement = booking.requirement
    by = _themselves(requirement.referral)
    about = TaskKind.ASKED_FOR_HELP
    ask_for_help(referral=requirement.referral, requirement=requirement, about=about, detail=words, by=by, at=at)


def mark(session: Session, trainer: User, *, absent: Collection[UUID] = ()) -> None:
    """Submit a register an hour after its session ended: all attended but the referrals named."""
    bookings = Booking.objects.expected_at(session).filter(state=BookingState.CONFIRMED).select_related("requirement")
    marks = [
        Mark(booking.pk, OutcomeCode.UAAB, IdentitySeen.NOT_SEEN)
        if booking.requirement.referral_id in absent
        else came(booking)
        for booking in bookings
    ]
    submit_register(
        session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=session.ends_at + timedelta(hours=1)
    )


def came(booking: Booking) -> Mark:
    """Attended, and showed who they are."""
    return Mark(booking.pk, OutcomeCode.ATTC, IdentitySeen.DRIVING_LICENCE)


def _themselves(referral: Referral) -> Actor:
    user = referral.participant.user if referral.participant else None
    return user.as_actor() if user else Actor.system("demo")
