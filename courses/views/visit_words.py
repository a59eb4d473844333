"""How visits, and the reports of them, read."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.forms.visits import QUESTIONS
from courses.models import CRITERIA, Visit
from courses.queries.visits import Taught
from diversion.core.moments import day_words, moment_words

LIST_HEAD = [{"text": _("Session")}, {"text": _("Trainer")}, {"text": _("Programme")}, {"text": _("To be done")}]
TAUGHT_HEAD = [{"text": _("Session")}, {"text": _("Trainer")}, {"text": _("Programme")}, {"text": _("Where")}]


def is_open(visit: Visit) -> bool:
    """The report asked for something that nobody has said is done."""
    return visit.follow_up_by is not None and not hasattr(visit, "followed_up")


def visit_rows(visits: Iterable[Visit], *, today: date) -> list[list[dict[str, Any]]]:
    """When, whose, of which programme, and whether anything is still to be done."""
    return [
        [
            {"text": moment_words(visit.occurred_at), "url": reverse("visit-show", args=[visit.public_id]), "header": True},
            {"text": visit.trainer.name},
            {"text": visit.session.course.programme.name},
            {"text": _due_words(visit), "tag": _late_tag(visit, today=today)},
        ]
        for visit in visits
    ]  # fmt: skip


def taught_rows(found: Iterable[Taught]) -> list[list[dict[str, Any]]]:
    """A row for each session and trainer, with the way to the report."""
    return [
        [
            {
                "text": moment_words(session.starts_at),
                "url": reverse("visit-report", args=[session.public_id, trainer.public_id]),
                "header": True,
            },
            {"text": trainer.user.name},
            {"text": session.course.programme.name},
            {"text": session.course.venue.name if session.course.venue else gettext("Online")},
        ]
        for session, trainer in found
    ]


def visit_facts(visit: Visit, *, today: date) -> list[dict[str, Any]]:
    """The whole report."""
    done = getattr(visit, "followed_up", None)
    scores = [{"key": QUESTIONS[name], "value": gettext("%(n)d of 5") % {"n": getattr(visit, name)}} for name in CRITERIA]
    return [
        {"key": gettext("Session"), "value": moment_words(visit.occurred_at)},
        {"key": gettext("Programme"), "value": visit.session.course.programme.name},
        {"key": gettext("Trainer"), "value": visit.trainer.name},
        {"key": gettext("Visited by"), "value": visit.recorded_by.name},
        *scores,
        {"key": gettext("What was seen"), "value": visit.words},
        {"key": gettext("To be done"), "value": visit.follow_up},
        {"key": gettext("By"), "value": _due_words(visit) if visit.follow_up_by else ""},
        {"key": gettext("What was done"), "value": done.words if done else ""},
    ]


def _due_words(visit: Visit) -> str:
    if visit.follow_up_by is None:
        return gettext("Nothing")
    return day_words(visit.follow_up_by) if is_open(visit) else gettext("Done")


def _late_tag(visit: Visit, *, today: date) -> dict[str, str] | None:
    late = is_open(visit) and visit.follow_up_by is not None and visit.follow_up_by < today
    return {"text": gettext("Overdue"), "colour": "red"} if late else None
