"""Whom a matter of licences concerns: employers by trainer, administrators by organisation, each in one query."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from diversion.accounts.enums import Role
from diversion.accounts.models import Membership


def employers_of(trainers: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The organisations for which each trainer works now."""
    live = Membership.objects.live().filter(user__in=trainers, role=Role.TRAINER)
    return _grouped(live.values_list("user_id", "organisation_id"))


def administrators_of(organisations: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The administrators of each provider's organisation now."""
    live = Membership.objects.live().filter(organisation__in=organisations, role=Role.PROVIDER_ADMINISTRATOR)
    return _grouped(live.values_list("organisation_id", "user_id"))


def _grouped(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found
