"""The person. Whatever names them is encrypted; what we must search by has a keyed blind index beside it."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import Organisation, User
from diversion.core.encryption import BlindIndexField, EncryptedDateField, EncryptedJSONField, EncryptedTextField
from diversion.core.models import PublicRow
from diversion.referrals.querysets import NonAssociationQuerySet, ParticipantQuerySet


@pghistory.track()
class Participant(PublicRow):
    """One person as one agency knows them. One human under two agencies is two rows: neither may learn of the other.

    `safe_contact` is what the person said of being reached: `email`, `text`, `voicemail`, `post` true or false, and hours
    `from` and `until` as "09:00". None where nobody asked: then nothing is sent that they did not confirm themselves.
    A volunteer may have given a made-up name and is not asked for a date of birth.
    """

    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="participants")
    user = models.OneToOneField(User, null=True, on_delete=models.PROTECT, related_name="participant")
    given_names = EncryptedTextField(max_length=80)
    family_name = EncryptedTextField(max_length=80)
    date_of_birth = EncryptedDateField(null=True)
    address = EncryptedTextField(blank=True, default="", max_length=300)
    postcode = EncryptedTextField(blank=True, default="", max_length=10)
    email = EncryptedTextField(blank=True, default="", max_length=254)
    mobile = EncryptedTextField(blank=True, default="", max_length=20)
    needs = EncryptedJSONField(default=list, blank=True)
    needs_notes = EncryptedTextField(blank=True, default="", max_length=500)
    email_confirmed_at = models.DateTimeField(null=True)
    mobile_confirmed_at = models.DateTimeField(null=True)
    interpreter_language = EncryptedTextField(null=True, blank=True, max_length=40)
    safe_contact = EncryptedJSONField(null=True, blank=True)
    language = models.CharField(max_length=5, default="en-gb")
    family_name_index = BlindIndexField(source="family_name", purpose="surname", db_index=True)
    family_name_sound = BlindIndexField(source="family_name", purpose="surname_phonetic", db_index=True)
    given_names_sound = BlindIndexField(source="given_names", purpose="given_name_phonetic")
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


@pghistory.track()
class NonAssociation(PublicRow):
    """Somebody this person must not meet: by name, or everybody of the same incident (rule 15). Ended, never deleted."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="non_associations")
    other_given_names = EncryptedTextField(blank=True, default="", max_length=80)
    other_family_name = EncryptedTextField(blank=True, default="", max_length=80)
    incident = EncryptedTextField(blank=True, default="", max_length=40)
    other_family_name_index = BlindIndexField(source="other_family_name", purpose="surname", db_index=True)
    other_given_names_sound = BlindIndexField(source="other_given_names", purpose="given_name_phonetic")
    incident_index = BlindIndexField(source="incident", purpose="agency_reference", db_index=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = NonAssociationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(other_family_name_index__isnull=False) | models.Q(incident_index__isnull=False),
                name="referrals_nonassociation_names_somebody",
                violation_error_message=_("Give the other person's last name, or the incident number."),
            )
        ]

    def __str__(self) -> str:
        return str(_("Must not meet"))
