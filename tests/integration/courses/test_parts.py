"""Who goes on after a miss searches, books, is reminded and is expected for the sessions that they lack, and no others (rule 17)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from courses.cascade import Later
from courses.enums import BookingState, IdentitySeen, OutcomeCode, WaitingState
from courses.models import Attendance, Booking, Course
from courses.policies import CourseEndsTooLate, CourseHasBegun, CourseIsNotOpen, CourseStartsTooLate
from courses.queries.calendar import calendar_of
from courses.queries.late_registers import cases_waiting
from courses.queries.progress import part_to_book
from courses.queries.registers import expected_people, people_on, sessions_to_mark
from courses.queries.rescheduling import move_of
from courses.queries.search import Criteria, best_alternatives, courses_that_fit
from courses.services.announcements import announce_new_times
from courses.services.booking import confirm_place, hold_place
from courses.services.moving import hold_for_move
from courses.services.register import RegisterHasChanged, submit_register
from courses.services.rescheduling import move_session
from courses.services.waiting import join_for_course
from courses.services.waiting_offers import sweep
from diversion.compliance.invariants import broken
from diversion.compliance.queries.caseload import cases, row, with_parts
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import CompletionPolicy, RequirementState, TaskKind
from diversion.referrals.models import BankHoliday, CaseTask, Programme, Requirement
from tests.factories import make_booking, make_course, make_full_course, make_wait
from tests.integration.register.registers import mark, trainer_of
from tests.integration.register.test_policies import LONG_PAST, run, under
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
RUNS = timedelta(days=-3)
"""Since then a course has had its first session of three; its second is in four days."""


@pytest.fixture
def goes_on() -> Requirement:
    """Attended the first of three sessions nine weeks ago and missed the second: the second and the third are lacking."""
    requirement = under(CompletionPolicy.REJOIN, rejoin_weeks=12)
    run(requirement, "am", starts_in=LONG_PAST)
    return requirement


def found(requirement: Requirement) -> list[Course]:
    return list(courses_that_fit(requirement=requirement, criteria=Criteria(), at=clock.now()))


def must_finish_by(requirement: Requirement, day: date) -> None:
    requirement.complete_by, requirement.book_by = day, clock.today()
    requirement.save(update_fields=["complete_by", "book_by"])


def programme_of(requirement: Requirement) -> Programme:
    return Programme.objects.get(pk=requirement.programme_id)


def running(requirement: Requirement, **fields: object) -> Course:
    return make_course(programme_of(requirement), **{"sessions": 3, "starts_in": RUNS, "price_pence": 10000, **fields})


def place(requirement: Requirement, course: Course) -> Booking:
    booking = hold_place(course=course, requirement=requirement, by=BY, at=clock.now())
    return confirm_place(booking_id=booking.pk, by=BY, at=clock.now())


def test_courses_under_way_are_found_that_are_still_to_come_to_the_session(goes_on: Requirement) -> None:
    under_way = running(goes_on)
    to_come = running(goes_on, starts_in=timedelta(days=5))
    past_it = running(goes_on, starts_in=timedelta(days=-9))
    shorter = running(goes_on, sessions=1, starts_in=timedelta(days=5))
    assert found(goes_on) == [under_way, to_come]
    with pytest.raises(CourseHasBegun):
        hold_place(course=past_it, requirement=goes_on, by=BY, at=clock.now())
    with pytest.raises(CourseIsNotOpen):
        hold_place(course=shorter, requirement=goes_on, by=BY, at=clock.now())


def test_who_missed_nothing_finds_no_course_under_way() -> None:
    requirement = under(CompletionPolicy.REJOIN, rejoin_weeks=12)
    running(requirement)
    assert found(requirement) == []


def test_the_day_until_which_one_may_go_on_bounds_the_search(goes_on: Requirement) -> None:
    missed = Booking.objects.get(requirement=goes_on).course.sessions.get(position=2)
    until = clock.day_of(missed.ends_at) + timedelta(weeks=12)
    starts_in = clock.london(until + timedelta(days=1), 10) - timedelta(weeks=1) - clock.now()
    too_late = running(goes_on, starts_in=starts_in)
    in_time = running(goes_on, starts_in=starts_in - timedelta(days=1))
    must_finish_by(goes_on, until + timedelta(weeks=8))
    assert found(goes_on) == [in_time]
    with pytest.raises(CourseStartsTooLate):
        hold_place(course=too_late, requirement=goes_on, by=BY, at=clock.now())


def test_after_that_day_a_course_is_begun_anew() -> None:
    goes_on = under(CompletionPolicy.REJOIN, rejoin_weeks=1)
    run(goes_on, "am", starts_in=LONG_PAST)
    running(goes_on)
    to_come = running(goes_on, starts_in=timedelta(days=5))
    assert found(goes_on) == [to_come]
    assert hold_place(course=to_come, requirement=goes_on, by=BY, at=clock.now()).positions is None


def test_the_date_is_asked_of_the_last_session_that_is_lacking() -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    run(requirement, "ama", starts_in=LONG_PAST)
    course = running(requirement)
    second, third = course.sessions.get(position=2), course.sessions.get(position=3)
    must_finish_by(requirement, clock.day_of(second.ends_at))
    assert clock.day_of(third.ends_at) > requirement.complete_by
    assert found(requirement) == [course]
    assert hold_place(course=course, requirement=requirement, by=BY, at=clock.now()).positions == [2]
    assert "a live booking's sessions end in time" not in broken()


def test_too_late_is_too_late_for_a_part_as_well(goes_on: Requirement) -> None:
    course = running(goes_on)
    last = course.sessions.get(position=3)
    must_finish_by(goes_on, clock.day_of(last.ends_at) - timedelta(days=1))
    assert found(goes_on) == []
    with pytest.raises(CourseEndsTooLate):
        hold_place(course=course, requirement=goes_on, by=BY, at=clock.now())


def test_the_place_is_for_what_is_lacking_at_its_share_of_the_price(goes_on: Requirement) -> None:
    booking = place(goes_on, running(goes_on, starts_in=timedelta(days=9)))
    assert (booking.positions, booking.price_pence) == ([2, 3], 6666)
    reminded = OutboxMessage.objects.filter(kind="session-reminder").values_list("subject_id", flat=True)
    assert set(reminded) == set(booking.course.sessions.filter(position__in=[2, 3]).values_list("pk", flat=True))
    assert calendar_of(booking).count(b"BEGIN:VEVENT") == 2


def test_the_register_expects_them_at_their_sessions_alone_and_they_complete(goes_on: Requirement) -> None:
    course = running(goes_on)
    booking = place(goes_on, course)
    other = make_booking(course)
    first, second, third = course.sessions.all()
    trainer = trainer_of(first)
    second.trainers.add(trainer)
    assert {person.booking_id for person in expected_people(first)} == {other.pk}
    assert {person.booking_id for person in expected_people(second)} == {other.pk, booking.pk}
    assert people_on(first) == [other]
    for session, people in ((first, 1), (second, 2)):
        shown = sessions_to_mark(trainer, at=session.starts_at)
        assert [each.people for each in shown if each == session] == [people]
    with pytest.raises(RegisterHasChanged):
        submit_register(session=first, marks=[mark(other), mark(booking)], user=trainer, by=BY, at=clock.now())
    submit_register(session=first, marks=[mark(other)], user=trainer, by=BY, at=clock.now())
    for session in (second, third):
        marks = [mark(other), mark(booking)]
        submit_register(session=session, marks=marks, user=trainer, by=BY, at=session.ends_at)
    booking.refresh_from_db()
    goes_on.refresh_from_db()
    assert (booking.state, goes_on.state) == (BookingState.COMPLETED, RequirementState.MET)
    assert goes_on.met_on == clock.day_of(third.ends_at)


def test_nobody_waits_for_the_register_of_a_session_that_is_not_theirs(goes_on: Requirement) -> None:
    course = running(goes_on, starts_in=timedelta(days=-5))
    place(goes_on, course)
    waiting = {wait.session_id for wait in cases_waiting(at=clock.now() + timedelta(weeks=5), most=10)}
    assert waiting == set(course.sessions.filter(position__in=[2, 3]).values_list("pk", flat=True))


def test_the_database_refuses_a_mark_of_a_session_that_the_place_is_not_for(goes_on: Requirement) -> None:
    course = running(goes_on)
    booking = place(goes_on, course)
    elsewhere = running(goes_on, starts_in=timedelta(days=-3))
    for session in (course.sessions.get(position=1), elsewhere.sessions.get(position=2)):
        row = Attendance(
            booking=booking, session=session, outcome=OutcomeCode.ATTC, identity_seen=IdentitySeen.PASSPORT,
            occurred_at=session.starts_at, recorded_at=session.ends_at, recorded_by=trainer_of(course.sessions.get(position=3)),
        )  # fmt: skip
        with pytest.raises(IntegrityError, match="not for this session"), transaction.atomic():
            row.save(force_insert=True)


def test_a_move_keeps_the_sessions_and_their_share(goes_on: Requirement) -> None:
    booking = place(goes_on, running(goes_on))
    other = running(goes_on, starts_in=timedelta(days=-2), price_pence=9000)
    new = hold_for_move(booking=booking, course=other, by=BY, at=clock.now())
    assert (new.positions, new.price_pence) == ([2, 3], 6000)


def test_a_place_that_has_not_come_to_its_session_can_still_be_left(goes_on: Requirement) -> None:
    place(goes_on, running(goes_on))
    page = sign_in(Client(), goes_on.referral.participant.user).get(reverse("my-home")).content.decode()
    assert "Move to another course" in page


def test_the_provider_moves_a_session_that_is_not_theirs_and_they_hear_nothing(goes_on: Requirement) -> None:
    course = running(goes_on, starts_in=timedelta(days=2))
    booking = place(goes_on, course)
    first, second = course.sessions.get(position=1), course.sessions.get(position=2)
    apart = move_of(course=course, position=1, to=first.starts_at + timedelta(hours=1), later=Later.STAY, at=clock.now())
    theirs = move_of(course=course, position=2, to=second.starts_at + timedelta(hours=1), later=Later.STAY, at=clock.now())
    assert (list(apart.places), list(theirs.places)) == ([], [booking])
    announce_new_times(bookings=[booking], moved=[first], at=clock.now())
    assert not OutboxMessage.objects.filter(kind="time-changed").exists()


def test_only_who_would_end_late_is_late(goes_on: Requirement) -> None:
    course = running(goes_on)
    booking = place(goes_on, course)
    second, third = course.sessions.get(position=2), course.sessions.get(position=3)
    must_finish_by(goes_on, clock.day_of(third.ends_at))
    later = move_of(course=course, position=3, to=third.starts_at + timedelta(days=1), later=Later.STAY, at=clock.now())
    within = move_of(course=course, position=2, to=second.starts_at + timedelta(days=1), later=Later.STAY, at=clock.now())
    assert (list(later.late), list(within.late)) == ([booking], [])


def test_who_would_come_too_late_to_go_on_is_late_too(goes_on: Requirement) -> None:
    BankHoliday.objects.all().delete()  # or on some days of the year the session could not go there
    course = running(goes_on)
    booking = place(goes_on, course)
    second, until = course.sessions.get(position=2), part_to_book(goes_on, at=clock.now()).until
    assert until is not None
    weeks = (until - clock.day_of(second.starts_at)).days // 7
    to = [second.starts_at + timedelta(weeks=each) for each in (weeks, weeks + 1)]
    kept, lost = (move_of(course=course, position=2, to=each, later=Later.FOLLOW, at=clock.now()) for each in to)
    assert ([*kept.late], [*lost.late]) == ([], [booking])
    move_session(
        session=second, to=to[1], later=Later.FOLLOW, fingerprint=lost.fingerprint, ask_officers=True, by=BY, at=clock.now()
    )  # fmt: skip
    task = CaseTask.objects.get(kind=TaskKind.SERVICE_FAILURE)
    assert (task.subject_id, "too late for what they attended before to count" in task.detail) == (booking.pk, True)


def test_messages_tell_the_start_of_their_own_first_session(goes_on: Requirement) -> None:
    course = running(goes_on)
    booking = place(goes_on, course)
    person, first, second = goes_on.referral.participant_id, *course.sessions.all()[:2]
    told = {"recipient_id": person, "at": clock.now() - timedelta(days=4)}
    confirmed = MESSAGES["booking-confirmed"].context(subject_id=booking.pk, **told)
    assert confirmed is not None
    assert confirmed["starts_at"] == second.starts_at
    changed = MESSAGES["time-changed"].context(subject_id=booking.pk, **told)
    assert changed is not None
    assert changed["starts_at"] == second.starts_at
    assert MESSAGES["session-reminder"].context(subject_id=first.pk, **told) is None
    assert MESSAGES["session-reminder"].context(subject_id=second.pk, **told)


def test_the_waiting_list_offers_the_part(goes_on: Requirement) -> None:
    course = make_full_course(programme_of(goes_on), sessions=3, price_pence=9000)
    make_wait(course, goes_on)
    Course.objects.filter(pk=course.pk).update(capacity=course.capacity + 1)
    assert sweep(at=clock.london(clock.today() + timedelta(days=1), 10)) == 1
    offered = Booking.objects.get(requirement=goes_on, state=BookingState.HELD)
    assert (offered.positions, offered.price_pence) == ([2, 3], 6000)


def test_a_wait_for_a_part_that_ends_in_time_goes_on_and_is_served_though_the_course_ends_too_late() -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    run(requirement, "maa", starts_in=LONG_PAST)
    course = make_full_course(programme_of(requirement), sessions=3)
    must_finish_by(requirement, clock.day_of(course.sessions.get(position=1).ends_at))
    entry = join_for_course(course=course, requirement=requirement, by=BY, at=clock.now())
    tomorrow = clock.london(clock.today() + timedelta(days=1), 10)
    assert sweep(at=tomorrow) == 0
    entry.refresh_from_db()
    assert entry.state == WaitingState.JOINED
    Course.objects.filter(pk=course.pk).update(capacity=course.capacity + 1)
    assert sweep(at=tomorrow) == 1
    assert Booking.objects.get(requirement=requirement, state=BookingState.HELD).positions == [1]


def test_a_wait_for_a_part_of_a_course_that_begins_too_late_ends() -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    run(requirement, "maa", starts_in=LONG_PAST)
    course = make_full_course(programme_of(requirement), sessions=3)
    entry = make_wait(course, requirement)
    must_finish_by(requirement, clock.day_of(course.first_starts_at) - timedelta(days=1))
    sweep(at=clock.now())
    entry.refresh_from_db()
    assert entry.state == WaitingState.ENDED


def test_the_person_reads_which_sessions_and_the_price(goes_on: Requirement) -> None:
    course = running(goes_on)
    client = sign_in(Client(), goes_on.referral.participant.user)
    listed = client.get(reverse("course-find")).content.decode()
    assert "You need sessions 2 and 3. What you attended before still counts." in listed
    assert "2 sessions" in listed
    assert "£66.66" in listed
    checked = client.get(reverse("course-check", args=[course.public_id])).content.decode()
    assert "Keep this place and pay £66.66" in checked
    assert "Session 1" not in checked
    [alternative] = best_alternatives(goes_on, at=clock.now())
    assert alternative.begins_at == course.sessions.get(position=2).starts_at


def test_the_officer_sees_their_next_session_and_the_end_that_counts(goes_on: Requirement) -> None:
    course = running(goes_on)
    place(goes_on, course)
    referral = with_parts(cases(goes_on.referral.officer)).get(pk=goes_on.referral_id)
    line = row(referral, at=clock.now())
    assert line.next_session == course.sessions.get(position=2)


def test_a_session_behind_their_last_makes_nobody_late() -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    run(requirement, "ama", starts_in=LONG_PAST)
    course = running(requirement)
    second = course.sessions.get(position=2)
    must_finish_by(requirement, clock.day_of(second.ends_at))
    place(requirement, course)
    earlier = second.starts_at - timedelta(hours=1)
    moved = move_of(course=course, position=2, to=earlier, later=Later.STAY, at=clock.now())
    assert (len(moved.places), list(moved.late)) == (1, [])


def test_what_stops_counting_before_their_session_comes_ends_the_place_and_asks_the_officer() -> None:
    """The provider moved the session beyond the longest gap. The course has the other sessions too, but they have no place there."""
    BankHoliday.objects.all().delete()
    requirement = under(CompletionPolicy.CATCH_UP, longest_gap_weeks=12)
    run(requirement, "ama", starts_in=LONG_PAST)
    course, at = make_course(requirement.programme, sessions=3), clock.now()
    booking = hold_place(course=course, requirement=requirement, by=BY, at=at)
    confirm_place(booking_id=booking.pk, by=BY, at=at)
    assert booking.positions == [2]
    second = course.sessions.get(position=2)
    wish = {"to": second.starts_at + timedelta(weeks=4), "later": Later.FOLLOW}
    shown = move_of(course=course, position=2, **wish, at=at).fingerprint
    move_session(session=second, **wish, fingerprint=shown, ask_officers=True, by=BY, at=at)
    second.refresh_from_db()
    trainer = trainer_of(second)
    submit_register(session=second, marks=[mark(booking)], user=trainer, by=BY, at=second.ends_at)
    booking.refresh_from_db()
    assert booking.state == BookingState.NOT_COMPLETED
    assert CaseTask.objects.filter(kind=TaskKind.NEEDS_DECISION, subject_id=booking.pk).exists()
