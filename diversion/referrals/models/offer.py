"""The offer that is sent, and the answer as an exhibit."""

from django.db import models

from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow, Row, append_only
from diversion.referrals.enums import Answer
from diversion.referrals.models.referral import Referral


class Offer(PublicRow):
    """One issue of an offer. The PIN is stored hashed and shown once; a new issue has a new PIN and ends the old."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="offers")
    number = models.PositiveSmallIntegerField(default=1)
    pin_hash = models.CharField(max_length=128)
    letter_pin = EncryptedTextField(blank=True, default="", max_length=6)
    issued_at = models.DateTimeField()
    expires_on = models.DateField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "number"], name="referrals_offer_number"),
            models.UniqueConstraint(
                fields=["referral"], condition=models.Q(ended_at=None), name="referrals_offer_one_live"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class OfferAnswer(Row):
    """What was said to the offer: the exact words shown, their version and hash, when and by whom. Never changed (R9)."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="answer")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    answered_at = models.DateTimeField()
    language = models.CharField(max_length=5)
    text = EncryptedTextField()
    text_sha256 = models.CharField(max_length=64)
    scheme_version_number = models.PositiveSmallIntegerField()

    class Meta:
        triggers = [append_only()]
        constraints = [
            models.CheckConstraint(condition=models.Q(answer__in=Answer.values), name="referrals_offeranswer_known")
        ]

    def __str__(self) -> str:
        return self.get_answer_display()
