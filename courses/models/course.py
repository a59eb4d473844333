"""A dated run of a programme, and its sessions."""

import pghistory
from django.db import models
from django.db.models import F, Q

from courses.lifecycle import COURSE
from courses.models.clashes import room_is_free, session_is_alone, trainer_is_free
from courses.models.provider import Provider, Venue
from courses.models.room import Room
from courses.querysets import CourseQuerySet, SessionQuerySet
from diversion.accounts.models import User
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow, StatefulModel, legal_moves, state_field, state_known
from diversion.referrals.models import Programme


class CourseRun(PublicRow):
    """Courses that were planned and made together. Its id comes from the page that showed the plan: sent twice, made once."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="runs")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.public_id


@pghistory.track(exclude=["taken"])
class Course(PublicRow, StatefulModel):
    """`taken` counts places held or confirmed and is changed by one conditional UPDATE (`services.places`), never by hand.

    `flexible_pence` is what a flexible place costs on top; None: it has none.
    `first_starts_at` and `last_ends_at` repeat the sessions' so that a search reads one table; scheduling writes both together.
    From `booking_closed_at` on it takes no more bookings, and runs for those who have a place.
    """

    lifecycle = COURSE
    state = state_field(COURSE)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="courses")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    venue = models.ForeignKey(Venue, null=True, blank=True, on_delete=models.PROTECT)
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="courses")
    run = models.ForeignKey(CourseRun, null=True, on_delete=models.PROTECT, related_name="courses")
    language = models.CharField(max_length=5, default="en-gb")
    single_sex = models.BooleanField(default=False)
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    price_pence = models.PositiveIntegerField()
    flexible_pence = models.PositiveIntegerField(null=True, blank=True)
    first_starts_at = models.DateTimeField()
    last_ends_at = models.DateTimeField()
    evening_or_weekend = models.BooleanField(default=False)
    booking_closed_at = models.DateTimeField(null=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        triggers = [legal_moves(COURSE), room_is_free()]
        constraints = [
            state_known("courses_course", COURSE),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="courses_course_never_oversold"),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="courses_course_has_places"),
            models.CheckConstraint(
                condition=Q(last_ends_at__gt=F("first_starts_at")), name="courses_course_ends_after_it_starts"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "last_ends_at"], condition=Q(state="published"), name="courses_open_by_end"),
            models.Index(
                fields=["programme", "first_starts_at"], condition=Q(state="published"), name="courses_open_by_start"
            ),
            models.Index(fields=["provider", "first_starts_at"], name="courses_by_provider"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_online(self) -> bool:
        return self.venue_id is None


@pghistory.track()
class Session(PublicRow):
    """One meeting of a course. `joining_link` is shown only behind sign-in, near the start.

    `sequence` counts how often its time, or its venue's address, was changed: calendar entries ask for it.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sequence = models.PositiveIntegerField(default=0)
    joining_link = EncryptedTextField(blank=True, default="", max_length=300)
    trainers = models.ManyToManyField(User, related_name="sessions", blank=True)
    register_submitted_at = models.DateTimeField(null=True)
    register_submitted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="registers_submitted")

    objects = SessionQuerySet.as_manager()

    class Meta:
        triggers = [session_is_alone()]
        constraints = [
            models.UniqueConstraint(fields=["course", "position"], name="courses_session_position"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="courses_session_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(register_submitted_at=None, register_submitted_by=None)
                | Q(register_submitted_at__isnull=False, register_submitted_by__isnull=False),
                name="courses_session_register_by_and_at",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="courses_session_start")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.public_id


class TeachingRow(Session.trainers.through):  # type: ignore[name-defined]
    """Who teaches which session: the table behind `Session.trainers`, to say what it refuses."""

    class Meta:
        proxy = True
        triggers = [trainer_is_free()]

    def __str__(self) -> str:
        return str(self.pk)
