"""What a trainer writes down at the door beside the marks: drafts of them, concerns, and who came without a place."""

from django.db import models
from django.db.models import Q

from courses.enums import IdentitySeen, OutcomeCode
from courses.models.booking import Booking
from courses.models.course import Session
from courses.querysets import ConcernQuerySet
from diversion.accounts.models import User
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow, Row, append_only


class DraftMark(Row):
    """What somebody has marked so far for one person. Nothing follows from it; the register's sending takes it away.

    One row for a person, not for a page: trainers who mark at once keep each other's marks.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="drafts")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="drafts")
    outcome = models.CharField(max_length=4, choices=OutcomeCode.choices, blank=True, default="")
    identity_seen = models.CharField(max_length=16, choices=IdentitySeen.choices, blank=True, default="")
    minutes_late = models.PositiveSmallIntegerField(null=True)
    left_early_minutes = models.PositiveSmallIntegerField(null=True)
    refused_because = EncryptedTextField(null=True, blank=True, max_length=500)
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="drafts")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "booking"], name="courses_draftmark_one_for_a_person"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *OutcomeCode.values]), name="courses_draftmark_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(identity_seen__in=["", *IdentitySeen.values]), name="courses_draftmark_identity_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Concern(PublicRow):
    """A trainer's worry about somebody's safety or wellbeing, for the agency alone (C15); about a volunteer, for the service team.

    It is no mark: no completion, no colour and no decision is worked out from it. Neither the participant nor the provider's
    other staff read it.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="concerns")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="concerns")
    words = EncryptedTextField(max_length=1000)
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="concerns")
    raised_at = models.DateTimeField()

    objects = ConcernQuerySet.as_manager()

    class Meta:
        triggers = [append_only()]
        indexes = [models.Index(fields=["booking", "raised_at"], name="courses_concern_by_booking")]

    def __str__(self) -> str:
        return self.public_id


class ConcernFollowUp(Row):
    """What the service team did about a volunteer's concern. A fact: never changed. An agency answers its task instead."""

    concern = models.OneToOneField(Concern, on_delete=models.PROTECT, related_name="followed_up")
    words = EncryptedTextField(max_length=1000)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="concerns_followed_up")

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return str(self.concern)


class WalkIn(PublicRow):
    """Somebody who came without a place, as they said who they are. Whether such a case exists is told to nobody at the door."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="walk_ins")
    first_name = EncryptedTextField(max_length=100)
    reference = EncryptedTextField(max_length=20, blank=True, default="")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="walk_ins")
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = [append_only()]
        indexes = [models.Index(fields=["session"], name="courses_walkin_by_session")]

    def __str__(self) -> str:
        return self.public_id
