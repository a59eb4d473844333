"""A participant asks for help; a named person looks at it."""

from datetime import datetime

from django.db import transaction

from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask, Referral, Requirement
from diversion.referrals.services.tasks import raise_task


@transaction.atomic
def ask_for_help(
    *, referral: Referral, requirement: Requirement | None, about: TaskKind, detail: str, by: Actor, at: datetime
) -> CaseTask | None:
    """Put the question on the officer's list: one open task for each kind and requirement.

    Asked again in other words while it is open, the new words join the case's trail, encrypted, and the task stays one.
    """
    subject = requirement or referral
    task = raise_task(referral=referral, kind=about, subject_id=subject.pk, by=by, at=at, detail=detail)
    if task and task.detail != detail:
        record_change(action="help.asked", subject=subject, by=by, at=at, case_id=referral.pk, reason=detail)
    return task
