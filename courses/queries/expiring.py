"""Licences that soon end and that no other follows."""

from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from courses.licensing import WARN_DAYS
from courses.models import ProviderLicence, TrainerLicence
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User

Licence = TypeVar("Licence", ProviderLicence, TrainerLicence)
NEXT_DAY = timedelta(days=1)


def providers_ending(*, today: date) -> QuerySet[ProviderLicence]:
    """Licences of providers within the first warning's days of their last."""
    return _ending(ProviderLicence.objects.select_related("provider", "programme"), "provider", today=today)


def trainers_ending(*, today: date) -> QuerySet[TrainerLicence]:
    """Licences of trainers within the first warning's days of their last."""
    return _ending(TrainerLicence.objects.select_related("trainer", "programme"), "trainer", today=today)


def own_ending(user: User, *, today: date) -> tuple[QuerySet[ProviderLicence], QuerySet[TrainerLicence]]:
    """Those of a person's own provider, and of the trainers who work for it now."""
    trainers = Membership.objects.live().filter(organisation=user.organisation_id, role=Role.TRAINER)
    return (
        providers_ending(today=today).filter(provider__organisation=user.organisation_id),
        trainers_ending(today=today).filter(trainer__in=trainers.values("user")),
    )


def is_followed(licence: ProviderLicence | TrainerLicence) -> bool:
    """Another of the same holder and programme begins by the day after, and lasts longer."""
    if isinstance(licence, ProviderLicence):
        return not _last_of_their_kind(ProviderLicence.objects.filter(pk=licence.pk), "provider").exists()
    return not _last_of_their_kind(TrainerLicence.objects.filter(pk=licence.pk), "trainer").exists()


def licence_by_key(key: UUID) -> ProviderLicence | TrainerLicence | None:
    """A provider's or a trainer's, whichever has this key."""
    return (
        ProviderLicence.objects.select_related("provider__organisation", "programme").filter(pk=key).first()
        or TrainerLicence.objects.select_related("trainer", "programme").filter(pk=key).first()
    )


def _ending(licences: QuerySet[Licence], holder: str, *, today: date) -> QuerySet[Licence]:
    soon = licences.filter(valid_until__range=(today, today + timedelta(days=max(WARN_DAYS))))
    return _last_of_their_kind(soon, holder).order_by("valid_until", "pk")


def _last_of_their_kind(licences: QuerySet[Licence], holder: str) -> QuerySet[Licence]:
    """Without those that another of the same holder and programme follows: it begins by the day after, and lasts longer."""
    following = licences.model._default_manager.filter(
        **{holder: OuterRef(holder)},
        programme=OuterRef("programme"),
        valid_from__lte=OuterRef("valid_until") + NEXT_DAY,
        valid_until__gt=OuterRef("valid_until"),
    )
    return licences.filter(~Exists(following))
