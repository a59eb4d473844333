"""A course under way, and what a trainer posts."""

from datetime import timedelta
from typing import Any

from courses.enums import IdentitySeen, OutcomeCode
from courses.models import Booking, Course, Session
from courses.services.register import Mark
from diversion.accounts.models import User
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Programme
from tests.factories import make_booking, make_course, make_referral, make_requirement, make_scheme, make_trainer


def make_running_course(*, people: int = 1, sessions: int = 1, started: timedelta = timedelta(hours=1)) -> Course:
    """A course whose first session started `started` ago, with people on it whose cases are active."""
    scheme = make_scheme()
    course = make_course(scheme.programme, sessions=sessions, starts_in=-started, capacity=40)
    for _ in range(people):
        seat(course, scheme=scheme)
    return course


def seat(course: Course, *, scheme: Any = None, **participant: Any) -> Booking:
    """One more person with a confirmed place."""
    scheme = scheme or make_scheme(programme=Programme.objects.get(pk=course.programme_id))
    referral = make_referral(ReferralState.ACTIVE, scheme=scheme, **participant)
    return make_booking(course, make_requirement(referral))


def first_session(course: Course) -> Session:
    return course.sessions.get(position=1)


def trainer_of(session: Session) -> User:
    return make_trainer(session.course.provider, session)


def mark(booking: Booking, outcome: str = OutcomeCode.ATTC, *, late: int = 0) -> Mark:
    seen = IdentitySeen.PASSPORT if outcome not in {OutcomeCode.UAAB, OutcomeCode.REFL} else IdentitySeen.NOT_SEEN
    return Mark(booking.pk, OutcomeCode(outcome), seen, late)


def typed(*bookings: Booking, shown: list[Booking] | None = None, **fields: str) -> dict[str, Any]:
    """The register as a browser posts it: everyone attended unless `fields` say otherwise."""
    keys = [booking.public_id for booking in (bookings if shown is None else shown)]
    return {"shown": keys, "everyone_else": "on", "identity": "passport", "sure": "on", **fields}
