"""A person's wait for a place: on one full course, or on any near a place they named."""

from typing import NamedTuple

from django.db import models
from django.db.models import Q

from courses.enums import WaitingState
from courses.lifecycle import STILL_WAITING, WAITING
from courses.models.booking import Booking
from courses.models.course import Course
from courses.querysets_waiting import WaitingQuerySet
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow, StatefulModel, legal_moves, state_field, state_known
from diversion.core.places import Place
from diversion.referrals.models import Requirement


class Area(NamedTuple):
    """So many miles around a place."""

    place: Place
    miles: int


NAMED_A_PLACE = Q(latitude__isnull=False, longitude__isnull=False, miles__isnull=False)
NO_PLACE = Q(latitude=None, longitude=None, miles=None)


class WaitingEntry(PublicRow, StatefulModel):
    """One person's wait. `course` is None where any will do: within `miles` of a point, online where `online_ok`, or both.

    The point is the middle of a town or of a postcode's district, never an address. `booking` is the place that was offered: a
    held booking like any other, so nobody else can take it while the offer stands.
    """

    lifecycle = WAITING
    state = state_field(WAITING)
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="waits")
    course = models.ForeignKey(Course, null=True, on_delete=models.PROTECT, related_name="waits")
    place = EncryptedTextField(blank=True, default="", max_length=60)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    miles = models.PositiveSmallIntegerField(null=True)
    online_ok = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    booking = models.OneToOneField(Booking, null=True, on_delete=models.PROTECT, related_name="wait")

    objects = WaitingQuerySet.as_manager()

    class Meta:
        triggers = [legal_moves(WAITING)]
        constraints = [
            state_known("courses_waitingentry", WAITING),
            models.UniqueConstraint(
                fields=["requirement", "course"],
                condition=Q(state__in=sorted(STILL_WAITING)),
                name="courses_waitingentry_one_per_course",
            ),
            models.UniqueConstraint(
                fields=["requirement"],
                condition=Q(state__in=sorted(STILL_WAITING), course=None),
                name="courses_waitingentry_one_for_any",
            ),
            models.CheckConstraint(
                condition=Q(course__isnull=False, online_ok=False) & NO_PLACE
                | Q(course=None) & NAMED_A_PLACE
                | Q(course=None, online_ok=True) & NO_PLACE,
                name="courses_waitingentry_a_course_or_a_place",
            ),
            models.CheckConstraint(
                condition=(~Q(state=WaitingState.JOINED) | Q(booking=None, offered_at=None))
                & (
                    ~Q(state__in=[WaitingState.OFFERED, WaitingState.TAKEN, WaitingState.PASSED])
                    | Q(booking__isnull=False, offered_at__isnull=False)
                ),
                name="courses_waitingentry_offered_has_place",
            ),
        ]
        indexes = [
            models.Index(fields=["course", "joined_at"], condition=Q(state="joined"), name="courses_waiting_in_line"),
            models.Index(fields=["joined_at"], condition=Q(state="offered"), name="courses_waiting_offered"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def area(self) -> Area | None:
        """Where any course will do; None on a course's own list, or where only online will."""
        if self.latitude is None or self.longitude is None or self.miles is None:
            return None
        return Area(Place(self.place, self.latitude, self.longitude), self.miles)
