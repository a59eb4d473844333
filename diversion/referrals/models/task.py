"""Something a named person must look at. Tasks ask; they never decide."""

import pghistory
from django.db import models

from diversion.accounts.models import User
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow
from diversion.referrals.enums import TaskKind
from diversion.referrals.models.referral import Referral
from diversion.referrals.querysets import CaseTaskQuerySet


@pghistory.track()
class CaseTask(PublicRow):
    """One open question on a case. `subject_id` is what raised it (a booking, a message): the same thing asks once."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=24, choices=TaskKind.choices)
    subject_id = models.UUIDField()
    raised_at = models.DateTimeField()
    due_on = models.DateField()
    detail = EncryptedTextField(blank=True, default="", max_length=500)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="tasks_done")
    outcome = EncryptedTextField(blank=True, default="", max_length=1000)

    objects = CaseTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "kind", "subject_id"],
                condition=models.Q(done_at=None),
                name="referrals_casetask_asked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None) | models.Q(done_at__isnull=False),
                name="referrals_casetask_done_by_and_at",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=models.Q(done_at=None), name="referrals_open_tasks")]

    def __str__(self) -> str:
        return self.get_kind_display()
