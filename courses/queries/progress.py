"""How far bookings have come, by the policy of each case's own rules: what pages and registers judge alike."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F

from courses.completion import Judgement, Mark, Meeting, Policy, judge
from courses.enums import BookingState
from courses.models import Attendance, Booking
from courses.outcomes import OUTCOMES
from courses.part import WHOLE, Part, part_after
from diversion.core import clock
from diversion.referrals.enums import CompletionPolicy
from diversion.referrals.models import Requirement, SchemeVersion


def judgements_of(bookings: Collection[Booking]) -> dict[UUID, Judgement]:
    """Each booking's judgement by its key, in two queries for any number.

    The bookings' requirements, referrals, courses and the courses' sessions are loaded.
    """
    marks = _marks_of({booking.requirement_id for booking in bookings}) if bookings else {}
    pinned = {booking.requirement.referral.scheme_version_id for booking in bookings} - {None}
    versions = SchemeVersion.objects.in_bulk(pinned) if pinned else {}
    found = {}
    for booking in bookings:
        mine = {each.pk for each in booking.sessions}
        meetings = [
            # What the place is not for comes no more: no register of it will ever have them.
            Meeting(each.pk, register_in=each.pk not in mine or each.register_submitted_at is not None)
            for each in booking.course.sessions.all()
        ]
        # A programme that was longer once has marks beyond today's last session: they say nothing of this course.
        known = [mark for mark in marks.get(booking.requirement_id, ()) if mark.position <= len(meetings)]
        policy = policy_of(versions.get(booking.requirement.referral.scheme_version_id))
        found[booking.pk] = judge(policy=policy, meetings=meetings, marks=known)
    return found


def part_to_book(requirement: Requirement, *, at: datetime) -> Part:
    """What a place for this requirement is for at this moment: the whole course, or what is lacking after a miss (rule 17).

    The search, the hold, the waiting list and the move ask here. No query for a requirement of `fitting.knowing_needs` whose
    person has missed nothing.
    """
    if not getattr(requirement, "goes_on", True):
        return WHOLE
    missed = Booking.objects.filter(requirement=requirement, state=BookingState.NOT_COMPLETED)
    rows = missed.select_related("course", "requirement__referral").prefetch_related("course__sessions")
    booking = rows.order_by("-held_at").first()
    if booking is None:
        return WHOLE
    step = judgements_of([booking])[booking.pk].next_step
    return part_after(step, sessions=len(booking.course.sessions.all()), on=clock.day_of(at))


def policy_of(rules: SchemeVersion | None) -> Policy:
    """What a version says of misses; the strictest where none is pinned."""
    if rules is None:
        return Policy()
    return Policy(CompletionPolicy(rules.completion_policy), rules.rejoin_weeks, rules.longest_gap_weeks)


def _marks_of(requirement_ids: Collection[UUID]) -> dict[UUID, list[Mark]]:
    rows = Attendance.objects.that_count().filter(booking__requirement__in=requirement_ids).select_related("session")
    marks = defaultdict(list)
    for row in rows.annotate(requirement=F("booking__requirement")):
        session = row.session
        marks[row.requirement].append(
            Mark(session.course_id, session.pk, session.position, clock.day_of(session.ends_at), OUTCOMES[row.outcome])
        )
    return marks
