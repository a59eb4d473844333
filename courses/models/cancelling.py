"""A course that its provider cancelled, and what each person on it was offered instead."""

from django.db import models
from django.db.models import Q

from courses.enums import ReplacementState
from courses.lifecycle import REPLACEMENT
from courses.models.booking import Booking
from courses.models.course import Course
from courses.querysets import ReplacementQuerySet
from diversion.accounts.models import User
from diversion.core.models import PublicRow, Row, StatefulModel, legal_moves, state_field, state_known


class CourseCancellation(Row):
    """Why and by whom. `reason` is for staff; no participant reads it. `finished_at`: everybody on the course has been seen to."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="cancellation")
    reason = models.CharField(max_length=300)
    people = models.PositiveSmallIntegerField()
    cancelled_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="courses_coursecancellation_says_why"),
        ]
        indexes = [
            models.Index(fields=["cancelled_at"], condition=Q(finished_at=None), name="courses_cancellations_running"),
        ]

    def __str__(self) -> str:
        return str(self.course)


class Replacement(PublicRow, StatefulModel):
    """Another place in exchange for one on a cancelled course, at no cost, until `choose_by`; after it the money goes back."""

    lifecycle = REPLACEMENT
    state = state_field(REPLACEMENT)
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="replacement")
    offered_at = models.DateTimeField()
    choose_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ReplacementQuerySet.as_manager()

    class Meta:
        triggers = [legal_moves(REPLACEMENT)]
        constraints = [
            state_known("courses_replacement", REPLACEMENT),
            models.CheckConstraint(
                condition=Q(choose_by__gt=models.F("offered_at")), name="courses_replacement_leaves_time"
            ),
            models.CheckConstraint(
                condition=Q(state=ReplacementState.OFFERED, ended_at=None)
                | (~Q(state=ReplacementState.OFFERED) & Q(ended_at__isnull=False)),
                name="courses_replacement_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["choose_by"], condition=Q(state=ReplacementState.OFFERED), name="courses_replacements_open"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
