"""How a provider runs its courses, from what was recorded in the last year: counts by programme that name nobody (P11)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from courses.enums import CourseState, OutcomeCode
from courses.models import CRITERIA, Attendance, Course, Session, Visit
from courses.queries.late_registers import DUE_AFTER
from courses.queries.quality import SMALLEST
from diversion.accounts.models import User

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Conduct:
    """One programme, in words: "18 of 20". What counts people is not told while they are few."""

    programme: str
    registers_on_time: str
    refused_for_lateness: str
    cancelled: str


@dataclass(frozen=True, slots=True)
class Visited:
    """One programme: how many visits, and the mean of each criterion, from sums. Visits are of trainers, so few are told too."""

    programme: str
    visits: int
    means: tuple[str, ...]


def conduct_of(user: User, *, at: datetime) -> Sequence[Conduct]:
    """The programmes that the user's own provider ran in the last year, by name, in three queries.

    A register is on time within a day of its session's end; one that is not in and not yet due counts nowhere. Of a course
    that was called off, its last day says in which year it falls.
    """
    since = at - A_YEAR
    own = {"course__provider__organisation": user.organisation_id}
    due = F("ends_at") + DUE_AFTER
    sessions = Session.objects.filter(
        **own, ends_at__gte=since, course__state__in=[CourseState.PUBLISHED, CourseState.CLOSED]
    )
    registers = sessions.filter(Q(register_submitted_at__isnull=False) | Q(ends_at__lte=at - DUE_AFTER))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    _add(found, registers.values(name=F("course__programme__name")).annotate(
        registers=Count("pk"), on_time=Count("pk", filter=Q(register_submitted_at__lte=due)),
    ))  # fmt: skip
    marks = Attendance.objects.that_count().filter(session__in=sessions)
    _add(found, marks.values(name=F("session__course__programme__name")).annotate(
        marks=Count("pk"), refused=Count("pk", filter=Q(outcome=OutcomeCode.REFL)),
    ))  # fmt: skip
    offered = Course.objects.filter(provider__organisation=user.organisation_id, last_ends_at__gte=since)
    _add(found, offered.exclude(state=CourseState.DRAFT).values(name=F("programme__name")).annotate(
        courses=Count("pk"), cancelled=Count("pk", filter=Q(state=CourseState.CANCELLED)),
    ))  # fmt: skip
    return [_conduct(name, found[name]) for name in sorted(found)]


def visited(user: User, *, at: datetime) -> Sequence[Visited]:
    """What visitors scored in the last year, by programme, in one query."""
    own = Visit.objects.filter(session__course__provider__organisation=user.organisation_id, occurred_at__gte=at - A_YEAR)
    sums: Any = own.values(name=F("session__course__programme__name")).annotate(
        n=Count("pk"), **{f"{criterion}_sum": Sum(criterion) for criterion in CRITERIA}
    )
    return [
        Visited(row["name"], row["n"], tuple(f"{row[f'{each}_sum'] / row['n']:.1f}" for each in CRITERIA))
        for row in sums.order_by("name")
    ]


def _add(found: dict[str, dict[str, int]], rows: Any) -> None:
    for row in rows:
        name = row.pop("name")
        found[name].update(row)


def _conduct(programme: str, counts: Mapping[str, int]) -> Conduct:
    return Conduct(
        programme,
        _of(counts.get("on_time", 0), counts.get("registers", 0)),
        _people_of(counts.get("refused", 0), counts.get("marks", 0)),
        _of(counts.get("cancelled", 0), counts.get("courses", 0)),
    )


def _of(count: int, total: int) -> str:
    if not total:
        return _("none yet")
    return _("%(count)s of %(total)s") % {"count": count, "total": total}


def _people_of(count: int, total: int) -> str:
    """Neither few nor all but a few are told: who they are could be guessed."""
    if count < SMALLEST or total - count < SMALLEST:
        return _("fewer than %(n)s") % {"n": SMALLEST} if count < SMALLEST else _("nearly all")
    return _of(count, total)
