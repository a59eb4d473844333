"""Warning of licences that end: at 60 and at 14 days, once each, by e-mail."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from courses.licensing import warning_due
from courses.messages_licence import ProviderLicenceEnds, TrainerLicenceEnds
from courses.models import ProviderLicence, TrainerLicence
from courses.queries.expiring import providers_ending, trainers_ending
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership
from diversion.core import clock
from diversion.notifications.enums import Channel
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import message_rows, queue_rows


def warn_of_ending_licences(*, at: datetime) -> None:
    """Queue each warning that is due to a provider's administrators, and of a trainer's licence to the trainer too.

    The outbox keeps a repeat from being sent: an occurrence is a licence's last day and which of the two warnings it is.
    """
    today = clock.day_of(at)
    own, taught = list(providers_ending(today=today)), list(trainers_ending(today=today))
    employers = _employers({held.trainer_id for held in taught})
    told = _administrators({licence.provider.organisation_id for licence in own}.union(*employers.values()))
    rows: list[OutboxMessage] = []
    for licence in own:
        rows += _rows(ProviderLicenceEnds.kind, licence, told[licence.provider.organisation_id], at=at)
    for held in taught:
        of_employers = {user for employer in employers[held.trainer_id] for user in told[employer]}
        rows += _rows(TrainerLicenceEnds.kind, held, {held.trainer_id, *of_employers}, at=at)
    queue_rows(rows, at=at)


def _employers(trainers: Collection[UUID]) -> dict[UUID, set[UUID]]:
    live = Membership.objects.live().filter(user__in=trainers, role=Role.TRAINER)
    return _grouped(live.values_list("user_id", "organisation_id"))


def _administrators(organisations: Collection[UUID]) -> dict[UUID, set[UUID]]:
    live = Membership.objects.live().filter(organisation__in=organisations, role=Role.PROVIDER_ADMINISTRATOR)
    return _grouped(live.values_list("organisation_id", "user_id"))


def _grouped(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found


def _rows(
    kind: str, licence: ProviderLicence | TrainerLicence, told: Iterable[UUID], *, at: datetime
) -> list[OutboxMessage]:
    days = warning_due(licence.valid_until, today=clock.day_of(at))
    return [
        row
        for user_id in told
        for row in message_rows(
            kind=kind, recipient_id=user_id, subject_id=licence.pk, at=at,
            occurrence=f"{licence.valid_until}:{days}", channels=[Channel.EMAIL],
        )
    ]  # fmt: skip
