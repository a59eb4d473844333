"""Locks in the house's order: whoever holds a course's row has its bookings, and what is owed for them, to themselves.

A move touches two courses, and money carried from earlier places the courses of those too: all are locked together, first.
"""

from itertools import pairwise
from uuid import UUID

from courses.models import Booking
from courses.services.places import courses_of_moves, lock_courses
from payments.models import Charge, PaymentAttempt
from payments.sources import chain_of


def lock_booking(booking_id: UUID) -> Booking:
    """A booking as it is once its course's row is ours, and with it the course of the place that it would supersede."""
    seen: Booking = Booking.objects.select_related("supersedes").get(pk=booking_id)
    lock_courses(courses_of_moves(seen))
    rows = Booking.objects.select_related("requirement__referral__scheme_version", "course__provider", "supersedes")
    booking: Booking = rows.get(pk=booking_id)
    return booking


def lock_charge(charge_id: UUID) -> Charge:
    """A charge with its booking, the charges that it carries money from and every payment of them, ours until the end."""
    seen = Charge.objects.select_related("booking__supersedes", "carried_from__booking").get(pk=charge_id)
    chain = chain_of(seen)
    lock_courses({course for charge in chain for course in courses_of_moves(charge.booking)})
    return _locked(chain)


def lock_attempt(attempt_id: UUID) -> PaymentAttempt:
    """An attempt with its charge and booking, all of them ours until the end of the transaction."""
    attempt = PaymentAttempt.objects.only("charge_id").get(pk=attempt_id)
    charge = lock_charge(attempt.charge_id)
    attempt = PaymentAttempt.objects.get(pk=attempt_id)
    attempt.charge = charge
    return attempt


def _locked(chain: list[Charge]) -> Charge:
    ids = [charge.pk for charge in chain]
    charges = {row.pk: row for row in Charge.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")}
    list(PaymentAttempt.objects.select_for_update(no_key=True).filter(charge__in=ids).order_by("pk"))
    charge = charges[ids[0]]
    rows = Booking.objects.select_related("requirement__referral", "course__provider", "supersedes")
    charge.booking = rows.get(pk=charge.booking_id)
    for later, earlier in pairwise(ids):
        charges[later].carried_from = charges[earlier]
    return charge
