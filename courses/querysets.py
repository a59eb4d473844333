"""Courses, sessions and bookings in the business's words, and who may see them."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from courses.enums import BookingState, CourseState
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission

TRAINER_SEES_FROM = timedelta(hours=24)
TRAINER_SEES_UNTIL = timedelta(hours=72)


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

    def in_full(self) -> Self:
        """With everything that a page about one course shows."""
        return self.select_related("programme", "venue", "provider__organisation").prefetch_related("sessions")

    def with_places_left(self, *, at: datetime, seats: int = 1) -> Self:
        """Keeps courses with so many seats left, and annotates `places_left`. A hold that ran out counts as free at once."""
        from courses.models import Booking

        run_out = Booking.objects.run_out(at=at).filter(course=OuterRef("pk")).order_by()
        counted = run_out.values("course").annotate(n=Sum("seats")).values("n")
        left = F("capacity") - F("taken") + Coalesce(Subquery(counted), 0)
        # The sum is worked out only where a hold has run out: most courses are decided by their own two columns.
        return self.annotate(places_left=left).filter(
            Q(taken__lte=F("capacity") - seats) | (Exists(run_out) & Q(places_left__gte=seats))
        )


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
            "requirement__referral", "course__programme", "course__venue", "course__provider__organisation", "certificate"
        ).prefetch_related("course__sessions")

    def live(self) -> Self:
        return self.filter(state__in=[BookingState.HELD, BookingState.CONFIRMED])

    def run_out(self, *, at: datetime) -> Self:
        """Holds whose time is over but whose row nobody has tidied yet."""
        return self.filter(state=BookingState.HELD, held_until__lte=at)


class AttendanceQuerySet(models.QuerySet[Any]):
    def that_count(self) -> Self:
        """The last mark of each booking and session: those that nothing amends."""
        return self.filter(Q(amended_by=None))


class VisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """The service team sees every report; an administrator their provider's; a trainer those about themselves."""
        if user.may(Permission.VISIT_ANYWHERE):
            return self.all()
        if user.may(Permission.SEE_COURSES):
            return self.filter(session__course__provider__organisation=user.organisation_id)
        return self.filter(trainer=user) if user.may(Permission.SEE_VISITS) else self.none()
