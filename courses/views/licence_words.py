"""How licences, and what is missing of them, read to a provider's administrators."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from courses.licensing import Lack, What
from courses.models import Course, ProviderLicence, TrainerLicence
from diversion.core.moments import day_words, moment_words


def endangered_rows(found: Iterable[tuple[Course, list[Lack]]]) -> list[list[dict[str, Any]]]:
    """A row for each course: start, programme, place, what is missing."""
    return [
        [
            {"text": moment_words(course.first_starts_at), "url": reverse("course-show", args=[course.public_id]), "header": True},
            {"text": course.programme.name},
            {"text": course.venue.name if course.venue else gettext("Online")},
            {"text": " ".join(lack_sentences(course, lacks))},
        ]
        for course, lacks in found
    ]  # fmt: skip


def provider_rows(licences: Iterable[ProviderLicence]) -> list[list[dict[str, Any]]]:
    """Programme, kind, days."""
    return [[{"text": licence.programme.name, "header": True}, *_days(licence)] for licence in licences]


def trainer_rows(licences: Iterable[TrainerLicence]) -> list[list[dict[str, Any]]]:
    """Trainer, programme, kind, days."""
    return [
        [{"text": licence.trainer.name, "header": True}, {"text": licence.programme.name}, *_days(licence)]
        for licence in licences
    ]


def lack_sentences(course: Course, lacks: Iterable[Lack]) -> list[str]:
    """What is missing, each with whose it is and the first day."""
    return [lack_words(_names(course), lack) for lack in lacks]


def _days(licence: ProviderLicence | TrainerLicence) -> list[dict[str, Any]]:
    days = (licence.valid_from, licence.valid_until)
    return [{"text": licence.get_kind_display()}, *({"text": day_words(day)} for day in days)]


def lack_words(names: Mapping[UUID, str], lack: Lack) -> str:
    """What is missing and on which day; `names` are the trainers' by key."""
    words = {
        What.PROVIDER: gettext("Your licence on %(day)s."),
        What.TRAINER: gettext("A licence of %(name)s on %(day)s."),
        What.FULL_BESIDE: gettext("A trainer with a full licence beside %(name)s on %(day)s."),
    }
    return words[lack.what] % {"day": day_words(lack.day), "name": names[lack.trainer] if lack.trainer else ""}


def _names(course: Course) -> dict[UUID, str]:
    return {trainer.pk: trainer.name for session in course.sessions.all() for trainer in session.trainers.all()}
