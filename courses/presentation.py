"""How courses and places read to a participant."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext, ngettext

from courses.models import Booking, Course, Session, Venue, WaitingEntry
from courses.part import Part
from diversion.core import clock
from diversion.core.moments import day_words, moment_words, time_words
from diversion.core.money import pounds
from diversion.referrals.models import Programme

DAYS_IN_WORDS = 14
SATURDAY = 5


def programme_words(programme: Programme) -> str:
    """The programme's name in the reader's language."""
    return programme.name_cy if get_language() == "cy" and programme.name_cy else programme.name


def why_it_fits(last_ends_at: datetime, complete_by: date) -> str:
    """How long before the finish-by day the course ends, in words."""
    days = (complete_by - clock.day_of(last_ends_at)).days
    if days == 0:
        return gettext("Ends on the last day you can finish")
    if days < DAYS_IN_WORDS:
        return ngettext("Ends %(n)d day before your date", "Ends %(n)d days before your date", days) % {"n": days}
    weeks = days // 7
    return ngettext("Ends %(n)d week before your date", "Ends %(n)d weeks before your date", weeks) % {"n": weeks}


def where_words(course: Course) -> str:
    """Online, or the room and the venue with its address."""
    if course.venue is None:
        return gettext("Online")
    parts = [course.room.name if course.room else "", course.venue.name, course.venue.address, course.venue.postcode]
    return ", ".join(part for part in parts if part)


def access_facts(venue: Venue) -> list[str]:
    """What a venue has for people, a few words each."""
    facts = [
        (venue.step_free, gettext("No steps")),
        (venue.parking, gettext("Parking")),
        (venue.hearing_loop, gettext("Hearing loop")),
        (venue.accessible_toilet, gettext("Accessible toilet")),
        (venue.quiet_room, gettext("Quiet room")),
    ]
    return [words for holds, words in facts if holds]


def getting_in(venue: Venue) -> str:
    """The facts, then the venue's own words, a line each."""
    lines = [line for line in (", ".join(access_facts(venue)), venue.access_words) if line]
    return linebreaksbr("\n".join(lines))


def sessions_words(count: int, last_ends_at: datetime) -> str:
    """How many sessions and, when there are several, the last day."""
    if count == 1:
        return gettext("1 session, ends at %(time)s") % {"time": time_words(last_ends_at)}
    words = ngettext("%(n)d session. The last is on %(day)s", "%(n)d sessions. The last is on %(day)s", count)
    return words % {"n": count, "day": day_words(clock.day_of(last_ends_at))}


def found_lines(course: Any, part: Part, complete_by: date) -> list[str]:
    """A course in a list of courses found, with the annotations of `queries.search`: short, a phone shows several at once."""
    price = part.price(course.price_pence, sessions=course.session_count)
    cost = [price_words(price, funded=False), language_words(course.language), hours_words(course), good_to_know(course)]
    return [
        why_it_fits(course.finishes_at, complete_by),
        " ".join(part for part in (nearby_words(course), distance_words(getattr(course, "miles", None))) if part),
        sessions_words(len(part.positions or ()) or course.session_count, course.finishes_at),
        ", ".join(part for part in cost if part),
    ]


def part_words(part: Part) -> str:
    """That a place is for some of a course's sessions alone; "" for a whole course."""
    if not part.positions:
        return ""
    numbers = [str(each) for each in part.positions]
    if len(numbers) == 1:
        return gettext("You need session %(number)s. What you attended before still counts.") % {"number": numbers[0]}
    words = gettext("You need sessions %(first)s and %(last)s. What you attended before still counts.")
    return words % {"first": ", ".join(numbers[:-1]), "last": numbers[-1]}


def distance_words(miles: float | None) -> str:
    """(about 3 miles away); "" when there is no distance: online, or nobody said from where."""
    if miles is None:
        return ""
    n = round(miles)
    return ngettext("(about %(n)d mile away)", "(about %(n)d miles away)", n) % {"n": n} if n else gettext("(close by)")


def price_words(pence: int, *, funded: bool) -> str:
    """What the person pays: nothing, where somebody else does or the course costs nothing."""
    if funded:
        return gettext("Paid for you")
    return pounds(pence) if pence else gettext("Free")


def course_rows(course: Course, part: Part, *, price_pence: int, funded: bool = False) -> list[dict[str, str]]:
    """A course before it is chosen, with the sessions that the person would have."""
    return [
        {"key": gettext("Course"), "value": programme_words(course.programme)},
        {"key": gettext("When"), "value": sessions_list(part.of(course.sessions.all()))},
        {"key": gettext("Where"), "value": where_words(course)},
        {"key": gettext("Getting there"), "value": course.venue.transport_words if course.venue else ""},
        {"key": gettext("Getting in"), "value": getting_in(course.venue) if course.venue else ""},
        {"key": gettext("Language"), "value": language_words(course.language)},
        {"key": gettext("Good to know"), "value": good_to_know(course)},
        {"key": gettext("Run by"), "value": course.provider.organisation.name},
        {"key": gettext("Price"), "value": price_words(price_pence, funded=funded)},
    ]


def booking_rows(booking: Booking) -> list[dict[str, str]]:
    """A place on a course."""
    return course_rows(booking.course, booking.part, price_pence=booking.price_pence, funded=booking.requirement.funded)


def sessions_list(sessions: Iterable[Session]) -> str:
    """Each session; a list when there are several."""
    words = [session_words(session) for session in sessions]
    if len(words) == 1:
        return words[0]
    return format_html('<ul class="govuk-list govuk-list--spaced">{}</ul>', format_html_join("", "<li>{}</li>", zip(words)))


def session_words(session: Session) -> str:
    """Tuesday 3 November 2026, 10am to 1pm."""
    return gettext("%(start)s to %(end)s") % {"start": moment_words(session.starts_at), "end": time_words(session.ends_at)}


def language_words(code: str) -> str:
    """The language's own name."""
    return str(dict(settings.LANGUAGES).get(code, code))


def nearby_words(course: Course) -> str:
    """Online, or the venue and its address without the postcode."""
    return f"{course.venue.name}, {course.venue.address}" if course.venue else gettext("Online")


def hours_words(course: Course) -> str:
    """Evenings or weekends, for who looks for them; "" for weekdays in the daytime."""
    if not course.evening_or_weekend:
        return ""
    return gettext("Weekends") if clock.day_of(course.first_starts_at).weekday() >= SATURDAY else gettext("Evenings")


def good_to_know(course: Course) -> str:
    """Access and company, when there is something to say."""
    facts = []
    if course.venue and course.venue.step_free:
        facts.append(gettext("No steps"))
    if course.single_sex:
        facts.append(gettext("Single-sex group"))
    return ", ".join(facts)


def wait_title(entry: WaitingEntry) -> str:
    """What somebody waits for: one course, or any within reach."""
    if entry.course is not None:
        where = nearby_words(entry.course)
        return gettext("%(when)s, %(where)s") % {"when": moment_words(entry.course.first_starts_at), "where": where}
    area = entry.area
    if area is None:
        return gettext("Any online course")
    words = (
        gettext("Any course within %(n)d miles of %(place)s, or online")
        if entry.online_ok
        else gettext("Any course within %(n)d miles of %(place)s")
    )
    return words % {"n": area.miles, "place": area.place.name}
