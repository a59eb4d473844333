"""Reference data with dates: what may be required, under which law, by whose rules (rule 20: pin the version)."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Nation, Rank
from diversion.accounts.models import Organisation, User
from diversion.core.models import PublicRow, Row, StatefulModel, legal_moves, state_field, state_known
from diversion.referrals.enums import ClockOrigin, CompletionPolicy, Mode, RepeatCounts, SchemeVersionState
from diversion.referrals.lifecycle import SCHEME_VERSION
from diversion.referrals.querysets import SchemeQuerySet, SchemeVersionQuerySet


class Programme(PublicRow):
    """What is taught. `neutral_name` is what others may see on a screen, a receipt or in a calendar (rule 14).

    `language` and `capacity` are what is usual for a new course; `single_sex` says whether one may be for a single sex.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    name_cy = models.CharField(max_length=120, blank=True)
    neutral_name = models.CharField(max_length=60)
    summary = models.TextField()
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.EITHER)
    language = models.CharField(max_length=5, default="en-gb")
    capacity = models.PositiveSmallIntegerField(default=12)
    single_sex = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="referrals_programme_mode_is_known"),
            models.CheckConstraint(condition=models.Q(capacity__gt=0), name="referrals_programme_has_places"),
        ]

    def __str__(self) -> str:
        return self.name


class Disposal(Row):
    """The legal container. The law's answers are data with dates, never an `if`.

    `cap_weeks` is the longest time to complete that the law allows, whatever a scheme says. `authoriser_rank` is the lowest rank
    that may authorise it; `required_facts` what the person must have said or been told first.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    plain_name = models.CharField(max_length=120)
    requires_admission = models.BooleanField()
    enforceable = models.BooleanField()
    if_completed = models.TextField()
    if_not = models.TextField()
    cap_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    authoriser_rank = models.PositiveSmallIntegerField(choices=Rank.choices, default=Rank.SERGEANT)
    required_facts = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    in_force_from = models.DateField()
    in_force_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "in_force_from"], name="referrals_disposal_one_per_date"),
            models.CheckConstraint(
                condition=models.Q(in_force_until=None) | models.Q(in_force_until__gt=models.F("in_force_from")),
                name="referrals_disposal_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CrimeOutcome(Row):
    """How the agency's record system names the end of a case under a disposal, and when it may be recorded (rule 18)."""

    code = models.CharField(max_length=8)
    name = models.CharField(max_length=160)
    disposal_code = models.CharField(max_length=40)
    after_completion_only = models.BooleanField()
    in_force_from = models.DateField()
    in_force_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "disposal_code", "in_force_from"], name="referrals_crimeoutcome_one_per_date"
            ),
            models.CheckConstraint(
                condition=models.Q(in_force_until=None) | models.Q(in_force_until__gt=models.F("in_force_from")),
                name="referrals_crimeoutcome_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class OffenceCategory(Row):
    """A category code, never a narrative. `summary_only` gives the backstop its origin (rule 1)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    summary_only = models.BooleanField()

    def __str__(self) -> str:
        return self.name


class Scheme(PublicRow):
    """One agency's policy for one disposal and programme. Its rules live in dated versions."""

    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="schemes")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="referrals_scheme_code_per_agency")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class SchemeVersion(PublicRow, StatefulModel):
    """The rules in force from a day; defaults are domain section 5. A published version is never edited, only followed.

    `eligibility` is a list of rules as `referrals.eligibility` reads them. The repeat bar counts in months from the earlier
    offence (rule 11); 0 is no bar. Who published is not who drafted.
    """

    lifecycle = SCHEME_VERSION
    state = state_field(SCHEME_VERSION)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    in_force_from = models.DateField()
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    change_note = models.TextField(blank=True, max_length=1000)
    acceptance_days = models.PositiveSmallIntegerField(default=14)
    book_by_days = models.PositiveSmallIntegerField(default=21)
    complete_by_weeks = models.PositiveSmallIntegerField(default=16)
    complete_by_origin = models.CharField(max_length=10, choices=ClockOrigin.choices, default=ClockOrigin.DISPOSAL)
    cap_weeks = models.PositiveSmallIntegerField(default=20)
    backstop_months = models.PositiveSmallIntegerField(default=6)
    backstop_margin_days = models.PositiveSmallIntegerField(default=28)
    unopened_days = models.PositiveSmallIntegerField(default=10)
    admitted_risk_levels = ArrayField(models.CharField(max_length=12))
    eligibility = models.JSONField(default=list, blank=True)
    repeat_bar_months = models.PositiveSmallIntegerField(default=36)
    repeat_counts = models.CharField(max_length=10, choices=RepeatCounts.choices, default=RepeatCounts.COMPLETED)
    completion_policy = models.CharField(
        max_length=14, choices=CompletionPolicy.choices, default=CompletionPolicy.ALL_IN_ORDER
    )
    rejoin_weeks = models.PositiveSmallIntegerField(default=12)
    longest_gap_weeks = models.PositiveSmallIntegerField(default=0)
    most_moves = models.PositiveSmallIntegerField(default=2)
    free_notice_days = models.PositiveSmallIntegerField(default=7)
    full_fee_hours = models.PositiveSmallIntegerField(default=48)
    cooling_off_days = models.PositiveSmallIntegerField(default=14)
    retention_completed_months = models.PositiveSmallIntegerField(default=42)
    retention_otherwise_months = models.PositiveSmallIntegerField(default=12)
    cost_recovery_pence = models.PositiveIntegerField(default=4500)
    offer_text_en = models.TextField()
    offer_text_cy = models.TextField(blank=True)

    objects = SchemeVersionQuerySet.as_manager()

    class Meta:
        triggers = [
            legal_moves(SCHEME_VERSION),
            pgtrigger.Protect(
                name="published_is_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=SchemeVersionState.PUBLISHED.value),
            ),
        ]
        constraints = [
            state_known("referrals_schemeversion", SCHEME_VERSION),
            models.UniqueConstraint(fields=["scheme", "number"], name="referrals_schemeversion_number"),
            models.UniqueConstraint(
                fields=["scheme", "in_force_from"],
                condition=models.Q(state="published"),
                name="referrals_schemeversion_one_per_day",
                violation_error_message=_("Another version of this scheme is in force from that day."),
            ),
            models.UniqueConstraint(
                fields=["scheme"], condition=models.Q(state="drafted"), name="referrals_schemeversion_one_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(complete_by_weeks__lte=models.F("cap_weeks")),
                name="referrals_schemeversion_within_cap",
                violation_error_message=_("The time to complete cannot be longer than the cap."),
            ),
            models.CheckConstraint(
                condition=models.Q(full_fee_hours__lte=models.F("free_notice_days") * 24),
                name="referrals_schemeversion_notice_bands_in_order",
                violation_error_message=_("The full fee cannot begin before the free time ends."),
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None, published_by=None)
                | models.Q(published_at__isnull=False, published_by__isnull=False),
                name="referrals_schemeversion_published_by_and_at",
            ),
            models.CheckConstraint(
                condition=models.Q(state="published", published_at__isnull=False)
                | (~models.Q(state="published") & models.Q(published_at=None)),
                name="referrals_schemeversion_published_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by=None) | ~models.Q(published_by=models.F("drafted_by")),
                name="referrals_schemeversion_publisher_is_not_drafter",
                violation_error_message=_("A version is published by someone other than the person who drafted it."),
            ),
            models.CheckConstraint(
                condition=models.Q(repeat_bar_months__lt=models.F("retention_completed_months")),
                name="referrals_schemeversion_retention_outlasts_bar",
                violation_error_message=_("Records must be kept for longer than the repeat bar lasts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} v{self.number}"


class BankHoliday(Row):
    """A stored table, never a live call."""

    nation = models.CharField(max_length=20, choices=Nation.choices)
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["nation", "day"], name="referrals_bankholiday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
