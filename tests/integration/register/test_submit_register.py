"""The register and what follows from it, through the service."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from courses.enums import BookingState, CourseState
from courses.models import Attendance, Certificate
from courses.register_rules import (
    CourseIsNotRunning,
    RegisterIsAlreadySubmitted,
    RegisterIsNotOpenYet,
    SessionHasNotBegun,
)
from courses.services.register import LatenessIsMissing, OutcomeIsNotYours, RegisterHasChanged, submit_register
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState, RequirementState, TaskKind
from diversion.referrals.models import CaseTask
from tests.factories import make_booking, make_course, make_user
from tests.integration.register.registers import first_session, make_running_course, mark, seat, trainer_of

pytestmark = pytest.mark.django_db


def submit(session, *marks, at=None, user=None):
    user = user or trainer_of(session)
    return submit_register(session=session, marks=marks, user=user, by=user.as_actor(), at=at or clock.now())


def reloaded(booking):
    booking.refresh_from_db()
    booking.requirement.refresh_from_db()
    booking.requirement.referral.refresh_from_db()
    return booking


def test_attending_the_only_session_completes_and_meets_the_requirement():
    course = make_running_course()
    booking = course.bookings.get()
    submit(first_session(course), mark(booking))
    reloaded(booking)
    day = clock.day_of(course.last_ends_at)
    assert booking.state == BookingState.COMPLETED
    assert (booking.requirement.state, booking.requirement.met_on) == (RequirementState.MET, day)
    assert booking.requirement.referral.state == ReferralState.COMPLIED
    assert Certificate.objects.get(booking=booking).completed_on == day
    course.refresh_from_db()
    assert course.state == CourseState.CLOSED
    kinds = OutboxMessage.objects.filter(case_id=booking.requirement.referral_id).values_list("kind", flat=True)
    assert set(kinds) == {"certificate-ready"}


@pytest.mark.parametrize("outcome", ["AFTC", "ATSH", "REFL", "UAAB"])
def test_a_miss_asks_an_officer_and_decides_nothing(outcome):
    course = make_running_course()
    booking = course.bookings.get()
    submit(first_session(course), mark(booking, outcome, late=20 if outcome == "REFL" else 0))
    reloaded(booking)
    assert booking.state == BookingState.NOT_COMPLETED
    assert booking.requirement.state == RequirementState.IN_PROGRESS
    assert booking.requirement.referral.state == ReferralState.ACTIVE
    task = CaseTask.objects.get(referral=booking.requirement.referral)
    assert (task.kind, task.subject_id, task.done_at) == (TaskKind.NEEDS_DECISION, booking.pk, None)
    assert task.detail.startswith("Session 1 of 1: ")
    assert ("Minutes late: 20." in task.detail) == (outcome == "REFL")
    kinds = OutboxMessage.objects.filter(case_id=booking.requirement.referral_id).values_list("kind", flat=True)
    assert set(kinds) == {"session-missed"}
    assert not Certificate.objects.exists()


def test_the_first_of_two_sessions_settles_nothing_and_the_second_completes():
    course = make_running_course(sessions=2, started=timedelta(days=7, hours=1))
    booking = course.bookings.get()
    first, second = course.sessions.all()
    submit(first, mark(booking))
    assert reloaded(booking).state == BookingState.CONFIRMED
    course.refresh_from_db()
    assert course.state == CourseState.PUBLISHED
    submit(second, mark(booking))
    assert reloaded(booking).state == BookingState.COMPLETED
    assert booking.requirement.met_on == clock.day_of(second.ends_at)
    course.refresh_from_db()
    assert course.state == CourseState.CLOSED


def test_who_missed_the_first_session_is_not_on_the_register_of_the_second():
    course = make_running_course(people=2, sessions=2, started=timedelta(days=7, hours=1))
    came, missed = course.bookings.order_by("pk")
    first, second = course.sessions.all()
    submit(first, mark(came), mark(missed, "UAAB"))
    with pytest.raises(RegisterHasChanged):
        submit(second, mark(came), mark(missed))
    submit(second, mark(came))
    assert (reloaded(came).state, reloaded(missed).state) == (BookingState.COMPLETED, BookingState.NOT_COMPLETED)


def test_the_second_of_two_submissions_is_refused_and_changes_nothing():
    course = make_running_course()
    booking, session = course.bookings.get(), first_session(course)
    submit(session, mark(booking))
    with pytest.raises(RegisterIsAlreadySubmitted):
        submit(session, mark(booking, "UAAB"))
    assert Attendance.objects.get().outcome == "ATTC"


def test_a_register_waits_for_its_session():
    course = make_running_course(started=timedelta(hours=-2))
    booking, session = course.bookings.get(), first_session(course)
    for minutes, refusal in ((31, RegisterIsNotOpenYet), (30, SessionHasNotBegun), (1, SessionHasNotBegun)):
        with pytest.raises(refusal):
            submit(session, mark(booking), at=session.starts_at - timedelta(minutes=minutes))
    submit(session, mark(booking), at=session.starts_at)
    assert Attendance.objects.get().recorded_at == session.starts_at


@pytest.mark.parametrize("state", [CourseState.DRAFT, CourseState.CANCELLED])
def test_a_course_that_does_not_run_has_no_register(state):
    course = make_course(starts_in=-timedelta(hours=1), state=state)
    with pytest.raises(CourseIsNotRunning):
        submit(first_session(course))


def test_a_register_is_for_exactly_the_people_with_a_place():
    course = make_running_course(people=2)
    one, two = course.bookings.order_by("pk")
    make_booking(course, seat(make_running_course()).requirement, state=BookingState.LAPSED)
    session = first_session(course)
    for marks in ([mark(one)], [mark(one), mark(one)], [mark(one), mark(two), mark(make_booking())]):
        with pytest.raises(RegisterHasChanged):
            submit(session, *marks)
    assert not Attendance.objects.exists()


def test_refused_entry_needs_the_minutes():
    course = make_running_course()
    with pytest.raises(LatenessIsMissing):
        submit(first_session(course), mark(course.bookings.get(), "REFL"))


def test_an_officer_may_not_record_a_providers_outcome():
    course = make_running_course()
    with pytest.raises(OutcomeIsNotYours):
        submit(first_session(course), mark(course.bookings.get()), user=make_user(Role.CASE_OFFICER))


def test_a_case_that_ended_before_the_register_came_in_does_not_stop_the_register():
    course = make_running_course(people=2)
    one, two = course.bookings.order_by("pk")
    requirement = one.requirement
    type(requirement).objects.filter(pk=requirement.pk).update(state=RequirementState.NOT_MET)
    submit(first_session(course), mark(one), mark(two))
    assert (reloaded(one).state, one.requirement.state) == (BookingState.COMPLETED, RequirementState.NOT_MET)
    assert reloaded(two).requirement.state == RequirementState.MET
    assert CaseTask.objects.get().referral_id == requirement.referral_id


def test_each_mark_is_on_its_case_with_when_it_happened_and_when_it_was_told():
    course = make_running_course(people=2)
    session = first_session(course)
    later = session.starts_at + timedelta(hours=26)
    submit(session, *[mark(booking) for booking in course.bookings.all()], at=later)
    rows = AuditEvent.objects.filter(action="attendance.recorded")
    assert {row.case_id for row in rows} == {booking.requirement.referral_id for booking in course.bookings.all()}
    assert {(row.occurred_at, row.recorded_at) for row in rows} == {(session.starts_at, later)}


def test_nobody_on_the_course_still_closes_it():
    course = make_running_course(people=0)
    submit(first_session(course))
    course.refresh_from_db()
    assert course.state == CourseState.CLOSED


def test_a_message_after_an_evening_session_waits_for_the_morning():
    course = make_running_course()
    night = clock.london(clock.day_of(clock.now()) + timedelta(days=1), 21, 30)
    submit(first_session(course), mark(course.bookings.get()), at=night)
    assert {clock.london_wall(row.due_at).hour for row in OutboxMessage.objects.all()} == {8}


@pytest.mark.parametrize("change", [{"outcome": "UAAB"}, {"minutes_late": 5}, {"identity_seen": "not-seen"}])
def test_the_database_lets_nobody_change_a_mark(change):
    course = make_running_course()
    submit(first_session(course), mark(course.bookings.get()))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Attendance.objects.update(**change)


def test_the_database_lets_nobody_delete_a_mark():
    course = make_running_course()
    submit(first_session(course), mark(course.bookings.get()))
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Attendance.objects.all().delete()


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("first_mark_once", {}),
        ("outcome_known", {"outcome": "XXXX", "amended": True}),
        ("identity_known", {"identity_seen": "a wink", "amended": True}),
        ("not_before", {"recorded": timedelta(seconds=-1), "amended": True}),
    ],
)
def test_the_database_refuses_a_mark_that_cannot_be(constraint, fields):
    course = make_running_course()
    session, booking = first_session(course), course.bookings.get()
    submit(session, mark(booking))
    first = Attendance.objects.get()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Attendance.objects.create(
            booking=booking, session=session, outcome=fields.get("outcome", "ATTC"),
            identity_seen=fields.get("identity_seen", "passport"), occurred_at=session.starts_at,
            recorded_at=session.starts_at + fields.get("recorded", timedelta()), recorded_by=first.recorded_by,
            amends=first if fields.get("amended") else None,
        )  # fmt: skip


def test_sending_24_marks_costs_a_bounded_number_of_queries(django_assert_max_num_queries):
    course = make_running_course(people=24)
    session = first_session(course)
    trainer, bookings = trainer_of(session), list(course.bookings.all())
    assert trainer.membership  # read once a request, before this
    with django_assert_max_num_queries(24 * 31 + 20):
        submit(session, *[mark(booking) for booking in bookings], user=trainer)
