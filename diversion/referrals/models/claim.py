"""A contact that somebody says is theirs, until they prove it with the code sent there."""

from django.db import models

from diversion.core.encryption import EncryptedTextField
from diversion.core.models import Row
from diversion.notifications.enums import Channel
from diversion.referrals.models.participant import Participant


class ContactClaim(Row):
    """One sending of a code. The code waits here sealed until it is sent; once used it is erased, once run out the row goes.

    Without a participant it is a newcomer's, who asks for help themselves: nothing more is kept of them until they prove it.
    """

    participant = models.ForeignKey(Participant, null=True, on_delete=models.CASCADE, related_name="contact_claims")
    language = models.CharField(max_length=5, default="en-gb")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    contact = EncryptedTextField(max_length=254)
    code = EncryptedTextField(null=True, max_length=6)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="referrals_contactclaim_ends_after_it_starts",
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="referrals_claim_expiry")]

    def __str__(self) -> str:
        return self.get_channel_display()
