"""The person. Whatever names them is encrypted; what we must search by has a keyed blind index beside it."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import Organisation, User
from diversion.core.encryption import BlindIndexField, EncryptedDateField, EncryptedJSONField, EncryptedTextField
from diversion.core.models import PublicRow
from diversion.referrals.querysets import ParticipantQuerySet


@pghistory.track()
class Participant(PublicRow):
    """One person as one agency knows them. One human under two agencies is two rows: neither may learn of the other."""

    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="participants")
    user = models.OneToOneField(User, null=True, on_delete=models.PROTECT, related_name="participant")
    given_names = EncryptedTextField(max_length=80)
    family_name = EncryptedTextField(max_length=80)
    date_of_birth = EncryptedDateField()
    address = EncryptedTextField(blank=True, default="", max_length=300)
    postcode = EncryptedTextField(blank=True, default="", max_length=10)
    email = EncryptedTextField(blank=True, default="", max_length=254)
    mobile = EncryptedTextField(blank=True, default="", max_length=20)
    needs = EncryptedJSONField(default=list, blank=True)
    needs_notes = EncryptedTextField(blank=True, default="", max_length=500)
    email_confirmed_at = models.DateTimeField(null=True)
    mobile_confirmed_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=5, default="en-gb")
    family_name_index = BlindIndexField(source="family_name", purpose="surname", db_index=True)
    family_name_sound = BlindIndexField(source="family_name", purpose="surname_phonetic", db_index=True)
    date_of_birth_index = BlindIndexField(source="date_of_birth", purpose="date_of_birth", db_index=True)
    email_index = BlindIndexField(source="email", purpose="email", db_index=True)
    mobile_index = BlindIndexField(source="mobile", purpose="phone", db_index=True)

    objects = ParticipantQuerySet.as_manager()

    def __str__(self) -> str:
        return str(_("Participant"))

    @property
    def full_name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def short_name(self) -> str:
        """First name and initial: all that a register or an online room shows (rule 15)."""
        first = self.given_names.split(" ")[0] if self.given_names else ""
        return f"{first} {self.family_name[:1]}".strip()
