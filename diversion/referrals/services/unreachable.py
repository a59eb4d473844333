"""Somebody whom our messages do not reach: the officer is asked to look, before silence looks like refusal."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from diversion.core.actor import Actor
from diversion.notifications.enums import MessageState
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask, Referral
from diversion.referrals.services.tasks import raise_task

A_MINUTES_WORK = 100


def ask_about_failed_messages(*, at: datetime) -> int:
    """One task for each case with a message that failed since the officer was last asked. Says how many.

    A message that went out on another channel has reached the person. A volunteer has no officer: their own page says it.
    """
    asked = CaseTask.objects.filter(
        referral=OuterRef("case_id"), kind=TaskKind.CONTACT_FAILED, raised_at__gte=OuterRef("created_at")
    )
    to_participant = Referral.objects.filter(pk=OuterRef("case_id"), participant=OuterRef("recipient_id"), voluntary=False)
    same_words = {name: OuterRef(name) for name in ("kind", "recipient_id", "subject_id", "occurrence")}
    otherwise = OutboxMessage.objects.filter(
        **same_words, state__in=[MessageState.SENT, MessageState.QUEUED, MessageState.ATTEMPTING]
    )
    failed = OutboxMessage.objects.filter(
        Exists(to_participant), ~Exists(asked), ~Exists(otherwise), state=MessageState.FAILED
    )
    messages = {message.case_id: message for message in failed.order_by("created_at")[:A_MINUTES_WORK] if message.case_id}
    cases = Referral.objects.filter(pk__in=messages).select_related("agency")
    for case in cases:
        message = messages[case.pk]
        raise_task(
            referral=case,
            kind=TaskKind.CONTACT_FAILED,
            subject_id=message.pk,
            by=Actor.system("messages"),
            at=at,
            detail=f"A message by {message.get_channel_display()} could not be delivered.",
        )
    return len(cases)


def is_unreached(referral: Referral) -> bool:
    """Whether a message to the person of a case failed on every channel. A volunteer is told so on their own page (R14)."""
    if referral.participant_id is None:
        return False
    messages = OutboxMessage.objects.filter(case_id=referral.pk, recipient_id=referral.participant_id)
    reached = messages.filter(state=MessageState.SENT, kind=OuterRef("kind"), subject_id=OuterRef("subject_id"))
    return messages.filter(~Exists(reached), state=MessageState.FAILED).exists()
