"""What participants are told about their place. Neutral words: nothing names the course's subject or who asked for it (rule 14)."""

from datetime import datetime
from uuid import UUID

from courses.enums import BookingState, CourseState
from courses.fitting import knowing_needs
from courses.models import Booking, Course, Session
from courses.policies import has_open_replacement
from courses.queries.search import best_alternatives
from diversion.notifications.registry import Address, Message, link_to, register
from diversion.referrals.addresses import ToParticipant, staff_address
from diversion.referrals.enums import RequirementState
from diversion.referrals.models import Requirement


@register
class BookingConfirmed(ToParticipant):
    """Sent when a place is confirmed; dropped when it has been given up by then."""

    kind = "booking-confirmed"
    template = "courses/booking-confirmed"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        booking = Booking.objects.select_related("course").filter(pk=subject_id, state=BookingState.CONFIRMED).first()
        return {"starts_at": booking.starts_at, "link": link_to("my-home")} if booking else None


@register
class SessionReminder(ToParticipant):
    """Sent before a session, whose time is read as it is sent; dropped when the recipient has no confirmed place by then."""

    kind = "session-reminder"
    template = "courses/session-reminder"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        session = Session.objects.filter(pk=subject_id, starts_at__gt=at).first()
        if session is None:
            return None
        theirs = Booking.objects.expected_at(session).filter(
            state=BookingState.CONFIRMED, requirement__referral__participant=recipient_id
        )
        return {"starts_at": session.starts_at, "link": link_to("my-home")} if theirs.exists() else None


@register
class CourseCancelled(ToParticipant):
    """Sent when a provider cancelled the course that somebody had a place on, with the dates of others that they could take.

    Dropped when they have chosen by then, or when nothing is to be chosen any more.
    """

    kind = "course-cancelled"
    template = "courses/course-cancelled"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        rows = Booking.objects.select_related("replacement", "course")
        booking = rows.filter(pk=subject_id, state=BookingState.CANCELLED_BY_PROVIDER).first()
        requirement = knowing_needs(Requirement.objects.filter(bookings=subject_id)).first()
        if booking is None or requirement is None or requirement.state != RequirementState.IN_PROGRESS:
            return None
        if Booking.objects.places().filter(requirement=requirement).exists():
            return None
        return {
            "starts_at": booking.starts_at,
            "others": [course.begins_at for course in best_alternatives(requirement, at=at)],
            "choose_by": booking.replacement.choose_by if has_open_replacement(booking) else None,
            "link": link_to("my-home"),
        }


@register
class TimeChanged(ToParticipant):
    """Sent when the provider has changed the time of a confirmed place's sessions; tells the next time as it is then."""

    kind = "time-changed"
    template = "courses/time-changed"

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        booking = Booking.objects.filter(pk=subject_id, state=BookingState.CONFIRMED).select_related("course").first()
        session = next((each for each in booking.sessions if each.starts_at > at), None) if booking else None
        return {"starts_at": session.starts_at, "link": link_to("my-home")} if session else None


@register
class PlaceFreed(Message):
    """To a provider's administrator, by e-mail: a place has become free on a course. Never whose it was, nor why."""

    kind = "place-freed"
    template = "courses/place-freed"

    def address(self, *, recipient_id: UUID, channel: str) -> Address | None:
        return staff_address(user_id=recipient_id, channel=channel)

    def context(self, *, subject_id: UUID, recipient_id: UUID, at: datetime) -> dict[str, object] | None:
        course = Course.objects.filter(pk=subject_id, state=CourseState.PUBLISHED, last_ends_at__gt=at).first()
        if course is None:
            return None
        return {
            "course": course.public_id,
            "starts_at": course.first_starts_at,
            "link": link_to("course-show", course.public_id),
        }
