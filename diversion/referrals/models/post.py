"""Letters to be printed and posted, and the proof that they were."""

from django.db import models

from diversion.accounts.models import Organisation, User
from diversion.core.models import PublicRow
from diversion.referrals.enums import LetterKind
from diversion.referrals.models.referral import Referral


class PostBatch(PublicRow):
    """The letters printed together. `proof` is the number on the post office's certificate of posting, or who carried them."""

    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="post_batches")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    posted_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proof = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(recorded_at=None, recorded_by=None, posted_on=None, proof="")
                | (
                    models.Q(recorded_at__isnull=False, recorded_by__isnull=False, posted_on__isnull=False)
                    & ~models.Q(proof="")
                ),
                name="referrals_postbatch_posted_with_proof",
            )
        ]

    def __str__(self) -> str:
        return self.public_id


class Letter(PublicRow):
    """One letter: `subject_id` is the offer it carries, or what was done for the person. In no batch yet: still to print."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=8, choices=LetterKind.choices)
    subject_id = models.UUIDField()
    made_at = models.DateTimeField()
    batch = models.ForeignKey(PostBatch, null=True, on_delete=models.PROTECT, related_name="letters")
    posted_on = models.DateField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=LetterKind.values), name="referrals_letter_kind_is_known"),
            models.UniqueConstraint(fields=["kind", "subject_id"], name="referrals_letter_once"),
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=models.Q(batch=None, posted_on=None, dropped_at=None),
                name="referrals_to_print",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
