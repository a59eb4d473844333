"""Letters to be printed and posted, and the proof that they were."""

from django.db import models

from diversion.accounts.models import Organisation, User
from diversion.core.models import PublicRow
from diversion.referrals.enums import LetterKind
from diversion.referrals.models.referral import Referral
from diversion.referrals.querysets import LetterQuerySet, PostBatchQuerySet


class PostBatch(PublicRow):
    """The letters printed together. `proof` is the number on the post office's certificate of posting, or who carried them."""

    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="post_batches")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    posted_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proof = models.CharField(max_length=60, blank=True)

    objects = PostBatchQuerySet.as_manager()

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
    """One letter: `subject_id` is the offer it carries. In no batch yet: still to print.

    `sent_by` is who sent one alone, outside a batch: by post with a `proof` of its own, or by hand with none.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=8, choices=LetterKind.choices)
    subject_id = models.UUIDField()
    made_at = models.DateTimeField()
    batch = models.ForeignKey(PostBatch, null=True, on_delete=models.PROTECT, related_name="letters")
    posted_on = models.DateField(null=True)
    dropped_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proof = models.CharField(max_length=60, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=LetterKind.values), name="referrals_letter_kind_is_known"),
            models.UniqueConstraint(fields=["kind", "subject_id"], name="referrals_letter_once"),
            models.CheckConstraint(
                condition=models.Q(sent_by__isnull=False, posted_on__isnull=False, batch=None)
                | (models.Q(sent_by=None, proof="") & (models.Q(posted_on=None) | models.Q(batch__isnull=False))),
                name="referrals_letter_left_in_a_batch_or_alone",
            ),
            models.CheckConstraint(
                condition=models.Q(dropped_at=None) | models.Q(posted_on=None, batch=None),
                name="referrals_letter_dropped_was_not_printed",
            ),
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

    @property
    def waits(self) -> bool:
        """It has neither left nor become needless."""
        return self.posted_on is None and self.dropped_at is None

    @property
    def was_handed_over(self) -> bool:
        """It left by hand, not by post."""
        return self.sent_by_id is not None and not self.proof
