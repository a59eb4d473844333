"""Leave to run a programme, and leave to teach one. The database refuses two that overlap."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from courses.enums import LicenceKind
from courses.licensing import Leave
from courses.models.provider import Provider
from diversion.accounts.models import User
from diversion.core.models import PublicRow
from diversion.referrals.models import Programme


def never_twice(holder: str, *, name: str) -> ExclusionConstraint:
    """No two licences of one holder for one programme on one day, whoever grants them at the same moment.

    An index of ranges compares only ranges: a key stands in it as the range from itself to itself (ADR 20).
    """
    keys = [Func(F(field), F(field), Value("[]"), function="uuid_span") for field in (holder, "programme")]
    days = Func(F("valid_from"), F("valid_until"), Value("[]"), function="daterange")
    return ExclusionConstraint(
        name=name,
        expressions=[(part, RangeOperators.OVERLAPS) for part in (*keys, days)],
        violation_error_message=_("There is already a licence for some of these days."),
    )


class Licence(PublicRow):
    """What both kinds share. Both days are within it; ended early, `valid_until` is the day it was ended with."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=LicenceKind, default=LicenceKind.FULL)
    valid_from = models.DateField()
    valid_until = models.DateField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="courses_%(class)s_ends_after_start"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=LicenceKind.values), name="courses_%(class)s_kind_is_known"),
        ]

    @property
    def leave(self) -> Leave:
        return Leave(self.valid_from, self.valid_until, full=self.kind == LicenceKind.FULL)


@pghistory.track()
class ProviderLicence(Licence):
    """Leave for a provider to run a programme, from one day to another."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="licences")

    class Meta:
        constraints = [*Licence.Meta.constraints, never_twice("provider", name="courses_providerlicence_never_twice")]

    def __str__(self) -> str:
        return f"{self.provider}: {self.programme}"

    @property
    def holder(self) -> str:
        return self.provider.organisation.name


@pghistory.track()
class TrainerLicence(Licence):
    """Leave for a trainer to teach a programme, whoever employs them; a provisional one only beside a full one."""

    trainer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="licences")

    class Meta:
        constraints = [*Licence.Meta.constraints, never_twice("trainer", name="courses_trainerlicence_never_twice")]

    def __str__(self) -> str:
        return f"{self.trainer_id}: {self.programme}"

    @property
    def holder(self) -> str:
        return self.trainer.name
