"""How the dashboard reads: a table for each question, or what it means that there is none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.licensing import Lack
from courses.models import Course, ProviderLicence, Session, TrainerLicence, Visit
from courses.people import participant_of
from courses.queries.dashboard import SHOWN, PersonToCall, register_due_at
from courses.views.licence_words import endangered_rows
from courses.views.provider_words import places_words
from diversion.core.moments import day_words, moment_words, time_words, until_words

Row = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Block:
    """One question. `nothing` is what an empty answer means; `url` leads to all of it."""

    caption: str | Promise
    columns: Sequence[str]
    rows: Sequence[Row]
    nothing: str
    url: str
    link_text: str
    note: str = ""

    @property
    def head(self) -> list[dict[str, str]]:
        return [{"text": text} for text in self.columns]


def today_block(sessions: Iterable[Session], *, at: datetime) -> Block:
    """The day's sessions, who teaches, and how many come."""
    rows: list[Row] = [
        [
            _session_cell(session, time_words(session.starts_at)),
            {"text": session.course.programme.name},
            {"text": _where(session.course)},
            {"text": ", ".join(trainer.name for trainer in session.trainers.all()) or _("Nobody yet")},
            {"text": ngettext("%(n)d person", "%(n)d people", session.people) % {"n": session.people}},  # type: ignore[attr-defined]
        ]
        for session in sessions
    ]
    columns = (_("Starts"), _("Programme"), _("Where"), _("Trainers"), _("Expected"))
    nothing = _("No session of yours is today.")
    return Block(_("Today’s sessions"), columns, rows, nothing, reverse("session-list"), _("All sessions and registers"))


def registers_block(sessions: Iterable[Session], *, at: datetime) -> Block:
    """Registers that are still to be sent, with what is late first."""
    rows: list[Row] = [
        [
            _session_cell(session, moment_words(session.starts_at)),
            {"text": session.course.programme.name},
            {"text": until_words(register_due_at(session), at=at), "tag": _due_tag(session, at=at)},
        ]
        for session in sessions
    ]
    columns = (_("Session"), _("Programme"), _("Send by"))
    nothing = _("Every register is in.")
    return Block(_("Registers to send"), columns, rows, nothing, reverse("session-list"), _("All registers"))


def people_block(people: Iterable[PersonToCall]) -> Block:
    """First names alone, and what is the matter."""
    rows: list[Row] = [
        [
            {"text": participant_of(person.booking).short_name, "header": True},
            {"text": " ".join(_matter(person))},
            {
                "text": moment_words(person.booking.starts_at),
                "url": reverse("course-show", args=[person.booking.course.public_id]),
            },
        ]
        for person in people
    ]
    return Block(
        _("People to call or speak to"),
        (_("Name"), _("What is the matter"), _("Course")),
        rows,
        _("Messages reach everybody on your courses, and nobody waits for help."),
        reverse("course-list"),
        _("Your courses"),
        note=_("Their officer knows too, and has their number. Speak to them when they come."),
    )


def endangered_block(found: Sequence[tuple[Course, list[Lack]]]) -> Block:
    """Courses that a licence does not cover."""
    caption = _("Courses that a licence does not cover")
    columns = (_("Starts"), _("Programme"), _("Where"), _("Missing"))
    rows = endangered_rows(found[:SHOWN])
    count = len(found)
    all_of_them = ngettext("%(n)d course in danger", "All %(n)d courses in danger", count) % {"n": count}
    link = (reverse("endangered-list"), all_of_them) if count else (reverse("licence-list"), _("Your licences"))
    return Block(caption, columns, rows, _("Every course to come is covered."), *link)


def ending_block(own: Iterable[ProviderLicence], taught: Iterable[TrainerLicence], *, today: date) -> Block:
    """Licences that end within sixty days and that none follows, the first to end first."""
    held = [(each.valid_until, _("Yours"), each.programme.name) for each in own]
    held += [(each.valid_until, each.trainer.name, each.programme.name) for each in taught]
    rows: list[Row] = [
        [
            {"text": whose, "header": True},
            {"text": programme},
            {"text": _("%(day)s, %(left)s") % {"day": day_words(until), "left": _left(until, today)}},
        ]
        for until, whose, programme in sorted(held)[:SHOWN]
    ]
    columns = (_("Whose"), _("Programme"), _("Last day"))
    nothing = _("No licence ends within 60 days.")
    return Block(_("Licences that end soon"), columns, rows, nothing, reverse("licence-list"), _("All licences"))


def follow_ups_block(visits: Iterable[Visit]) -> Block:
    """What reports of visits asked for and nobody has said is done."""
    rows: list[Row] = [
        [
            {"text": visit.trainer.name, "url": reverse("visit-show", args=[visit.public_id]), "header": True},
            {"text": moment_words(visit.occurred_at)},
            {"text": day_words(visit.follow_up_by) if visit.follow_up_by else ""},
        ]
        for visit in visits
    ]
    columns = (_("Trainer"), _("Visited"), _("Was to be done by"))
    nothing = _("Nothing that a visit’s report asked for is overdue.")
    return Block(_("Late after visits"), columns, rows, nothing, reverse("visit-list"), _("All reports of visits"))


def unfilled_block(courses: Iterable[Course]) -> Block:
    """Courses of the next four weeks that are not half full."""
    rows: list[Row] = [
        [
            {"text": moment_words(course.first_starts_at), "url": reverse("course-show", args=[course.public_id]), "header": True},
            {"text": course.programme.name},
            {"text": _where(course)},
            {"text": places_words(course)},
        ]
        for course in courses
    ]  # fmt: skip
    columns = (_("Starts"), _("Programme"), _("Where"), _("Places"))
    nothing = _("Every open course of the next four weeks is at least half full.")
    return Block(
        _("Courses with many free places"), columns, rows, nothing, reverse("course-list"), _("All courses coming up")
    )


def _session_cell(session: Session, words: str) -> dict[str, Any]:
    route = "register-show" if session.register_submitted_at else "register-mark"
    return {"text": words, "url": reverse(route, args=[session.public_id]), "header": True}


def _due_tag(session: Session, *, at: datetime) -> dict[str, str] | None:
    return {"text": _("Overdue"), "colour": "red"} if register_due_at(session) <= at else None


def _matter(person: PersonToCall) -> list[str]:
    words = [(person.unreachable, _("Our messages do not arrive.")), (person.asked_for_help, _("Asked for help."))]
    return [text for holds, text in words if holds]


def _left(until: date, today: date) -> str:
    days = (until - today).days
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


def _where(course: Course) -> str:
    return course.venue.name if course.venue else _("Online")
