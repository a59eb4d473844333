"""What the service team looks at before it grants or ends a licence."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from courses.licensing import Lack
from courses.models import Course, ProviderLicence, TrainerLicence
from courses.queries.licences import lacks_of
from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.core import clock

Licence = ProviderLicence | TrainerLicence


class Change(NamedTuple):
    """One line of a licence's history."""

    event: AuditEvent
    by: str


def licences_of_providers(name: str = "") -> QuerySet[ProviderLicence]:
    """By the provider's name, the one that ends last first."""
    named = ProviderLicence.objects.select_related("provider__organisation", "programme")
    named = named.filter(provider__organisation__name__icontains=name) if name else named
    return named.order_by("provider__organisation__name", "-valid_until", "pk")


def licences_of_trainers(name: str = "") -> QuerySet[TrainerLicence]:
    """By the trainer's name, the one that ends last first."""
    named = TrainerLicence.objects.select_related("trainer", "programme")
    named = named.filter(trainer__name__icontains=name) if name else named
    return named.order_by("trainer__name", "-valid_until", "pk")


def licence_with(public_id: str) -> Licence | None:
    """A provider's or a trainer's, whichever has this id."""
    return (
        licences_of_providers().filter(public_id=public_id).first()
        or licences_of_trainers().filter(public_id=public_id).first()
    )


def history_of(licence: Licence) -> list[Change]:
    """What was done with a licence, the latest first, and by whom."""
    events = list(AuditEvent.objects.filter(subject_id=licence.pk).order_by("-recorded_at", "-pk"))
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [Change(event, people[event.actor_id].name if event.actor_id else event.actor_process) for event in events]


def endangered_by_ending(licence: Licence, *, last_day: date, at: datetime) -> list[tuple[Course, list[Lack]]]:
    """The open courses, not yet over, that would newly lack something if the licence ended with `last_day`; soonest first."""
    after = clock.end_of(last_day)
    affected = Course.objects.published().filter(programme=licence.programme_id, last_ends_at__gt=max(after, at))
    if isinstance(licence, ProviderLicence):
        affected = affected.filter(provider=licence.provider_id)
    else:
        affected = affected.filter(sessions__trainers=licence.trainer_id).distinct()
    courses = list(affected.select_related("venue", "provider__organisation").order_by("first_starts_at", "pk"))
    now, then = lacks_of(courses), lacks_of(courses, ending={licence.pk: last_day})
    newly = [(course, _beyond(then[course.pk], now[course.pk])) for course in courses]
    return [(course, lacks) for course, lacks in newly if lacks]


def _beyond(then: Sequence[Lack], now: Sequence[Lack]) -> list[Lack]:
    return [lack for lack in then if lack not in now]
