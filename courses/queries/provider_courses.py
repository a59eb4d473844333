"""A provider's own courses, and how many people are on one. Counts only: names belong to the register."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from courses.enums import BookingState
from courses.models import Course
from diversion.accounts.models import User


def coming_up(user: User, *, at: datetime) -> QuerySet[Course]:
    """Those not yet over, the next first."""
    return _listed(user).filter(last_ends_at__gt=at).order_by("first_starts_at", "pk")


def past(user: User, *, at: datetime) -> QuerySet[Course]:
    """Those whose last session has ended, the latest first."""
    return _listed(user).filter(last_ends_at__lte=at).order_by("-first_starts_at", "pk")


def booking_counts(course: Course) -> dict[str, int]:
    """How many places are confirmed and how many wait for payment."""
    return course.bookings.aggregate(
        confirmed=Count("pk", filter=Q(state=BookingState.CONFIRMED)), held=Count("pk", filter=Q(state=BookingState.HELD))
    )


def _listed(user: User) -> QuerySet[Course]:
    return Course.objects.visible_to(user).select_related("programme", "venue")
