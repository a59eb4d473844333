"""What somebody saw who sat in on a session, and what was done about it. About the trainer; never about a participant."""

from django.db import models
from django.db.models import Q

from courses.models.course import Session
from courses.models.survey import SCORES
from courses.querysets import VisitQuerySet
from diversion.accounts.models import User
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow, Row, append_only

CRITERIA = ("prepared", "clear", "respectful", "involving", "safe")


class Visit(PublicRow):
    """One visitor's report on one trainer at one session, scored from 1, poor, to 5, excellent. A fact: never changed.

    `occurred_at` is the session's start; `recorded_at` when the report was written (rule 19).
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="visits")
    trainer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="visits")
    prepared = models.PositiveSmallIntegerField()
    clear = models.PositiveSmallIntegerField()
    respectful = models.PositiveSmallIntegerField()
    involving = models.PositiveSmallIntegerField()
    safe = models.PositiveSmallIntegerField()
    words = EncryptedTextField(max_length=2000)
    follow_up = EncryptedTextField(null=True, max_length=1000)
    follow_up_by = models.DateField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="visits_made")

    objects = VisitQuerySet.as_manager()

    class Meta:
        triggers = [append_only()]
        constraints = [
            models.UniqueConstraint(fields=["session", "trainer", "recorded_by"], name="courses_visit_reported_once"),
            models.CheckConstraint(
                condition=Q(**{f"{name}__in": SCORES for name in CRITERIA}), name="courses_visit_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(follow_up__isnull=True, follow_up_by=None)
                | Q(follow_up__isnull=False, follow_up_by__isnull=False),
                name="courses_visit_follow_up_has_day",
            ),
            models.CheckConstraint(condition=Q(recorded_at__gte=models.F("occurred_at")), name="courses_visit_not_before"),
            models.CheckConstraint(condition=~Q(trainer=models.F("recorded_by")), name="courses_visit_by_somebody_else"),
        ]
        indexes = [models.Index(fields=["trainer", "-occurred_at"], name="courses_visits_of_trainer")]

    def __str__(self) -> str:
        return self.public_id


class VisitFollowUp(Row):
    """That what a report asked for was done, and how. A fact: never changed."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="followed_up")
    words = EncryptedTextField(max_length=1000)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="follow_ups_done")

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return str(self.visit)
