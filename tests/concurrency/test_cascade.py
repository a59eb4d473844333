"""A session moves as places on its course are taken: whoever is first, nobody ends up late without being counted."""

from datetime import timedelta
from functools import partial

import pytest

from courses.cascade import Later
from courses.enums import BookingState
from courses.models import Booking, Course, ProviderLicence, Session
from courses.policies import must_end_before
from courses.queries.rescheduling import move_of
from courses.services.booking import hold_place
from courses.services.rescheduling import move_session
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.models import BankHoliday, CaseTask, Requirement
from tests.concurrency.test_last_place import at_once
from tests.factories import make_course, make_referral, make_requirement, make_scheme, make_user

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(180)]
BY = Actor.system("tests")
WEEK = timedelta(weeks=1)


@pytest.mark.parametrize("round_", range(6))
def test_a_place_taken_during_a_move_is_counted_or_refused(round_: int) -> None:
    """The move would make everybody late. Its author agreed to those who were there; one who comes between stops it."""
    scheme = make_scheme()
    officer = make_user("case-officer", scheme.agency)
    course = make_course(scheme.programme, capacity=20)
    ProviderLicence.objects.update(valid_until=clock.today() + timedelta(days=900))
    wanting = [make_requirement(make_referral("accepted", scheme=scheme, officer=officer)) for _ in range(6)]
    ends_on = clock.day_of(course.last_ends_at)
    Requirement.objects.update(complete_by=ends_on + timedelta(days=1), book_by=clock.today())
    at = clock.now()
    there = hold_place(course=course, requirement=wanting[0], by=BY, at=at)
    session = course.sessions.get()
    to = _open_day(session)
    seen = move_of(course=course, position=1, to=to, later=Later.FOLLOW, at=at)
    assert [place.pk for place in seen.late] == [there.pk]
    move = partial(
        move_session,
        session=session,
        to=to,
        later=Later.FOLLOW,
        fingerprint=seen.fingerprint,
        ask_officers=True,
        by=BY,
        at=at,
    )
    holds = [partial(hold_place, course=course, requirement=requirement, by=BY, at=at) for requirement in wanting[1:]]
    moved, *held = at_once([move, *holds])
    after = Course.objects.get(pk=course.pk)
    late = {
        place.pk
        for place in Booking.objects.filter(course=course, state=BookingState.HELD).select_related("requirement")
        if after.last_ends_at >= must_end_before(place.requirement)
    }
    assert late == set(CaseTask.objects.filter(kind="service-failure").values_list("subject_id", flat=True))
    if moved == "yes":
        assert (set(held), late) == ({"CourseEndsTooLate"}, {there.pk})
    else:
        assert (moved, late) == ("MoveHasChanged", set())
        assert "yes" in held


def test_the_same_move_pressed_eight_times_is_made_once() -> None:
    course = make_course(sessions=2)
    session = course.sessions.get(position=1)
    at, to = clock.now(), _open_day(session)
    seen = move_of(course=course, position=1, to=to, later=Later.FOLLOW, at=at)
    move = partial(
        move_session,
        session=session,
        to=to,
        later=Later.FOLLOW,
        fingerprint=seen.fingerprint,
        ask_officers=False,
        by=BY,
        at=at,
    )
    assert at_once([move] * 8) == ["yes"] * 8
    assert set(course.sessions.values_list("sequence", flat=True)) == {1}


def _open_day(session: Session) -> object:
    """A week or more later, on no bank holiday."""
    to = session.starts_at + WEEK
    while BankHoliday.objects.filter(day=clock.day_of(to)).exists():
        to += WEEK
    return to
