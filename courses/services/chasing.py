"""Chasing registers: the provider after a day, once; the provider's administrators and the officers after three."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext

from courses.messages_late import RegisterDue, RegisterOverdue
from courses.models import Session
from courses.queries.late_registers import ALARM_AFTER, DUE_AFTER, cases_waiting, not_yet_told, registers_missing
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership
from diversion.core.actor import Actor
from diversion.core.moments import moment_words
from diversion.notifications.enums import Channel
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import message_rows, queue_rows
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import Referral
from diversion.referrals.services.tasks import raise_task

AT_ONCE = 200
BY = Actor.system("tick")


def remind_of_registers(*, at: datetime) -> None:
    """An e-mail to the trainers and the administrators for each register that is a day late. What was told is not looked at again."""
    _tell(RegisterDue.kind, registers_missing(at=at, after=DUE_AFTER), at=at, trainers_too=True)


def alarm_of_registers(*, at: datetime) -> None:
    """After three days: an e-mail to the administrators, and a task for the officer of each person who waits for it.

    A missing register never counts against anybody (rule 6): the officer is asked to look, nothing is decided.
    """
    _tell(RegisterOverdue.kind, registers_missing(at=at, after=ALARM_AFTER), at=at, trainers_too=False)
    waiting = cases_waiting(at=at, most=AT_ONCE)
    cases = Referral.objects.select_related("agency").in_bulk({each.case_id for each in waiting})
    for each in waiting:
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            words = gettext("The provider has not sent the register of %(when)s. It does not count against the person.")
            raise_task(
                referral=cases[each.case_id], kind=TaskKind.REGISTER_LATE, subject_id=each.session_id, by=BY, at=at,
                detail=words % {"when": moment_words(each.starts_at)},
            )  # fmt: skip


def _tell(kind: str, missing: QuerySet[Session], *, at: datetime, trainers_too: bool) -> None:
    # By chance, so that those of a provider whom nobody works for do not stand before the rest for ever.
    sessions = list(not_yet_told(missing, kind).order_by("?").prefetch_related("trainers")[:AT_ONCE])
    if not sessions:
        return
    administrators = _administrators({session.course.provider.organisation_id for session in sessions})
    rows: list[OutboxMessage] = []
    for session in sessions:
        told = set(administrators.get(session.course.provider.organisation_id, ()))
        told |= {trainer.pk for trainer in session.trainers.all()} if trainers_too else set()
        rows += _rows(kind, session, told, at=at)
    queue_rows(rows, at=at)


def _administrators(organisations: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    live = Membership.objects.live().filter(organisation__in=organisations, role=Role.PROVIDER_ADMINISTRATOR)
    found: dict[UUID, list[UUID]] = {}
    for organisation, user in live.values_list("organisation_id", "user_id"):
        found.setdefault(organisation, []).append(user)
    return found


def _rows(kind: str, session: Session, told: Iterable[UUID], *, at: datetime) -> list[OutboxMessage]:
    return [
        row
        for user_id in told
        for row in message_rows(kind=kind, recipient_id=user_id, subject_id=session.pk, at=at, channels=[Channel.EMAIL])
    ]
