"""What the file holds beside the referral itself: who said what and when, before anybody decides."""

import pghistory
from django.db import models

from diversion.accounts.models import User
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import Row, append_only
from diversion.referrals.enums import FactKind, Stage, Verification, VictimSituation
from diversion.referrals.models.policy import SchemeVersion
from diversion.referrals.models.referral import Referral


@pghistory.track()
class VictimView(Row):
    """Whether there is a victim, whether they were asked, and what they think (R4)."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="victim_view")
    situation = models.CharField(max_length=12, choices=VictimSituation.choices)
    contacted_on = models.DateField(null=True)
    views = EncryptedTextField(blank=True, default="", max_length=2000)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(situation__in=VictimSituation.values), name="referrals_victimview_situation_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(situation="contacted") | models.Q(contacted_on__isnull=False),
                name="referrals_victimview_contacted_has_day",
            ),
        ]

    def __str__(self) -> str:
        return self.get_situation_display()


@pghistory.track()
class PreviousHistory(Row):
    """How serious the offence is on the gravity matrix (1 to 5), and what came before (R4)."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="previous_history")
    gravity_score = models.PositiveSmallIntegerField()
    previous_disposals = models.PositiveSmallIntegerField(default=0)
    history = EncryptedTextField(blank=True, default="", max_length=2000)
    rationale = EncryptedTextField(max_length=2000)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(gravity_score__gte=1, gravity_score__lte=5),
                name="referrals_previoushistory_gravity_is_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return str(self.gravity_score)


@pghistory.track()
class LegalFact(Row):
    """One thing the person said or was told, on a day, in front of somebody. Which are needed is the disposal's matter."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="legal_facts")
    kind = models.CharField(max_length=20, choices=FactKind.choices)
    holds = models.BooleanField()
    said_on = models.DateField()
    said_to = EncryptedTextField(max_length=120)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=FactKind.values), name="referrals_legalfact_kind_is_known"),
            models.UniqueConstraint(fields=["referral", "kind"], name="referrals_legalfact_once"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@pghistory.track()
class Condition(Row):
    """Something the person must do beside the course, and how it will be known that they did."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="conditions")
    position = models.PositiveSmallIntegerField()
    words = EncryptedTextField(max_length=500)
    verified_by = models.CharField(max_length=12, choices=Verification.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verified_by__in=Verification.values), name="referrals_condition_verification_is_known"
            ),
            models.UniqueConstraint(fields=["referral", "position"], name="referrals_condition_position"),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.position)


class EligibilityCheck(Row):
    """One asking of the scheme's rules: when, under which version, and which rules were not met. A fact: never changed (R3).

    A row of a file that the rules refused makes no referral: `refused_index`, the blind index of the agency's reference, stands
    for it, so that it is counted once.
    """

    referral = models.ForeignKey(Referral, null=True, on_delete=models.PROTECT, related_name="eligibility_checks")
    refused_index = models.BinaryField(null=True, max_length=32)
    stage = models.CharField(max_length=14, choices=Stage.choices)
    checked_at = models.DateTimeField()
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT)
    eligible = models.BooleanField()
    unmet = models.JSONField(default=list)
    words = EncryptedTextField(blank=True, default="")

    class Meta:
        triggers = [append_only()]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values), name="referrals_eligibilitycheck_stage_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(eligible=True, unmet=[]) | (models.Q(eligible=False) & ~models.Q(unmet=[])),
                name="referrals_eligibilitycheck_says_why_not",
            ),
            models.CheckConstraint(
                condition=models.Q(referral__isnull=False, refused_index=None)
                | models.Q(referral=None, refused_index__isnull=False, eligible=False),
                name="referrals_eligibilitycheck_of_a_referral_or_refused",
            ),
        ]
        indexes = [models.Index(fields=["scheme_version", "eligible"], name="referrals_eligibility")]

    def __str__(self) -> str:
        return self.get_stage_display()


class ReferralChange(Row):
    """One item changed after submission: both values, why, who and when. A fact: never changed (R2)."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="changes")
    item = models.CharField(max_length=40)
    old = EncryptedTextField(blank=True, default="")
    new = EncryptedTextField(blank=True, default="")
    reason = EncryptedTextField(max_length=1000)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [append_only()]
        indexes = [models.Index(fields=["referral", "-changed_at"], name="referrals_changes")]

    def __str__(self) -> str:
        return self.item
