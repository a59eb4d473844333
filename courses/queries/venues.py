"""Who comes to a venue."""

from datetime import datetime

from courses.enums import BookingState
from courses.models import Booking, Course, Venue
from courses.querysets import CourseQuerySet


def courses_to_come(venue: Venue, *, at: datetime) -> CourseQuerySet:
    """Published courses there that are not over."""
    courses: CourseQuerySet = Course.objects.published().filter(venue=venue, last_ends_at__gt=at)
    return courses


def places_to_come(venue: Venue, *, at: datetime) -> list[Booking]:
    """Live places there with a session that has not ended, each with its person loaded; a hold that ran out is nobody's.

    A fixed number of queries.
    """
    live = Booking.objects.live().filter(course__in=courses_to_come(venue, at=at))
    loaded = live.select_related(
        "course", "requirement__referral__participant", "requirement__referral__agency"
    ).prefetch_related("course__sessions")
    return [
        place
        for place in loaded.order_by("pk")
        if place.ends_at > at and (place.state == BookingState.CONFIRMED or place.held_until > at)
    ]


def people_to_tell(venue: Venue, *, at: datetime) -> list[Booking]:
    """Of those, the confirmed ones: whom a change of access there is told to."""
    return [place for place in places_to_come(venue, at=at) if place.state == BookingState.CONFIRMED]
