"""How a provider's courses read to its administrators."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseState
from courses.models import Course, Session
from courses.presentation import good_to_know, language_words, session_words
from diversion.core.moments import moment_words
from diversion.core.money import pounds

STATES = {
    CourseState.DRAFT: (_("Draft"), "grey"),
    CourseState.PUBLISHED: (_("Open"), "green"),
    CourseState.CLOSED: (_("Over"), "blue"),
    CourseState.CANCELLED: (_("Cancelled"), "red"),
}

FLEXIBLE = _("Price of moving free, on top")

LIST_HEAD = [
    {"text": _("Starts")},
    {"text": _("Programme")},
    {"text": _("Where")},
    {"text": _("Places")},
    {"text": _("State")},
]
SESSIONS_HEAD = [
    {"text": _("Session")},
    {"text": _("When")},
    {"text": _("Trainers")},
    {"text": _("Register")},
    {"text": _("Change")},
]


def state_tag(course: Course) -> dict[str, Any]:
    """The word first, the colour second."""
    text, colour = STATES[CourseState(course.state)]
    if course.state == CourseState.PUBLISHED and course.booking_closed_at:
        text, colour = _("Takes no bookings"), "yellow"
    return {"text": text, "colour": colour}


def list_rows(courses: Iterable[Course]) -> list[list[dict[str, Any]]]:
    """A row for each course: start, programme, place, places taken, state."""
    return [
        [
            {"text": moment_words(course.first_starts_at), "url": reverse("course-show", args=[course.public_id]), "header": True},
            {"text": course.programme.name},
            {"text": course.venue.name if course.venue else gettext("Online")},
            {"text": places_words(course)},
            {"text": "", "tag": state_tag(course)},
        ]
        for course in courses
    ]  # fmt: skip


def places_words(course: Course) -> str:
    """3 of 12 taken."""
    return gettext("%(taken)d of %(capacity)d taken") % {"taken": course.taken, "capacity": course.capacity}


def course_facts(course: Course, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """One course for its provider."""
    venue = course.venue
    return [
        {"key": gettext("Programme"), "value": course.programme.name},
        {"key": gettext("Where"), "value": f"{venue.name}, {venue.postcode}" if venue else gettext("Online")},
        {"key": gettext("Room"), "value": course.room.name if course.room else ""},
        {"key": gettext("Places"), "value": places_words(course)},
        {"key": gettext("Confirmed"), "value": counts["confirmed"]},
        {"key": gettext("Waiting for payment"), "value": counts["held"]},
        {"key": gettext("Price"), "value": pounds(course.price_pence)},
        {"key": FLEXIBLE, "value": pounds(course.flexible_pence) if course.flexible_pence else ""},
        {"key": gettext("Language"), "value": language_words(course.language)},
        {"key": gettext("Good to know"), "value": good_to_know(course)},
    ]


def session_rows(course: Course, *, at: datetime) -> list[list[dict[str, Any]]]:
    """The sessions in order, with their trainers and register, and what may still be changed."""
    return [
        [
            {"text": session.title, "header": True},
            {"text": session_words(session)},
            {"text": ", ".join(trainer.name for trainer in session.trainers.all()) or gettext("Nobody yet")},
            {"text": gettext("Done") if session.register_submitted_at else gettext("Not yet")},
            {"text": "", "links": session_links(course, session, at=at)},
        ]
        for session in course.sessions.all()
    ]


def session_links(course: Course, session: Session, *, at: datetime) -> list[dict[str, str]]:
    """Another time before it begins, other trainers before it ends; nothing once the course is over or cancelled."""
    if course.state not in {CourseState.DRAFT, CourseState.PUBLISHED} or session.register_submitted_at:
        return []
    links = []
    if session.starts_at > at:
        links.append({"text": gettext("Move"), "url": reverse("session-move", args=[session.public_id])})
    if session.ends_at > at:
        links.append({"text": gettext("Trainers"), "url": reverse("session-trainers", args=[session.public_id])})
    return [{**link, "about": session.title} for link in links]
