"""A place as calendar entries. Calendars are seen over shoulders and on shared phones: nothing tells what it is (rule 14)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Calendar, Event

from courses.models import Booking, Session
from diversion.core import clock


def calendar_of(booking: Booking) -> bytes:
    """One entry for each session, in London time, with a UID that stays the same whenever it is fetched."""
    calendar = Calendar()
    calendar.add("prodid", "-//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for session in booking.course.sessions.all():
        calendar.add_component(_entry(booking, session))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _entry(booking: Booking, session: Session) -> Event:
    venue = booking.course.venue
    event = Event()
    event.add("uid", f"{booking.public_id}-{session.public_id}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", 0)
    event.add("dtstamp", booking.confirmed_at)
    event.add("summary", gettext("Appointment"))
    event.add("dtstart", session.starts_at.astimezone(clock.LONDON))
    event.add("dtend", session.ends_at.astimezone(clock.LONDON))
    event.add("location", f"{venue.address}, {venue.postcode}" if venue else gettext("Online"))
    return event
