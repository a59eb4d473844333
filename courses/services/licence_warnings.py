"""Warning of licences that end: at 60 and at 14 days, once each, by e-mail."""

from collections.abc import Iterable
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
    rows: list[OutboxMessage] = []
    for licence in providers_ending(today=today):
        told = _administrators([licence.provider.organisation_id])
        rows += _rows(ProviderLicenceEnds.kind, licence, told, at=at)
    for held in trainers_ending(today=today):
        employers = Membership.objects.live().filter(user=held.trainer_id).values_list("organisation_id", flat=True)
        rows += _rows(TrainerLicenceEnds.kind, held, {held.trainer_id, *_administrators(employers)}, at=at)
    queue_rows(rows, at=at)


def _administrators(organisations: Iterable[UUID]) -> set[UUID]:
    live = Membership.objects.live().filter(organisation__in=organisations, role=Role.PROVIDER_ADMINISTRATOR)
    return set(live.values_list("user_id", flat=True))


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
