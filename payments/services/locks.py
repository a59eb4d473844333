"""Locks in the house's order: whoever holds a course's row has its bookings, and what is owed for them, to themselves."""

from uuid import UUID

from courses.models import Booking, Course
from payments.models import Charge, PaymentAttempt


def lock_booking(booking_id: UUID) -> Booking:
    """A booking as it is once its course's row is ours."""
    course_id = Booking.objects.values_list("course_id", flat=True).get(pk=booking_id)
    Course.objects.select_for_update(no_key=True).get(pk=course_id)
    booking: Booking = Booking.objects.select_related("requirement__referral", "course__provider").get(pk=booking_id)
    return booking


def lock_attempt(attempt_id: UUID) -> PaymentAttempt:
    """An attempt with its charge and booking, all of them ours until the end of the transaction."""
    seen = PaymentAttempt.objects.values_list("charge__booking_id", "charge_id").get(pk=attempt_id)
    booking = lock_booking(seen[0])
    charge = Charge.objects.select_for_update(no_key=True).get(pk=seen[1])
    attempt = PaymentAttempt.objects.select_for_update(no_key=True).get(pk=attempt_id)
    charge.booking = booking
    attempt.charge = charge
    return attempt
