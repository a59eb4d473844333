"""Reference data with dates: what may be required, under which law, by whose rules (rule 20: pin the version)."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import Nation
from diversion.accounts.models import Organisation
from diversion.core.models import PublicRow, Row


class Programme(PublicRow):
    """What is taught. `neutral_name` is what others may see on a screen, a receipt or in a calendar (rule 14)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    name_cy = models.CharField(max_length=120, blank=True)
    neutral_name = models.CharField(max_length=60)
    summary = models.TextField()

    def __str__(self) -> str:
        return self.name


class Disposal(Row):
    """The legal container. The law's answers are data with dates, never an `if`."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    plain_name = models.CharField(max_length=120)
    requires_admission = models.BooleanField()
    enforceable = models.BooleanField()
    if_completed = models.TextField()
    if_not = models.TextField()
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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="referrals_scheme_code_per_agency")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class SchemeVersion(Row):
    """The rules in force from a day; defaults are domain section 5. A published version is never edited, only followed."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    in_force_from = models.DateField()
    published_at = models.DateTimeField()
    acceptance_days = models.PositiveSmallIntegerField(default=14)
    book_by_days = models.PositiveSmallIntegerField(default=21)
    complete_by_weeks = models.PositiveSmallIntegerField(default=16)
    cap_weeks = models.PositiveSmallIntegerField(default=20)
    backstop_months = models.PositiveSmallIntegerField(default=6)
    backstop_margin_days = models.PositiveSmallIntegerField(default=28)
    admitted_risk_levels = ArrayField(models.CharField(max_length=12))
    cost_recovery_pence = models.PositiveIntegerField(default=4500)
    offer_text_en = models.TextField()
    offer_text_cy = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="referrals_schemeversion_number"),
            models.UniqueConstraint(fields=["scheme", "in_force_from"], name="referrals_schemeversion_one_per_day"),
            models.CheckConstraint(
                condition=models.Q(complete_by_weeks__lte=models.F("cap_weeks")),
                name="referrals_schemeversion_within_cap",
                violation_error_message=_("The time to complete cannot be longer than the cap."),
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
