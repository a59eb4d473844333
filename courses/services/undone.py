"""What an officer decides about a completion that an amended mark undid."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.messages_register import SessionMissed
from courses.people import participant_of
from courses.queries.undone import undone_booking
from diversion.accounts.models import User
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.outbox import queue_message
from diversion.notifications.quiet import out_of_quiet_hours
from diversion.referrals.models import CaseTask
from diversion.referrals.services.requirements import reopen_requirement
from diversion.referrals.services.tasks import complete_task


class NothingIsUndone(Refusal):
    sentence = _("The completion stands again, or somebody has already decided. Look at the case before you act.")


@transaction.atomic
def open_undone_again(*, task: CaseTask, outcome: str, user: User, by: Actor, at: datetime) -> None:
    """The officer's decision that the requirement is still to be met: it and its case are open again, and the person is told.

    :raises NothingIsUndone: the task asks no such question any more.
    :raises TaskIsDone, RequirementIsNotRunning: as their services.
    """
    booking = undone_booking(task)
    if booking is None:
        raise NothingIsUndone()
    reopen_requirement(requirement=booking.requirement, reason=outcome, by=by, at=at)
    complete_task(task=task, outcome=outcome, user=user, by=by, at=at)
    queue_message(
        kind=SessionMissed.kind, recipient_id=participant_of(booking).pk, subject_id=booking.pk,
        case_id=task.referral_id, at=at, due_at=out_of_quiet_hours(at), occurrence="reopened",
    )  # fmt: skip
