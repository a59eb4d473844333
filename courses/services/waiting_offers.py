"""A free place goes to whoever's turn it is: held for them, and they are told. Every minute, whatever freed it.

Nothing here is lost with the worker that does it: an offer is one transaction (place taken, booking, entry, message), what it did
not reach is found again, and of two sweeps at once the second passes over what the first holds.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from courses.enums import BookingState as B
from courses.enums import WaitingState as W
from courses.fitting import knowing_needs, meets_the_needs
from courses.messages_waiting import PlaceOffered
from courses.models import Booking, Course, WaitingEntry
from courses.policies import price_on
from courses.queries.waiting import Waiter, courses_to_offer, in_turn, seats_left, the_line, waits_that_are_over
from courses.services.places import lapse_run_out, take_place
from courses.services.waiting import raise_if_nothing_fits
from diversion.audit.transitions import begin, move
from diversion.core.actor import Actor
from diversion.notifications.outbox import queue_message
from diversion.referrals.enums import RequirementState
from diversion.referrals.models import Requirement

A_TICK = 200
BY = Actor.system("waiting-list")
AFTER_OFFER = {
    B.CONFIRMED: W.TAKEN,
    B.COMPLETED: W.TAKEN,
    B.NOT_COMPLETED: W.TAKEN,
    B.SUPERSEDED: W.TAKEN,
    B.LAPSED: W.PASSED,
    B.CANCELLED_BY_PARTICIPANT: W.LEFT,
    B.CANCELLED_BY_PROVIDER: W.ENDED,
    B.CANCELLED_BY_AGENCY: W.ENDED,
}
"""What became of a wait, by what became of the place that was offered."""


def sweep(*, at: datetime) -> int:
    """Close the offers that were answered or ran out, end the waits for what cannot come, and offer what is free. Says how many offers.

    So many of each in a minute, chosen by chance, so that nothing that cannot be dealt with stands before the rest for ever.
    """
    answered = WaitingEntry.objects.filter(state=W.OFFERED).exclude(booking__state=B.HELD)
    for entry_id in _some(answered):
        _settle(entry_id, at=at)
    for entry_id in _some(waits_that_are_over(at=at)):
        _end(entry_id, at=at)
    return sum(offer_places(course_id=course_id, at=at) for course_id in _some(courses_to_offer(at=at)))


@transaction.atomic
def offer_places(*, course_id: UUID, at: datetime) -> int:
    """Offer a course's free places to whoever's turn it is, and say how many. A course somebody is busy with waits a minute."""
    course = Course.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).select_related("venue")
    locked = course.filter(pk=course_id).first()
    if locked is None:
        return 0
    lapse_run_out(course_id=course_id, at=at)
    turns = in_turn(the_line(locked, at=at), free=seats_left(locked, at=at))
    return sum(_offer(locked, waiter, at=at) for waiter in turns)


def _offer(course: Course, waiter: Waiter, *, at: datetime) -> bool:
    """Hold the place and tell the person. False where they are busy with their own case at this very moment: they keep their turn.

    False too where somebody whom they must not meet has just been offered the place before (rule 15).
    """
    rows = Requirement.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    requirement = knowing_needs(rows).filter(pk=waiter.requirement.pk, state=RequirementState.IN_PROGRESS).first()
    entry = WaitingEntry.objects.select_for_update(no_key=True).filter(pk=waiter.entry.pk, state=W.JOINED).first()
    if requirement is None or entry is None or Booking.objects.live().filter(requirement=requirement).exists():
        return False
    # A moment ago it did: the line before may hold somebody they must not meet.
    if not meets_the_needs(course, requirement):
        return False
    if not take_place(course_id=course.pk, seats=waiter.seats, at=at):
        return False
    case_id = requirement.referral_id
    booking = Booking(
        course=course, requirement=requirement, price_pence=price_on(course, waiter.part), seats=waiter.seats,
        positions=waiter.part.stored, held_at=at, held_until=waiter.time.ends_at,
    )  # fmt: skip
    begin(booking, state=B.HELD, by=BY, at=at, case_id=case_id, offered=True)
    move(entry, to=W.OFFERED, by=BY, at=at, case_id=case_id, changes={"booking": booking, "offered_at": at})
    if person_id := requirement.referral.participant_id:
        queue_message(
            kind=PlaceOffered.kind, recipient_id=person_id, subject_id=booking.pk, case_id=case_id, at=at,
            due_at=waiter.time.told_at, stale_at=waiter.time.ends_at,
        )  # fmt: skip
    return True


@transaction.atomic
def _settle(entry_id: UUID, *, at: datetime) -> None:
    entry = _locked(entry_id)
    if entry and entry.booking and entry.state == W.OFFERED and entry.booking.state != B.HELD:
        to = AFTER_OFFER[B(entry.booking.state)]
        move(entry, to=to, by=BY, at=at, case_id=entry.requirement.referral_id, changes={"ended_at": at})


@transaction.atomic
def _end(entry_id: UUID, *, at: datetime) -> None:
    """Where the need goes on and nothing else fits, the officer is asked to look while there is still time (rule 6)."""
    entry = _locked(entry_id)
    if entry is None or entry.state != W.JOINED:
        return
    move(entry, to=W.ENDED, by=BY, at=at, case_id=entry.requirement.referral_id, changes={"ended_at": at})
    requirement = knowing_needs(Requirement.objects.filter(pk=entry.requirement_id)).get()
    placed = Booking.objects.live().filter(requirement=requirement).exists()
    if requirement.state == RequirementState.IN_PROGRESS and not placed:
        raise_if_nothing_fits(requirement, at=at)


def _locked(entry_id: UUID) -> WaitingEntry | None:
    rows = WaitingEntry.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    entry: WaitingEntry | None = rows.select_related("booking", "requirement").filter(pk=entry_id).first()
    return entry


def _some(rows: Any) -> list[UUID]:
    return list(rows.order_by("?").values_list("pk", flat=True)[:A_TICK])
