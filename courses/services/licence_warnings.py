"""Warning of licences that end: at 60 and at 14 days, once each, by e-mail."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from courses.licensing import warning_due
from courses.messages_licence import ProviderLicenceEnds, TrainerLicenceEnds
from courses.models import ProviderLicence, TrainerLicence
from courses.queries.expiring import providers_ending, trainers_ending
from courses.queries.told import administrators_of, employers_of
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
    employers = employers_of({held.trainer_id for held in taught})
    told = administrators_of({licence.provider.organisation_id for licence in own}.union(*employers.values()))
    rows: list[OutboxMessage] = []
    for licence in own:
        rows += _rows(ProviderLicenceEnds.kind, licence, told[licence.provider.organisation_id], at=at)
    for held in taught:
        of_employers = {user for employer in employers[held.trainer_id] for user in told[employer]}
        rows += _rows(TrainerLicenceEnds.kind, held, {held.trainer_id, *of_employers}, at=at)
    queue_rows(rows, at=at)


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
