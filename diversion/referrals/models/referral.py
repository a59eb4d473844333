"""The referral, what it requires, and the risk decision without which it goes nowhere."""

from datetime import datetime

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Rank
from diversion.accounts.models import Organisation, User
from diversion.core.encryption import BlindIndexField, EncryptedTextField
from diversion.core.models import PublicRow, Row, StatefulModel, legal_moves, state_field, state_known
from diversion.core.references import new_reference
from diversion.referrals.enums import ClosureReason, ReferralState, RiskLevel
from diversion.referrals.lifecycle import REFERRAL, REQUIREMENT
from diversion.referrals.models.participant import Participant
from diversion.referrals.models.policy import Disposal, OffenceCategory, Programme, Scheme, SchemeVersion
from diversion.referrals.querysets import ReferralQuerySet, RequirementQuerySet

VOLUNTARY_STATES = sorted(
    {ReferralState.ACCEPTED, ReferralState.ACTIVE, ReferralState.COMPLIED, ReferralState.WITHDRAWN, ReferralState.VOID}
)
"""Nobody offers, authorises or judges what somebody asked for themselves."""


@pghistory.track()
class Referral(PublicRow, StatefulModel):
    """One person, one disposal, one officer in the case.

    A draft may be incomplete; from `awaiting_authorisation` on, the database insists on the parts that law insists on.
    `authorised_rank` is the rank it was authorised with, `required_rank` what the disposal asked for on that day (R5).
    `voluntary`: somebody who asked for help themselves. Such a case is nobody's: no officer, no offence, no decision (R14).
    `restricted` hides the case from all but its officer and those allowed by name.
    """

    lifecycle = REFERRAL
    state = state_field(REFERRAL)
    reference = EncryptedTextField(default=new_reference, max_length=12)
    reference_index = BlindIndexField(source="reference", purpose="reference")
    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="referrals")
    agency_reference = EncryptedTextField(blank=True, default="", max_length=40)
    agency_reference_index = BlindIndexField(source="agency_reference", purpose="agency_reference")
    voluntary = models.BooleanField(default=False)
    officer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="cases")
    participant = models.ForeignKey(Participant, null=True, on_delete=models.PROTECT, related_name="referrals")
    scheme = models.ForeignKey(Scheme, null=True, on_delete=models.PROTECT)
    scheme_version = models.ForeignKey(SchemeVersion, null=True, on_delete=models.PROTECT)
    disposal = models.ForeignKey(Disposal, null=True, on_delete=models.PROTECT)
    disposal_on = models.DateField(null=True)
    offence_category = models.ForeignKey(OffenceCategory, null=True, on_delete=models.PROTECT)
    offence_on = models.DateField(null=True)
    needs_asked_at = models.DateTimeField(null=True)
    conditions_set_at = models.DateTimeField(null=True)
    restricted = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="referrals_submitted")
    submitted_at = models.DateTimeField(null=True)
    authorised_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="referrals_authorised")
    authorised_at = models.DateTimeField(null=True)
    authorised_rank = models.PositiveSmallIntegerField(choices=Rank.choices, null=True)
    required_rank = models.PositiveSmallIntegerField(choices=Rank.choices, null=True)
    closed_at = models.DateTimeField(null=True)
    closure_reason = models.CharField(max_length=20, choices=ClosureReason.choices, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        triggers = [
            legal_moves(REFERRAL),
            pgtrigger.Trigger(
                name="volunteers_have_their_own_house",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NEW.voluntary <> (SELECT kind = 'self' FROM accounts_organisation WHERE id = NEW.agency_id)
                    THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
                        MESSAGE = 'a voluntary referral belongs to a voluntary service, and no other does';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            state_known("referrals_referral", REFERRAL),
            models.UniqueConstraint(fields=["reference_index"], name="referrals_referral_reference_is_unique"),
            models.UniqueConstraint(
                fields=["agency", "agency_reference_index"],
                condition=~models.Q(state="void"),
                name="referrals_referral_agency_reference_once",
                violation_error_message=_("Another referral of your agency has this reference."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn") | ~models.Q(closure_reason=""),
                name="referrals_referral_withdrawn_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(authorised_by=None) | ~models.Q(authorised_by=models.F("submitted_by")),
                name="referrals_referral_authoriser_is_not_proposer",
                violation_error_message=_("A referral is authorised by someone other than the person who submitted it."),
            ),
            models.CheckConstraint(
                condition=models.Q(authorised_by=None, authorised_at=None, authorised_rank=None, required_rank=None)
                | models.Q(
                    authorised_by__isnull=False,
                    authorised_at__isnull=False,
                    authorised_rank__isnull=False,
                    required_rank__isnull=False,
                ),
                name="referrals_referral_authorised_by_and_at",
            ),
            models.CheckConstraint(
                condition=models.Q(authorised_rank=None) | models.Q(authorised_rank__gte=models.F("required_rank")),
                name="referrals_referral_rank_is_enough",
                violation_error_message=_("This rank is too low to authorise it."),
            ),
            models.CheckConstraint(
                condition=models.Q(submitted_by=None, submitted_at=None)
                | models.Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="referrals_referral_submitted_by_and_at",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        ReferralState.DRAFT,
                        ReferralState.VOID,
                        ReferralState.AWAITING_AUTHORISATION,
                        ReferralState.REFUSED,
                        ReferralState.WITHDRAWN,
                    ]
                )
                | models.Q(authorised_by__isnull=False)
                | models.Q(voluntary=True),
                name="referrals_referral_offered_only_if_authorised",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[ReferralState.DRAFT, ReferralState.VOID])
                | models.Q(
                    participant__isnull=False,
                    scheme__isnull=False,
                    disposal__isnull=False,
                    disposal_on__isnull=False,
                    offence_on__isnull=False,
                    offence_category__isnull=False,
                    submitted_by__isnull=False,
                )
                | models.Q(
                    voluntary=True,
                    participant__isnull=False,
                    scheme__isnull=False,
                    scheme_version__isnull=False,
                    disposal__isnull=False,
                ),
                name="referrals_referral_complete_when_submitted",
            ),
            models.CheckConstraint(
                condition=models.Q(voluntary=True, officer=None) | models.Q(voluntary=False, officer__isnull=False),
                name="referrals_referral_officer_unless_voluntary",
            ),
            models.CheckConstraint(
                condition=models.Q(voluntary=False)
                | models.Q(
                    offence_on=None,
                    offence_category=None,
                    disposal_on=None,
                    submitted_by=None,
                    authorised_by=None,
                    agency_reference_index=None,
                    restricted=False,
                ),
                name="referrals_referral_voluntary_has_no_offence",
            ),
            models.CheckConstraint(
                condition=models.Q(voluntary=False) | models.Q(state__in=VOLUNTARY_STATES),
                name="referrals_referral_voluntary_is_never_offered",
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    state__in=[ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.ACTIVE, ReferralState.COMPLIED]
                )
                | models.Q(scheme_version__isnull=False),
                name="referrals_referral_version_pinned_at_offer",
            ),
            models.CheckConstraint(
                condition=models.Q(offence_on=None)
                | models.Q(disposal_on=None)
                | models.Q(disposal_on__gte=models.F("offence_on")),
                name="referrals_referral_disposal_after_offence",
                violation_error_message=_("The decision cannot be dated before the offence."),
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "state", "officer"], name="referrals_caseload"),
            models.Index(fields=["agency", "-created_at"], name="referrals_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def touched_at(self) -> datetime:
        """When somebody last saved a section; a draft untouched for long is discarded."""
        return self.edited_at or self.created_at


@pghistory.track()
class RiskDecision(Row):
    """Recorded before any offer: which tool, what level, who judged and why (R3)."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="risk_decision")
    tool = models.CharField(max_length=60)
    level = models.CharField(max_length=12, choices=RiskLevel.choices)
    decided_on = models.DateField()
    assessor = models.CharField(max_length=120)
    rationale = EncryptedTextField(max_length=2000)

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="nobody_judges_volunteers",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF (SELECT voluntary FROM referrals_referral WHERE id = NEW.referral_id)
                    THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME,
                        MESSAGE = 'nobody decides on the risk of a volunteer';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=RiskLevel.values), name="referrals_riskdecision_level_known"
            )
        ]

    def __str__(self) -> str:
        return self.get_level_display()


@pghistory.track()
class Requirement(PublicRow, StatefulModel):
    """Complete a programme by a date. The three clocks are fixed at the offer from the pinned scheme version (rule 1).

    `funded`: a named person decided that the place is paid for (rule 7); what is owed for it then reads accordingly.
    """

    lifecycle = REQUIREMENT
    state = state_field(REQUIREMENT)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="requirements")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    book_by = models.DateField()
    complete_by = models.DateField()
    backstop = models.DateField(null=True)
    met_on = models.DateField(null=True)
    funded = models.BooleanField(default=False)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        triggers = [legal_moves(REQUIREMENT)]
        constraints = [
            state_known("referrals_requirement", REQUIREMENT),
            models.UniqueConstraint(fields=["referral", "programme"], name="referrals_requirement_programme_once"),
            models.CheckConstraint(
                condition=models.Q(state="met", met_on__isnull=False) | (~models.Q(state="met") & models.Q(met_on=None)),
                name="referrals_requirement_met_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(book_by__lte=models.F("complete_by")),
                name="referrals_requirement_book_before_complete",
            ),
            models.CheckConstraint(
                condition=models.Q(backstop=None) | models.Q(complete_by__lte=models.F("backstop")),
                name="referrals_requirement_complete_before_backstop",
                violation_error_message=_("There is no room before the last date the case can go to court."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["complete_by"],
                condition=models.Q(state__in=["pending", "in_progress"]),
                name="referrals_live_deadline",
            )
        ]

    def __str__(self) -> str:
        return self.public_id
