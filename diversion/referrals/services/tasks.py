"""Asking a named person to look at a case, and their answer. A task never decides anything by itself (rule 5)."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.outbox import queue_message
from diversion.referrals.clocks import add_working_days
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import BankHoliday, CaseTask, Referral

WORKING_DAYS: Mapping[str, int] = {
    TaskKind.NEEDS_DECISION: 10,
    TaskKind.NO_COURSE_FITS: 5,
    TaskKind.OFFER_NOT_OPENED: 5,
    TaskKind.CONTACT_FAILED: 5,
    TaskKind.PAYMENT_RETURNED: 2,
    TaskKind.REGISTER_LATE: 2,
    TaskKind.ASKED_FOR_HELP: 2,
    TaskKind.FILE_CHANGED: 2,
    TaskKind.SERVICE_FAILURE: 2,
    TaskKind.MARK_AMENDED: 2,
    TaskKind.CONCERN_RAISED: 1,
    TaskKind.CAME_WITHOUT_PLACE: 2,
}
"""How long an officer has for each kind, where the caller sets no day (domain section 5)."""


class TaskIsDone(Refusal):
    sentence = _("Somebody has already dealt with this.")


@transaction.atomic
def raise_task(
    *,
    referral: Referral,
    kind: TaskKind,
    subject_id: UUID,
    by: Actor,
    at: datetime,
    due_on: date | None = None,
    detail: str = "",
) -> CaseTask | None:
    """Put a question on the case. While the same question about the same subject is open, it is the same task.

    Without `due_on` it falls due after the working days of its kind, by the bank holidays of the agency's nation.
    A voluntary case has nobody to ask: no task is made, and the person is pointed to the help line, once for each question (R14).
    """
    if referral.voluntary:
        _point_to_help(referral, kind, subject_id, by=by, at=at)
        return None
    question = CaseTask.objects.filter(referral=referral, kind=kind, subject_id=subject_id, done_at=None)
    asked: CaseTask | None = question.first()
    if asked:
        return asked
    task = CaseTask(
        referral=referral,
        kind=kind,
        subject_id=subject_id,
        raised_at=at,
        due_on=due_on or _due_on(referral, kind, clock.day_of(at)),
        detail=detail,
    )
    try:
        with transaction.atomic():
            task.save(force_insert=True)
    except IntegrityError:
        asked = question.get()
        return asked
    record_change(action="task.raised", subject=task, by=by, at=at, case_id=referral.pk, data={"kind": kind})
    return task


@transaction.atomic
def complete_task(*, task: CaseTask, outcome: str, user: User, by: Actor, at: datetime) -> CaseTask:
    """Close a task with what was done about it, in the person's own words.

    :raises TaskIsDone: somebody closed it first.
    """
    task = CaseTask.objects.select_for_update().get(pk=task.pk)
    if task.done_at is not None:
        raise TaskIsDone()
    task.done_at, task.done_by, task.outcome = at, user, outcome
    task.save(update_fields=["done_at", "done_by", "outcome"])
    record_change(
        action="task.completed",
        subject=task,
        by=by,
        at=at,
        case_id=task.referral_id,
        reason=outcome,
        data={"kind": task.kind},
    )
    return task


@transaction.atomic
def close_tasks(*, referral: Referral, outcome: str, user: User | None, by: Actor, at: datetime) -> None:
    """The case has ended: nobody has to look at its open questions any more. `user` is None where the service ended it."""
    for task in CaseTask.objects.select_for_update().filter(referral=referral, done_at=None).order_by("pk"):
        task.done_at, task.done_by, task.outcome = at, user, outcome
        task.save(update_fields=["done_at", "done_by", "outcome"])
        record_change(
            action="task.closed", subject=task, by=by, at=at, case_id=referral.pk, reason=outcome, data={"kind": task.kind}
        )


@transaction.atomic
def answer_tasks(*, kind: TaskKind, subject_id: UUID, outcome: str, by: Actor, at: datetime) -> None:
    """What was asked about one thing has answered itself on every case: a register that was late has come in."""
    for task in CaseTask.objects.select_for_update().filter(kind=kind, subject_id=subject_id, done_at=None).order_by("pk"):
        task.done_at, task.outcome = at, outcome
        task.save(update_fields=["done_at", "outcome"])
        record_change(
            action="task.answered",
            subject=task,
            by=by,
            at=at,
            case_id=task.referral_id,
            reason=outcome,
            data={"kind": kind},
        )


def _point_to_help(referral: Referral, kind: TaskKind, subject_id: UUID, *, by: Actor, at: datetime) -> None:
    record_change(action="help.pointed-to", subject=referral, by=by, at=at, case_id=referral.pk, data={"kind": kind})
    if referral.participant_id:
        queue_message(
            kind="please-phone",
            recipient_id=referral.participant_id,
            subject_id=subject_id,
            at=at,
            case_id=referral.pk,
            occurrence=kind,
        )


def _due_on(referral: Referral, kind: TaskKind, today: date) -> date:
    holidays = BankHoliday.objects.filter(nation=referral.agency.nation, day__gt=today)
    return add_working_days(today, WORKING_DAYS[kind], holidays=set(holidays.values_list("day", flat=True)))
