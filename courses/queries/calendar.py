"""A place as calendar entries. Calendars are seen over shoulders and on shared phones: nothing tells what it is (rule 14)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Calendar, Event

from courses.enums import BookingState
from courses.models import Booking, Session
from diversion.core import clock

A_BOOKING = 1000
"""How far apart the numbers of two bookings of one requirement are: more than a session is ever moved."""

OVER = {BookingState.CANCELLED_BY_PARTICIPANT, BookingState.CANCELLED_BY_PROVIDER, BookingState.CANCELLED_BY_AGENCY}


def may_be_fetched(booking: Booking) -> bool:
    """A confirmed place; or one that was and is cancelled, unless another has taken its entries over: they keep their names."""
    if booking.state == BookingState.CONFIRMED:
        return True
    others = Booking.objects.filter(
        requirement=booking.requirement_id, confirmed_at__isnull=False, held_at__gt=booking.held_at
    )
    return booking.state in OVER and booking.confirmed_at is not None and not others.exists()


def calendar_of(booking: Booking) -> bytes:
    """One entry for each session, in London time.

    An entry's UID is the requirement's and the session's place in the programme: it stays the same when a session or the
    booking is moved, and SEQUENCE rises, so that a calendar changes what it has. A cancelled place takes its entries out.
    """
    is_over = booking.state in OVER
    calendar = Calendar()
    calendar.add("prodid", "-//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_over else "PUBLISH")
    before = Booking.objects.filter(requirement=booking.requirement_id, held_at__lt=booking.held_at).count()
    for session in booking.sessions:
        event = _entry(booking, session)
        moved = A_BOOKING - 1 if is_over else min(session.sequence, A_BOOKING - 2)
        event.add("sequence", before * A_BOOKING + moved)
        if is_over:
            event.add("status", "CANCELLED")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _entry(booking: Booking, session: Session) -> Event:
    venue = booking.course.venue
    event = Event()
    host = urlsplit(settings.SITE_URL).hostname
    event.add("uid", f"{booking.requirement.public_id}-{session.position}@{host}")
    event.add("dtstamp", booking.ended_at or booking.confirmed_at)
    event.add("summary", gettext("Appointment"))
    event.add("dtstart", session.starts_at.astimezone(clock.LONDON))
    event.add("dtend", session.ends_at.astimezone(clock.LONDON))
    event.add("location", f"{venue.address}, {venue.postcode}" if venue else gettext("Online"))
    return event
