"""Licences that soon end and that no other follows."""

from datetime import date, timedelta
from typing import TypeVar

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


def _ending(licences: QuerySet[Licence], holder: str, *, today: date) -> QuerySet[Licence]:
    """Without those that another of the same holder and programme follows: it begins by the day after, and lasts longer."""
    following = licences.model._default_manager.filter(
        **{holder: OuterRef(holder)},
        programme=OuterRef("programme"),
        valid_from__lte=OuterRef("valid_until") + NEXT_DAY,
        valid_until__gt=OuterRef("valid_until"),
    )
    soon = licences.filter(valid_until__range=(today, today + timedelta(days=max(WARN_DAYS))))
    return soon.filter(~Exists(following)).order_by("valid_until", "pk")
