"""Courses, sessions and bookings in the business's words, and who may see them."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from courses.enums import BookingState, CourseState, ReplacementState
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission

TRAINER_SEES_FROM = timedelta(hours=24)
TRAINER_SEES_UNTIL = timedelta(hours=72)


class ProviderQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Its administrators' own; nobody else works with one."""
        return self.filter(organisation=user.organisation_id) if user.may(Permission.SEE_COURSES) else self.none()


class VenueQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Those of an administrator's own provider. Participants read of a venue on its courses."""
        return self.filter(provider__organisation=user.organisation_id) if user.may(Permission.SEE_COURSES) else self.none()


class RoomQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Those of an administrator's own provider."""
        mine = self.filter(venue__provider__organisation=user.organisation_id)
        return mine if user.may(Permission.SEE_COURSES) else self.none()


class CourseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """A provider's administrators see its courses; participants see what is published; nobody else sees any here."""
        if user.may(Permission.SEE_COURSES):
            return self.filter(provider__organisation=user.organisation_id)
        if user.may(Permission.OWN_CASE):
            return self.filter(state=CourseState.PUBLISHED)
        return self.none()

    def published(self) -> Self:
        return self.filter(state=CourseState.PUBLISHED)

    def taking_bookings(self) -> Self:
        """Published, and not closed for booking."""
        return self.published().filter(booking_closed_at=None)

    def in_full(self) -> Self:
        """With everything that a page about one course shows."""
        return self.select_related("programme", "venue", "room", "provider__organisation").prefetch_related("sessions")

    def with_places_left(self, *, at: datetime, seats: int = 1) -> Self:
        """Keeps courses with so many seats left. A hold that ran out counts as free at once."""
        # The sum is worked out only where a hold has run out: most courses are decided by their own two columns.
        return self.alias(places_left=_places_left(at)).filter(
            Q(taken__lte=F("capacity") - seats) | (Exists(_run_out(at)) & Q(places_left__gte=seats))
        )

    def without_places_left(self, *, at: datetime, seats: int = 1) -> Self:
        """The others: keeps courses with fewer seats left."""
        return self.alias(places_left=_places_left(at)).filter(taken__gt=F("capacity") - seats, places_left__lt=seats)

    def counting_places(self, *, at: datetime) -> Self:
        """Each with `places_left`: its free seats, those of holds that ran out among them."""
        return self.annotate(places_left=_places_left(at))


def _places_left(at: datetime) -> Combinable:
    counted = _run_out(at).values("course").annotate(n=Sum("seats")).values("n")
    return F("capacity") - F("taken") + Coalesce(Subquery(counted), 0)


def _run_out(at: datetime) -> "BookingQuerySet":
    """The run-out holds of a course, from inside a query of courses."""
    from courses.models import Booking

    run_out: BookingQuerySet = Booking.objects.run_out(at=at).filter(course=OuterRef("pk")).order_by()
    return run_out


class SessionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User, *, at: datetime) -> Self:
        """A trainer sees their own sessions from a day before to three days after; an administrator their provider's."""
        if user.may(Permission.SEE_COURSES):
            return self.filter(course__provider__organisation=user.organisation_id)
        if user.may(Permission.MARK_REGISTER):
            return self.filter(
                trainers=user,
                course__provider__organisation=user.organisation_id,
                starts_at__lte=at + TRAINER_SEES_FROM,
                ends_at__gte=at - TRAINER_SEES_UNTIL,
            )
        return self.none()


def for_session(position: Any, *, booking: str = "") -> Q:
    """Whether a booking is for the session at a place in the programme: the whole course, or a part with that session in it.

    `booking` is the path to the booking, where the query is of something else.
    """
    return Q(**{f"{booking}positions": None}) | Q(**{f"{booking}positions__contains": [position]})


class BookingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """A participant sees their own; agency staff those of visible cases; a provider's administrators their courses'."""
        from diversion.referrals.models import Requirement

        if user.may(Permission.OWN_CASE) or user.may(Permission.SEE_CASES):
            return self.filter(requirement__in=Requirement.objects.visible_to(user))
        if user.may(Permission.SEE_COURSES):
            return self.filter(course__provider__organisation=user.organisation_id)
        return self.none()

    def in_full(self) -> Self:
        """With everything that a participant's page about their place shows."""
        return self.select_related(
            "requirement__referral",
            "course__programme",
            "course__venue",
            "course__room",
            "course__provider__organisation",
            "replacement",
            "wait",
        ).prefetch_related("course__sessions", "certificates")

    def expected_at(self, session: Any) -> Self:
        """Those of a session's course that are for that session (rule 17)."""
        return self.filter(for_session(session.position), course=session.course_id)

    def live(self) -> Self:
        """Those that take a seat: places held or confirmed, and holds of a move beside the place that it would supersede."""
        return self.filter(state__in=[BookingState.HELD, BookingState.CONFIRMED])

    def places(self) -> Self:
        """Of the live ones, the place itself: one for each requirement. A hold of a move is not one until it is confirmed."""
        return self.filter(Q(state=BookingState.CONFIRMED) | Q(state=BookingState.HELD, supersedes=None))

    def that_became_places(self) -> Self:
        """Without holds of moves that were never confirmed: beside them the old place stood all the time."""
        return self.filter(Q(supersedes=None) | Q(confirmed_at__isnull=False))

    def to_replace(self, requirement: Any) -> Any:
        """The place on a course that the provider cancelled, while another may still be chosen for it and none was taken."""
        offered = self.filter(requirement=requirement, replacement__state=ReplacementState.OFFERED)
        taken = self.model._default_manager.places().filter(requirement=requirement)
        return offered.exclude(Exists(taken)).first()

    def moves_under_way(self) -> Self:
        """Holds beside a place that they would supersede."""
        return self.filter(state=BookingState.HELD, supersedes__isnull=False)

    def run_out(self, *, at: datetime) -> Self:
        """Holds whose time is over but whose row nobody has tidied yet."""
        return self.filter(state=BookingState.HELD, held_until__lte=at)


class ReplacementQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Those whose people may still choose."""
        return self.filter(state=ReplacementState.OFFERED)


class AttendanceQuerySet(models.QuerySet[Any]):
    def that_count(self) -> Self:
        """The last mark of each booking and session: those that nothing amends."""
        return self.filter(Q(amended_by=None))

    def of_one_mark(self, *, booking: Any, session: Any) -> Self:
        """Every value that one person's mark in one session ever had, the first one first."""
        return self.filter(booking=booking, session=session).order_by("recorded_at", "pk")


class ConcernQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Agency staff those of visible cases; the service team those about volunteers, who have no agency, until they leave."""
        from diversion.referrals.models import Requirement

        if user.may(Permission.SEE_CASES):
            return self.filter(booking__requirement__in=Requirement.objects.visible_to(user))
        if user.may(Permission.READ_CONCERNS):
            volunteers = Requirement.objects.filter(referral__voluntary=True, referral__participant__user__isnull=False)
            return self.filter(booking__requirement__in=volunteers)
        return self.none()


class VisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The service team sees every report; an administrator their provider's; a trainer those about themselves."""
        if user.may(Permission.VISIT_ANYWHERE):
            return self.all()
        if user.may(Permission.SEE_COURSES):
            return self.filter(session__course__provider__organisation=user.organisation_id)
        return self.filter(trainer=user) if user.may(Permission.SEE_VISITS) else self.none()
