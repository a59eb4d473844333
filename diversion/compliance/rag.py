"""How a case stands, as a colour with its reason in words. Pure: facts in, verdict out (domain section 9).

It informs an officer. Nothing acts on it, and no colour ever changes a case.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from diversion.core import clock


class Colour(StrEnum):
    """The word a tag shows first; the tag's colour comes second."""

    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"
    BLACK = "Black"
    NONE = "Not started"
    CLOSED = "Closed"


@dataclass(frozen=True)
class Facts:
    """What is known of one requirement at one moment. `None` means that there is no such thing (yet)."""

    accepted: bool
    before_offer: str = ""
    met_on: date | None = None
    ended: bool = False
    closed: str = ""
    offered_on: date | None = None
    book_by: date | None = None
    complete_by: date | None = None
    backstop: date | None = None
    booked_last_ends_at: datetime | None = None
    held_until: datetime | None = None
    missed: bool = False
    no_course_fits: bool = False
    messages_fail: bool = False
    funding_asked: bool = False


@dataclass(frozen=True)
class Verdict:
    colour: Colour
    reason: str


def judge(facts: Facts, *, at: datetime) -> Verdict:
    """The worst thing that is true. Black before red before amber before green."""
    today = clock.day_of(at)
    if facts.met_on:
        return Verdict(Colour.GREEN, _("Completed on {day}").format(day=words(facts.met_on)))
    if facts.closed:
        return Verdict(Colour.CLOSED, facts.closed)
    if facts.before_offer:
        return Verdict(Colour.NONE, facts.before_offer)
    if facts.ended or facts.complete_by is None:
        return Verdict(Colour.NONE, _("No course is required at the moment"))
    if facts.backstop and clock.is_over(facts.backstop, at=at):
        return Verdict(Colour.BLACK, _("The last safe date for this case has passed"))
    return _red(facts, facts.complete_by, at=at) or _amber(facts, today=today) or _green(facts)


def _red(facts: Facts, complete_by: date, *, at: datetime) -> Verdict | None:
    if clock.is_over(complete_by, at=at):
        return Verdict(Colour.RED, _("The date to finish by has passed"))
    if facts.missed:
        return Verdict(Colour.RED, _("Missed or not completed: needs a decision"))
    if facts.no_course_fits:
        return Verdict(Colour.RED, _("No course that fits was found"))
    booked = facts.booked_last_ends_at
    if booked and booked >= clock.end_of(complete_by):
        return Verdict(Colour.RED, _("The booked course ends after the date to finish by"))
    # The clock is flagged while somebody decides whether the place is paid for, not run out (rule 7).
    waiting = facts.funding_asked
    if not booked and not waiting and facts.accepted and facts.book_by and clock.is_over(facts.book_by, at=at):
        return Verdict(Colour.RED, _("Not booked, and the date to book by has passed"))
    return None


def _amber(facts: Facts, *, today: date) -> Verdict | None:
    if facts.messages_fail:
        return Verdict(Colour.AMBER, _("Messages do not arrive"))
    if facts.booked_last_ends_at:
        return None
    if facts.funding_asked:
        return Verdict(Colour.AMBER, _("Asked for a funded place"))
    if facts.held_until:
        return Verdict(Colour.AMBER, _("Place held, not paid yet"))
    start, end = facts.offered_on or today, facts.book_by or today
    left = (end - today).days
    if left * 2 < (end - start).days:
        waiting = _("Not booked") if facts.accepted else _("Not answered")
        return Verdict(Colour.AMBER, _("{what}, {days} days left to book").format(what=waiting, days=max(left, 0)))
    return None


def _green(facts: Facts) -> Verdict:
    if facts.booked_last_ends_at:
        return Verdict(Colour.GREEN, _("Booked and paid, ends in time"))
    if facts.accepted:
        return Verdict(Colour.GREEN, _("Accepted, still time to book"))
    return Verdict(Colour.GREEN, _("Offer sent, still time to answer"))


def words(day: date) -> str:
    """3 November 2026."""
    return f"{day.day} {day:%B %Y}"
