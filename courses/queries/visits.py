"""Visits to sessions: which may be reported on, what was reported, and what is still to be done."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from courses.models import Session, Visit
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.accounts.permissions import Permission
from diversion.core import clock

MOST_FOUND = 25


class Taught(NamedTuple):
    """A session and one of its trainers, whose membership gives the address of the report's page."""

    session: Session
    trainer: Membership


def sessions_to_report(user: User, *, at: datetime) -> QuerySet[Session]:
    """What has begun: of a person's own provider, or, for the service team, of any."""
    begun = Session.objects.filter(starts_at__lte=at).select_related(
        "course__programme", "course__venue", "course__provider"
    )
    if user.may(Permission.VISIT_ANYWHERE):
        return begun
    return begun.filter(course__provider__organisation=user.organisation_id)


def trainers_of(session: Session) -> QuerySet[User]:
    """Who was down to teach it."""
    return session.trainers.all()


def taught_by(user: User, *, name: str, day: date, at: datetime) -> list[Taught]:
    """Who of such a name or e-mail address taught which session on a London day; the first `MOST_FOUND`."""
    on_the_day = sessions_to_report(user, at=at).filter(starts_at__gte=clock.start_of(day), starts_at__lt=clock.end_of(day))
    teaches = Membership.objects.filter(role=Role.TRAINER).exclude(user=user.pk).select_related("user")
    named = teaches.filter(Q(user__name__icontains=name) | Q(user__email__iexact=name))
    sessions = list(
        on_the_day.filter(trainers__in=named.values("user")).distinct().order_by("starts_at", "pk")
        .prefetch_related("trainers")[:MOST_FOUND]
    )  # fmt: skip
    members = {
        (each.user_id, each.organisation_id): each
        for each in named.filter(user__in={trainer.pk for session in sessions for trainer in session.trainers.all()})
    }
    pairs = [
        (session, members.get((trainer.pk, session.course.provider.organisation_id)))
        for session in sessions
        for trainer in session.trainers.all()
    ]
    return [Taught(session, member) for session, member in pairs if member]


def visits(user: User) -> QuerySet[Visit]:
    """The reports that a person may read, the latest visit first."""
    found = Visit.objects.visible_to(user).select_related(
        "trainer", "recorded_by", "session__course__programme", "followed_up"
    )
    return found.order_by("-occurred_at", "-pk")


def overdue_follow_ups(user: User, *, at: datetime) -> QuerySet[Visit]:
    """What should have been done by now, the longest overdue first."""
    late = visits(user).filter(follow_up_by__lt=clock.day_of(at), followed_up=None)
    return late.order_by("follow_up_by", "pk")
