"""A provider's week: what meets on each day, who is away, and which holidays there are. The same number of queries however much meets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate

from courses.enums import CourseState
from courses.models import Session
from courses.queries.time_away import times_away
from diversion.accounts.models import User
from diversion.core import clock
from diversion.referrals.models import BankHoliday

SHOWN_A_DAY = 12
DAY = TruncDate("starts_at", tzinfo=clock.LONDON)


@dataclass(frozen=True)
class Day:
    """One day: its first sessions, how many more there are, its bank holiday, and the trainers who are away."""

    day: date
    sessions: Sequence[Session]
    more: int
    holiday: str
    away: Sequence[str]


def week_of(user: User, monday: date) -> list[Day]:
    """Seven days from a Monday."""
    days = [monday + timedelta(days=n) for n in range(7)]
    mine = sessions_between(user, days[0], days[-1])
    counts = dict(mine.order_by().annotate(day=DAY).values_list("day").annotate(Count("pk")))
    place = Window(RowNumber(), partition_by=[DAY], order_by=[F("starts_at"), F("pk")])
    shown: dict[date, list[Session]] = {day: [] for day in days}
    for session in with_words(mine.annotate(place=place).filter(place__lte=SHOWN_A_DAY)):
        shown[clock.day_of(session.starts_at)].append(session)
    nation = user.membership.organisation.nation if user.membership else ""
    holidays = dict(BankHoliday.objects.filter(nation=nation, day__in=days).values_list("day", "name"))
    away = list(times_away(user, today=days[0]).filter(first_on__lte=days[-1]))
    return [
        Day(
            day=day,
            sessions=shown[day],
            more=counts.get(day, 0) - len(shown[day]),
            holiday=holidays.get(day, ""),
            away=[each.trainer.name for each in away if each.first_on <= day <= each.last_on],
        )
        for day in days
    ]


def sessions_between(user: User, first: date, last: date) -> QuerySet[Session]:
    """A provider's sessions that start on these days, soonest first; none of cancelled courses."""
    # `at` matters to trainers alone; this page is the administrators'.
    mine = Session.objects.visible_to(user, at=clock.start_of(first))
    mine = mine.filter(starts_at__gte=clock.start_of(first), starts_at__lt=clock.end_of(last))
    return mine.exclude(course__state=CourseState.CANCELLED).order_by("starts_at", "pk")


def with_words(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """With all that a line about a session says."""
    return sessions.select_related("course__programme", "course__venue", "course__room").prefetch_related("trainers")
