"""How licences read to the service team."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.licensing import Lack, What
from courses.models import Course, TrainerLicence
from courses.queries.granting import Change, Licence
from diversion.core.moments import day_words, moment_words

LIST_HEAD = [{"text": _("Whose")}, {"text": _("Programme")}, {"text": _("Kind")}, {"text": _("From")}, {"text": _("Until")}]
HISTORY_HEAD = [{"text": _("When")}, {"text": _("What")}, {"text": _("By")}, {"text": _("Why")}]
ENDANGERED_HEAD = [{"text": _("Starts")}, {"text": _("Provider")}, {"text": _("Where")}, {"text": _("Would be missing")}]


def tabs(*, of_trainers: bool) -> list[dict[str, Any]]:
    """Providers' and trainers', one beside the other."""
    here = reverse("licence-find")
    return [
        {"text": _("Providers"), "url": here, "active": not of_trainers},
        {"text": _("Trainers"), "url": f"{here}?of=trainers", "active": of_trainers},
    ]


def page_query(*, of_trainers: bool, name: str) -> str:
    """What stays in the address from page to page."""
    kept = {**({"of": "trainers"} if of_trainers else {}), **({"name": name} if name else {})}
    return f"{urlencode(kept)}&" if kept else ""


def licence_rows(licences: Iterable[Licence], *, today: date) -> list[list[dict[str, Any]]]:
    """Whose, for what, of which kind, from and until when."""
    return [
        [
            {"text": licence.holder, "url": reverse("licence-show", args=[licence.public_id]), "header": True},
            {"text": licence.programme.name},
            {"text": licence.get_kind_display()},
            {"text": day_words(licence.valid_from)},
            {"text": day_words(licence.valid_until), "tag": _state_tag(licence, today=today)},
        ]
        for licence in licences
    ]


def licence_facts(licence: Licence, *, today: date) -> list[dict[str, Any]]:
    """One licence."""
    whose = gettext("Trainer") if isinstance(licence, TrainerLicence) else gettext("Provider")
    tag = _state_tag(licence, today=today)
    return [
        {"key": whose, "value": licence.holder},
        {"key": gettext("Programme"), "value": licence.programme.name},
        {"key": gettext("Kind"), "value": licence.get_kind_display()},
        {"key": gettext("First day"), "value": day_words(licence.valid_from)},
        {"key": gettext("Last day"), "value": day_words(licence.valid_until)},
        {"key": gettext("Now"), "value": tag["text"] if tag else gettext("In force")},
    ]


def history_rows(changes: Iterable[Change]) -> list[list[dict[str, Any]]]:
    """When, what, by whom and why; the latest first."""
    return [
        [
            {"text": moment_words(change.event.recorded_at), "header": True},
            {"text": _what(change)},
            {"text": change.by},
            {"text": change.event.reason},
        ]
        for change in changes
    ]


def endangered_rows(found: Sequence[tuple[Course, list[Lack]]]) -> list[list[dict[str, Any]]]:
    """A row for each course that ending a licence would endanger."""
    return [
        [
            {"text": moment_words(course.first_starts_at), "header": True},
            {"text": course.provider.organisation.name},
            {"text": course.venue.name if course.venue else gettext("Online")},
            {"text": " ".join(_lack_words(lack) for lack in lacks)},
        ]
        for course, lacks in found
    ]


def _what(change: Change) -> str:
    data = change.event.data
    if change.event.action == "licence.ended":
        words = gettext("Ended early: until %(until)s, not %(was)s")
        return words % {"until": _day(data["until"]), "was": _day(data["was until"])}
    return gettext("Granted from %(first)s until %(last)s") % {"first": _day(data["from"]), "last": _day(data["until"])}


def _day(text: str) -> str:
    return day_words(date.fromisoformat(text))


def _state_tag(licence: Licence, *, today: date) -> dict[str, Any] | None:
    if licence.valid_until < today:
        return {"text": gettext("Over"), "colour": "grey"}
    if licence.valid_from > today:
        return {"text": gettext("To come"), "colour": "blue"}
    return None


def _lack_words(lack: Lack) -> str:
    words = {
        What.PROVIDER: gettext("The provider’s licence on %(day)s."),
        What.TRAINER: gettext("The trainer’s licence on %(day)s."),
        What.FULL_BESIDE: gettext("A trainer with a full licence on %(day)s."),
    }
    return words[lack.what] % {"day": day_words(lack.day)}
