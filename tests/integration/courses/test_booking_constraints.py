"""The database refuses the impossible, whoever asks: every constraint of courses, sessions and bookings is attacked."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import F

from courses.enums import BookingState, CourseState
from courses.lifecycle import BOOKING, COURSE
from courses.models import Booking, Course, ProviderLicence, Session, SessionTemplate
from diversion.core import clock
from tests.factories import (
    make_booking,
    make_course,
    make_programme,
    make_provider,
    make_requirement,
    make_session,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"taken": F("capacity") + 1}, "never_oversold"),
        ({"taken": -1}, "taken_check"),
        ({"capacity": 0}, "has_places"),
        ({"last_ends_at": F("first_starts_at")}, "ends_after_it_starts"),
        ({"price_pence": -1}, "price_pence_check"),
    ],
)
def test_a_course_cannot_be(broken: dict[str, Any], constraint: str) -> None:
    course = make_course()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(**broken)


def test_a_course_or_a_booking_is_not_born_in_an_unknown_state() -> None:
    with pytest.raises(IntegrityError, match="courses_course_state_is_known"), transaction.atomic():
        make_course(state="dreamt")
    with pytest.raises(IntegrityError, match="courses_booking_state_is_known"), transaction.atomic():
        make_booking(state="dreamt")


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"confirmed_at": None}, "confirmed_has_time"),
        ({"held_until": F("held_at")}, "hold_ends_after_start"),
        ({"price_pence": -1}, "price_pence_check|flexible_within_price"),
        ({"flexible_pence": 8501}, "flexible_within_price"),
        ({"move_cause": "participant"}, "move_has_cause"),
    ],
)
def test_a_booking_cannot_be(broken: dict[str, Any], constraint: str) -> None:
    booking = make_booking()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(**broken)


@pytest.mark.parametrize("first", [BookingState.HELD, BookingState.CONFIRMED])
@pytest.mark.parametrize("second", [BookingState.HELD, BookingState.CONFIRMED])
def test_a_requirement_has_one_live_booking(first: str, second: str) -> None:
    requirement = make_requirement()
    make_booking(requirement=requirement, state=first)
    with pytest.raises(IntegrityError, match="one_live_per_requirement"), transaction.atomic():
        make_booking(requirement=requirement, state=second)


@pytest.mark.parametrize("ended", sorted(set(BookingState) - {BookingState.HELD, BookingState.CONFIRMED}))
def test_a_requirement_may_be_booked_again_after_a_booking_ended(ended: str) -> None:
    requirement = make_requirement()
    make_booking(requirement=requirement, state=ended)
    assert make_booking(requirement=requirement).state == BookingState.CONFIRMED


def test_a_booking_is_superseded_once() -> None:
    old = make_booking(state=BookingState.SUPERSEDED)
    make_booking(supersedes=old)
    with pytest.raises(IntegrityError, match="superseded_once"), transaction.atomic():
        make_booking(supersedes=old)


def test_beside_a_place_is_one_hold_of_a_move_at_a_time() -> None:
    old = make_booking()
    make_booking(requirement=old.requirement, supersedes=old, state=BookingState.HELD)
    with pytest.raises(IntegrityError, match="one_move_at_a_time"), transaction.atomic():
        make_booking(requirement=old.requirement, supersedes=old, state=BookingState.HELD)


def test_a_hold_that_supersedes_nothing_is_no_move() -> None:
    old = make_booking()
    with pytest.raises(IntegrityError, match="one_live_per_requirement"), transaction.atomic():
        make_booking(requirement=old.requirement, state=BookingState.HELD)


@pytest.mark.parametrize("old", list(BookingState))
@pytest.mark.parametrize("new", list(BookingState))
def test_a_booking_moves_only_as_its_table_says(old: BookingState, new: BookingState) -> None:
    booking = make_booking(state=old, confirmed_at=clock.now())
    rows = Booking.objects.filter(pk=booking.pk)
    if old == new or BOOKING.allows(old, new):
        assert rows.update(state=new) == 1
        return
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        rows.update(state=new)


@pytest.mark.parametrize("old", list(CourseState))
@pytest.mark.parametrize("new", list(CourseState))
def test_a_course_moves_only_as_its_table_says(old: CourseState, new: CourseState) -> None:
    rows = Course.objects.filter(pk=make_course(state=old).pk)
    if old == new or COURSE.allows(old, new):
        assert rows.update(state=new) == 1
        return
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        rows.update(state=new)


def test_a_course_has_one_session_at_each_position_and_a_session_ends_after_it_starts() -> None:
    course = make_course()
    with pytest.raises(IntegrityError, match="courses_session_position"), transaction.atomic():
        make_session(course, 1, clock.now())
    with pytest.raises(IntegrityError, match="courses_session_ends_after_it_starts"), transaction.atomic():
        Session.objects.filter(course=course).update(ends_at=F("starts_at"))


def test_a_register_has_both_its_time_and_its_person() -> None:
    session = make_course().sessions.get()
    with pytest.raises(IntegrityError, match="register_by_and_at"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(register_submitted_at=clock.now())


@pytest.mark.parametrize("words", ["ABCD", "A" * 23, "Speeding*", ""])
def test_what_a_card_statement_shows_is_plain_and_of_the_right_length(words: str) -> None:
    with pytest.raises(Exception, match=r"descriptor_5_to_22|too long"), transaction.atomic():
        make_provider(statement_descriptor=words)


def test_a_licence_does_not_end_before_it_starts_and_a_session_plan_has_length_and_order() -> None:
    programme, today = make_programme(), clock.today()
    with pytest.raises(IntegrityError, match="ends_after_start"), transaction.atomic():
        ProviderLicence.objects.create(
            provider=make_provider(), programme=programme, valid_from=today, valid_until=today - timedelta(days=1)
        )
    with pytest.raises(IntegrityError, match="has_length"), transaction.atomic():
        SessionTemplate.objects.create(programme=programme, position=1, title="One", minutes=0)
    SessionTemplate.objects.create(programme=programme, position=1, title="One", minutes=60)
    with pytest.raises(IntegrityError, match="sessiontemplate_position"), transaction.atomic():
        SessionTemplate.objects.create(programme=programme, position=1, title="Two", minutes=60)
