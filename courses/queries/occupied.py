"""When trainers and rooms are occupied, and on which days nobody meets."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from courses.enums import CourseState
from courses.models import Course, Room, Session, TimeAway, Venue
from courses.planning import Reason, Taken, Why
from diversion.accounts.enums import Nation
from diversion.accounts.models import User
from diversion.referrals.models import BankHoliday


def occupied(
    *,
    trainers: Iterable[UUID],
    rooms: Iterable[UUID],
    first: datetime,
    last: datetime,
    apart_from: Course | None = None,
) -> list[Taken]:
    """The times between two instants at which one of these trainers teaches or one of these rooms is used, whoever's the course.

    A cancelled course occupies nothing. `apart_from` leaves out a course that is about to change.
    """
    sessions = Session.objects.filter(starts_at__lt=last, ends_at__gt=first).exclude(course__state=CourseState.CANCELLED)
    if apart_from is not None:
        sessions = sessions.exclude(course=apart_from)
    sessions = sessions.order_by()
    teaching = sessions.filter(trainers__in=list(trainers)).values_list("starts_at", "ends_at", "trainers")
    meeting = sessions.filter(course__room__in=list(rooms)).values_list("starts_at", "ends_at", "course__room")
    return [Taken(*row) for row in teaching] + [Taken(*row) for row in meeting]


def days_closed(
    *, venue: Venue | None, trainers: Sequence[User], first: date, last: date, holidays: bool = True
) -> dict[date, Reason]:
    """The days, from the first to the last, on which nobody meets there: bank holidays, and days on which a trainer is away.

    Online keeps the holidays of England and Wales. Without `holidays` only the trainers' days away count.
    """
    nation = venue.nation if venue else Nation.ENGLAND_AND_WALES
    closed: dict[date, Reason] = {}
    away = TimeAway.objects.filter(trainer__in=trainers, first_on__lte=last, last_on__gte=first)
    for each in away.select_related("trainer").order_by("-first_on"):
        for n in range((min(each.last_on, last) - max(each.first_on, first)).days + 1):
            closed[max(each.first_on, first) + timedelta(days=n)] = Reason(Why.AWAY, each.trainer.name)
    if not holidays:
        return closed
    for holiday in BankHoliday.objects.filter(nation=nation, day__range=(first, last)):
        closed[holiday.day] = Reason(Why.HOLIDAY, holiday.name)
    return closed


def names_of(keys: Iterable[UUID]) -> dict[UUID, str]:
    """What trainers and rooms are called, by key."""
    wanted = list(keys)
    trainers = User.objects.filter(pk__in=wanted).values_list("pk", "name")
    rooms = Room.objects.filter(pk__in=wanted).values_list("pk", "name")
    return dict([*trainers, *rooms])
