"""What would come of moving a session: the new times, who is told, and how many would finish after their date."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.cascade import Change, Later, Sitting, cascade
from courses.enums import BookingState
from courses.models import Booking, Course, Session
from courses.planning import MOST_WEEKS_SKIPPED
from courses.policies import must_end_before
from courses.queries.occupied import days_closed, occupied
from courses.queries.progress import part_to_book
from diversion.core import clock


@dataclass(frozen=True)
class Move:
    """A move as it would be. `places` are those for a session that moves; `late`, of them, whose last session would end after their date
    (rule 2), or whose first would come after the day by which what they attended before still counts (rule 17).
    """

    sessions: Sequence[Session]
    changes: Sequence[Change]
    last_ends_at: datetime
    places: Sequence[Booking]
    late: Sequence[Booking]

    @property
    def fingerprint(self) -> str:
        """Tells this move from another: the new times, and who would be late."""
        times = [(each.position, each.starts_at.isoformat()) for each in self.changes]
        return hashlib.sha256(repr((times, sorted(each.public_id for each in self.late))).encode()).hexdigest()


def move_of(*, course: Course, position: int, to: datetime, later: Later, at: datetime) -> Move:
    """A session at a new time, with what that does to the others and to the people.

    :raises Refusal: whatever `cascade` refuses.
    """
    sessions = list(course.sessions.prefetch_related("trainers"))
    trainers = list({who.pk: who for session in sessions for who in session.trainers.all()}.values())
    rooms = [course.room_id] if course.room_id else []
    first = min(to, course.first_starts_at)
    pushed = max(to - course.first_starts_at, timedelta(0)) + timedelta(weeks=(MOST_WEEKS_SKIPPED + 1) * len(sessions))
    last = course.last_ends_at + pushed
    changes = cascade(
        [_sitting(session, rooms) for session in sessions],
        position=position,
        to=to,
        later=later,
        closed=days_closed(venue=course.venue, trainers=trainers, first=clock.day_of(first), last=clock.day_of(last)),
        taken=occupied(
            trainers=[who.pk for who in trainers],
            rooms=rooms,
            first=first,
            last=last + timedelta(days=1),
            apart_from=course,
        ),
        at=at,
    )
    starts = {each.position: each.starts_at for each in sessions} | {each.position: each.starts_at for each in changes}
    ends = {each.position: each.ends_at for each in sessions} | {each.position: each.ends_at for each in changes}
    changed = {each.position for each in changes}
    places = [place for place in _places(course, at=at) if place.positions is None or changed & set(place.positions)]
    late = [
        place
        for place in places
        if _end(place, ends) >= must_end_before(place.requirement) or _begins_too_late(place, starts, at=at)
    ]
    return Move(sessions, changes, max(ends.values()), places, late)


def _end(place: Booking, ends: Mapping[int, datetime]) -> datetime:
    return max(ends.values()) if place.positions is None else max(ends[each] for each in place.positions)


def _begins_too_late(place: Booking, starts: Mapping[int, datetime], *, at: datetime) -> bool:
    """Of a place for what is lacking after a miss: what was attended before would count no more (rule 17)."""
    if place.positions is None:
        return False
    until = part_to_book(place.requirement, at=at).until
    return until is not None and clock.day_of(starts[place.positions[0]]) > until


def _sitting(session: Session, rooms: Sequence[object]) -> Sitting:
    return Sitting(
        position=session.position,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        needs=frozenset({*(who.pk for who in session.trainers.all()), *rooms}),  # type: ignore[arg-type]
        is_marked=session.register_submitted_at is not None,
    )


def _places(course: Course, *, at: datetime) -> Sequence[Booking]:
    """Live places; a hold that ran out is nobody's."""
    live = course.bookings.live().select_related("requirement__referral__participant", "requirement__referral__agency")
    return [place for place in live.order_by("pk") if place.state == BookingState.CONFIRMED or place.held_until > at]
