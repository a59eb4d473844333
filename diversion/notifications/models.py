"""The outbox and the heartbeat of the minute tick."""

from django.db import models

from diversion.core.models import Row, StatefulModel, legal_moves, state_field, state_known
from diversion.notifications.enums import Channel, MessageState
from diversion.notifications.lifecycle import MESSAGE


class OutboxMessage(Row, StatefulModel):
    """One message to be sent once. It holds ids only; the words and the address are read when it is sent.

    `kind` names a registered message class, `recipient_id` the participant or user, `subject_id` what it is about.
    (`kind`, `recipient_id`, `subject_id`, `occurrence`, `channel`) is unique: nobody is told the same thing twice.
    `stale_at`: after it the message is dropped, not sent late ("tomorrow" is never sent after the day).
    """

    lifecycle = MESSAGE
    state = state_field(MESSAGE)
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    recipient_id = models.UUIDField()
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    occurrence = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stale_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=60, blank=True)

    class Meta:
        triggers = [legal_moves(MESSAGE)]
        constraints = [
            state_known("notifications_outboxmessage", MESSAGE),
            models.UniqueConstraint(
                fields=["kind", "recipient_id", "subject_id", "occurrence", "channel"],
                name="notifications_outboxmessage_once_each",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MessageState.SENT) | models.Q(sent_at__isnull=False),
                name="notifications_outboxmessage_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state=MessageState.QUEUED),
                name="notifications_due",
            ),
            models.Index(
                fields=["leased_until"],
                condition=models.Q(state=MessageState.ATTEMPTING),
                name="notifications_leased",
            ),
            models.Index(fields=["case_id", "-due_at"], name="notifications_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"


class Heartbeat(models.Model):
    """When each periodic job last finished: what /health/ shows."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
