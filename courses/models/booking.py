"""A place on a course for a requirement."""

from datetime import datetime
from typing import TYPE_CHECKING

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState, MoveCause
from courses.lifecycle import BOOKING
from courses.models.course import Course, Session
from courses.part import Part
from courses.querysets import BookingQuerySet
from diversion.core.models import PublicRow, StatefulModel, legal_moves, state_field, state_known
from diversion.referrals.models import Requirement

if TYPE_CHECKING:
    from courses.models.attendance import Certificate


@pghistory.track(exclude=["survey_answered"])
class Booking(PublicRow, StatefulModel):
    """One live place per requirement. A move makes a new booking that supersedes the old (rule 9): until it is confirmed it is
    a hold beside the old place, one at a time, and the old place is theirs.

    `flexible_pence` is what was paid on top so that moves are free. An interpreter takes a second seat. The price is fixed when
    the place is held. `held_until` is the hold's end; once past, the place may be taken by anybody. `positions` are the sessions
    that it is for, where somebody goes on after a miss; NULL is the whole course (rule 17).
    `times_changed_at` is when the provider last changed the course's times or its whereabouts, or took away access that this
    person needs: since then it may be moved free (rule 9).
    """

    lifecycle = BOOKING
    state = state_field(BOOKING)
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="bookings")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="bookings")
    price_pence = models.PositiveIntegerField()
    flexible_pence = models.PositiveIntegerField(default=0)
    seats = models.PositiveSmallIntegerField(default=1)
    positions = ArrayField(models.PositiveSmallIntegerField(), null=True)
    held_at = models.DateTimeField()
    held_until = models.DateTimeField()
    hold_extended = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    times_changed_at = models.DateTimeField(null=True)
    survey_answered = models.BooleanField(default=False)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="moves")
    move_cause = models.CharField(max_length=12, choices=MoveCause.choices, blank=True, default="")

    objects = BookingQuerySet.as_manager()

    class Meta:
        triggers = [legal_moves(BOOKING)]
        constraints = [
            state_known("courses_booking", BOOKING),
            models.UniqueConstraint(
                fields=["requirement"],
                condition=Q(state=BookingState.CONFIRMED) | Q(state=BookingState.HELD, supersedes=None),
                name="courses_booking_one_live_per_requirement",
                violation_error_message=_("You already have a place. Give it up before you choose another."),
            ),
            models.UniqueConstraint(
                fields=["requirement"],
                condition=Q(state=BookingState.HELD, supersedes__isnull=False),
                name="courses_booking_one_move_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(confirmed_at__isnull=False),
                name="courses_booking_superseded_once",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None, move_cause="") | Q(supersedes__isnull=False, move_cause__in=MoveCause.values),
                name="courses_booking_move_has_cause",
            ),
            models.CheckConstraint(
                condition=Q(flexible_pence__lte=models.F("price_pence")), name="courses_booking_flexible_within_price"
            ),
            models.CheckConstraint(
                condition=~Q(state=BookingState.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="courses_booking_confirmed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(positions=None) | Q(positions__len__gt=0) & ~Q(positions__contains=[0]),
                name="courses_booking_positions_name_sessions",
            ),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=2), name="courses_booking_seats_1_or_2"),
            models.CheckConstraint(
                condition=Q(held_until__gt=models.F("held_at")), name="courses_booking_hold_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["held_until"], condition=Q(state=BookingState.HELD), name="courses_live_holds"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def part(self) -> Part:
        """What it is for of its course."""
        return Part(tuple(self.positions) if self.positions else None)

    @property
    def sessions(self) -> list[Session]:
        """Those that it is for, in order; no query where the course's are prefetched."""
        return self.part.of(self.course.sessions.all())

    @property
    def starts_at(self) -> datetime:
        """The start of the first session that it is for."""
        return self.sessions[0].starts_at if self.positions else self.course.first_starts_at

    @property
    def ends_at(self) -> datetime:
        """The end of the last session that it is for."""
        return self.sessions[-1].ends_at if self.positions else self.course.last_ends_at

    @property
    def certificate(self) -> "Certificate | None":
        """The one that stands, if any; no query where `certificates` are prefetched."""
        return next((each for each in self.certificates.all() if each.revoked_at is None), None)
