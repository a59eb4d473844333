"""Whose case it is, and who may see it when it is restricted."""

from django.db import models

from diversion.accounts.models import User
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow, Row
from diversion.referrals.enums import Access, Means
from diversion.referrals.models.referral import Referral


class OfficerAssignment(Row):
    """An officer was in the case from one moment to another. The last is open as long as the referral exists (R11)."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="assignments")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    reason = EncryptedTextField(blank=True, default="", max_length=500)
    handed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=models.Q(until_at=None), name="referrals_officerassignment_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(until_at=None) | models.Q(until_at__gte=models.F("since_at")),
                name="referrals_officerassignment_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return str(self.officer)


class CaseAccess(Row):
    """One name on a restricted case's lists: allowed to see it, or never to (T4). Taken off by its end, never deleted."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="access_list")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    access = models.CharField(max_length=10, choices=Access.choices)
    reason = EncryptedTextField(max_length=500)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(access__in=Access.values), name="referrals_caseaccess_is_known"),
            models.UniqueConstraint(
                fields=["referral", "user"], condition=models.Q(ended_at=None), name="referrals_caseaccess_one_each"
            ),
        ]

    def __str__(self) -> str:
        return self.get_access_display()


class Assistance(PublicRow):
    """A member of staff did a participant's steps for them, for an hour at the most (R12)."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="assistances")
    staff = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    means = models.CharField(max_length=10, choices=Means.choices)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(means__in=Means.values), name="referrals_assistance_means_is_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("opened_at")), name="referrals_assistance_ends_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return self.get_means_display()
