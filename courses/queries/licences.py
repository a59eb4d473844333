"""Licences as the rule of `courses.licensing` reads them, and the courses that they endanger."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects
from django.db.models.functions import TruncDate

from courses.enums import CourseState, LicenceKind
from courses.licensing import Lack, Leave, Meeting, lacking
from courses.models import Course, Provider, ProviderLicence, Session, TrainerLicence
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.core import clock
from diversion.referrals.models import Programme

NONE_ENDING: Mapping[UUID, date] = MappingProxyType({})


def lacks_of(courses: Sequence[Course], *, ending: Mapping[UUID, date] = NONE_ENDING) -> dict[UUID, list[Lack]]:
    """What each course lacks, by its key, in four queries however many there are.

    `ending` asks what would be, if licences by their keys ended with these days.
    """
    prefetch_related_objects(courses, "sessions__trainers")
    meetings = {
        course.pk: [
            Meeting(_days(each.starts_at, each.ends_at), [trainer.pk for trainer in each.trainers.all()])
            for each in course.sessions.all()
        ]
        for course in courses
    }
    teaching = {trainer for held in meetings.values() for each in held for trainer in each.trainers}
    programmes = {course.programme_id for course in courses}
    providers = _provider_leaves({course.provider_id for course in courses}, programmes, ending)
    trainers = _trainer_leaves(teaching, programmes, ending)
    return {
        course.pk: lacking(
            meetings=meetings[course.pk],
            provider=providers[course.provider_id, course.programme_id],
            trainers={trainer: trainers[trainer, course.programme_id] for trainer in teaching},
        )
        for course in courses
    }


def lacks_of_plans(
    provider: Provider, plans: Sequence[tuple[Programme, Sequence[tuple[datetime, datetime, Sequence[User]]]]]
) -> list[list[Lack]]:
    """What each course would lack whose sessions run at these times with these trainers, in two queries however many there are."""
    programmes = {programme.pk for programme, _sessions in plans}
    teaching = {each.pk for _programme, sessions in plans for _start, _end, trainers in sessions for each in trainers}
    own = _provider_leaves([provider.pk], programmes)
    theirs = _trainer_leaves(teaching, programmes)
    return [
        lacking(
            meetings=[Meeting(_days(start, end), [each.pk for each in trainers]) for start, end, trainers in sessions],
            provider=own[provider.pk, programme.pk],
            trainers={trainer: theirs[trainer, programme.pk] for trainer in teaching},
        )
        for programme, sessions in plans
    ]


def endangered(user: User, *, at: datetime) -> list[tuple[Course, list[Lack]]]:
    """The courses of a provider, not yet over, that a licence which has ended or will have ended does not cover; soonest first."""
    courses = list(_perhaps_endangered(_to_come(user, at=at)))
    lacks = lacks_of(courses)
    return [(course, lacks[course.pk]) for course in courses if lacks[course.pk]]


def provider_licences(user: User) -> QuerySet[ProviderLicence]:
    """Those of a person's own provider, the one that ends last first."""
    own = ProviderLicence.objects.filter(provider__organisation=user.organisation_id)
    return own.select_related("programme").order_by("-valid_until", "pk")


def trainer_licences(user: User) -> QuerySet[TrainerLicence]:
    """Those of the trainers who work for a person's own provider now, by name."""
    employed = Membership.objects.live().filter(organisation=user.organisation_id, role=Role.TRAINER)
    theirs = TrainerLicence.objects.filter(trainer__in=employed.values("user"))
    return theirs.select_related("programme", "trainer").order_by("trainer__name", "-valid_until", "pk")


def _to_come(user: User, *, at: datetime) -> QuerySet[Course]:
    mine = Course.objects.visible_to(user).filter(state__in=[CourseState.DRAFT, CourseState.PUBLISHED], last_ends_at__gt=at)
    return mine.select_related("programme", "venue").order_by("first_starts_at", "pk")


def _perhaps_endangered(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Keeps every course that lacks something, and few others, so that the rule need not be asked of a whole year's.

    No one licence of the provider's covers the course from first day to last, or no one full licence of some trainer's covers
    a session of theirs. Two licences that together cover it are for the rule to find.
    """
    own = ProviderLicence.objects.filter(
        provider=OuterRef("provider"),
        programme=OuterRef("programme"),
        valid_from__lte=OuterRef("first_day"),
        valid_until__gte=OuterRef("last_day"),
    )
    full = TrainerLicence.objects.filter(
        trainer=OuterRef("user"),
        programme=OuterRef("session__course__programme"),
        kind=LicenceKind.FULL,
        valid_from__lte=OuterRef("first_day"),
        valid_until__gte=OuterRef("last_day"),
    )
    teaching = Session.trainers.through.objects.filter(session__course=OuterRef("pk"))
    taught = teaching.alias(first_day=_day("session__starts_at"), last_day=_day("session__ends_at"))
    dated = courses.alias(first_day=_day("first_starts_at"), last_day=_day("last_ends_at"))
    return dated.filter(~Exists(own) | Exists(taught.filter(~Exists(full))))


def _day(moment: str) -> TruncDate:
    """The London day of a moment."""
    return TruncDate(moment, tzinfo=clock.LONDON)


def _days(starts_at: datetime, ends_at: datetime) -> set[date]:
    return {clock.day_of(starts_at), clock.day_of(ends_at)}


def _provider_leaves(
    providers: Iterable[UUID], programmes: Iterable[UUID], ending: Mapping[UUID, date] = NONE_ENDING
) -> dict[tuple[UUID, UUID], list[Leave]]:
    found: dict[tuple[UUID, UUID], list[Leave]] = defaultdict(list)
    for licence in ProviderLicence.objects.filter(provider__in=providers, programme__in=programmes):
        found[licence.provider_id, licence.programme_id].append(_leave(licence, ending))
    return found


def _trainer_leaves(
    trainers: Iterable[UUID], programmes: Iterable[UUID], ending: Mapping[UUID, date] = NONE_ENDING
) -> dict[tuple[UUID, UUID], list[Leave]]:
    found: dict[tuple[UUID, UUID], list[Leave]] = defaultdict(list)
    for licence in TrainerLicence.objects.filter(trainer__in=trainers, programme__in=programmes):
        found[licence.trainer_id, licence.programme_id].append(_leave(licence, ending))
    return found


def _leave(licence: ProviderLicence | TrainerLicence, ending: Mapping[UUID, date]) -> Leave:
    return replace(licence.leave, valid_until=ending.get(licence.pk, licence.valid_until))
