"""Append-only tables. No foreign keys: the trail outlives what it speaks of."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from diversion.core.actor import ActorKind
from diversion.core.encryption import BlindIndexField, EncryptedTextField
from diversion.core.models import Row, append_only

ACTOR_KINDS = [(kind.value, kind.value) for kind in ActorKind]


class ByActor(models.Model):
    """The columns that say who."""

    actor_kind = models.CharField(max_length=16, choices=ACTOR_KINDS)
    actor_id = models.UUIDField(null=True)
    actor_process = models.CharField(max_length=40, blank=True)
    on_behalf_of = models.UUIDField(null=True)

    class Meta:
        abstract = True


class AuditEvent(Row, ByActor):
    """One change. `occurred_at` is when it happened in the world, `recorded_at` when we were told (rule 19).

    `case_id` is the referral it belongs to, when there is one: the case timeline is read by it. `reason` is what the actor wrote,
    encrypted; `data` holds ids, numbers and codes only, never a person's details.
    """

    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    old_state = models.CharField(max_length=32, blank=True)
    new_state = models.CharField(max_length=32, blank=True)
    reason = EncryptedTextField(blank=True, default="")
    # The chain covers this keyed hash, not the ciphertext, which changes when field keys are rotated.
    reason_index = BlindIndexField(source="reason", purpose="exact")
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["case_id", "-occurred_at"], name="audit_event_case"),
            models.Index(fields=["subject_id", "-occurred_at"], name="audit_event_subject"),
            models.Index(fields=["recorded_at"], name="audit_event_recorded"),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}"


class AccessEvent(Row, ByActor):
    """One reading: a page, list, search, export, PDF or check that told of people's records (rule 13)."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    route = models.CharField(max_length=80)
    purpose = models.CharField(max_length=120, blank=True)
    organisation_id = models.UUIDField(null=True)
    participants = ArrayField(models.UUIDField(), default=list)

    class Meta:
        indexes = [
            GinIndex(fields=["participants"], name="audit_access_participants"),
            models.Index(fields=["actor_id", "-at"], name="audit_access_actor"),
            models.Index(fields=["at"], name="audit_access_at"),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.kind} {self.route}"


class AuditSeal(models.Model):
    """One link of the chain: the digest of one row of the trail, hashed together with the link before it.

    Whoever changes, removes or slips in a row must remake every later link; whoever cuts the tail is given away by a head
    noted elsewhere.
    """

    position = models.BigIntegerField(primary_key=True)
    trail = models.CharField(max_length=8)
    event_id = models.UUIDField()
    link = models.BinaryField(max_length=32)

    class Meta:
        triggers = [append_only()]
        constraints = [models.UniqueConstraint(fields=["event_id", "trail"], name="audit_seal_once")]

    def __str__(self) -> str:
        return str(self.position)
