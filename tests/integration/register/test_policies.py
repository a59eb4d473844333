"""What a miss leads to is the scheme's policy, pinned at the offer (rule 17): one judgement for register, task, page, certificate."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking, Certificate, Course
from courses.services.register import submit_register
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import CompletionPolicy, ReferralState, RequirementState
from diversion.referrals.models import CaseTask, Requirement
from diversion.referrals.services.tasks import complete_task
from tests.factories import make_booking, make_course, make_referral, make_requirement, make_scheme, make_user
from tests.integration.register.registers import mark, trainer_of
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
LONG_PAST = -timedelta(weeks=9, hours=1)
PAST = -timedelta(weeks=3, hours=1)


def under(policy: CompletionPolicy, **rules: int) -> Requirement:
    scheme = make_scheme(version={"completion_policy": policy, **rules})
    referral = make_referral(ReferralState.ACTIVE, scheme=scheme)
    return make_requirement(referral)


def run(requirement: Requirement, codes: str, *, starts_in: timedelta, first: int = 1) -> tuple[Booking, Course]:
    """Three weekly sessions, one register after the other: a letter each, from session `first` on; stops when the place ends."""
    course = make_course(requirement.programme, sessions=3, starts_in=starts_in)
    course.sessions.filter(position__lt=first).update(
        register_submitted_at=clock.now(), register_submitted_by=trainer_of(course.sessions.get(position=1))
    )
    booking = make_booking(course, requirement)
    for session, code in zip(course.sessions.filter(position__gte=first), codes, strict=False):
        booking.refresh_from_db()
        if booking.state != BookingState.CONFIRMED:
            break
        trainer = trainer_of(session)
        marks = [mark(booking, "ATTC" if code == "a" else "UAAB")]
        submit_register(session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())
    booking.refresh_from_db()
    requirement.refresh_from_db()
    return booking, course


def detail(requirement: Requirement) -> str:
    return CaseTask.objects.filter(referral=requirement.referral).latest("raised_at").detail


def test_with_catching_up_a_miss_keeps_the_place_and_is_told_to_officer_and_person() -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    booking, _ = run(requirement, "ma", starts_in=PAST)
    assert booking.state == BookingState.CONFIRMED
    assert detail(requirement) == (
        "Session 1 of 3: Did not come, no reason known. They may join another course at session 1."
    )
    message = OutboxMessage.objects.get(kind="session-missed", channel="email")
    context = {"subject_id": booking.pk, "recipient_id": message.recipient_id, "at": clock.now()}
    assert MESSAGES["session-missed"].context(**context) is not None


def send(booking: Booking, position: int, outcome: str) -> None:
    session = booking.course.sessions.get(position=position)
    trainer = trainer_of(session)
    submit_register(session=session, marks=[mark(booking, outcome)], user=trainer, by=trainer.as_actor(), at=clock.now())


@pytest.mark.parametrize(("next_mark", "asked_again"), [("ATTC", 0), ("UAAB", 1)])
def test_what_the_officer_has_answered_is_asked_again_by_another_miss_alone(next_mark: str, asked_again: int) -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    booking, _ = run(requirement, "m", starts_in=LONG_PAST)
    told = OutboxMessage.objects.filter(kind="session-missed", channel="email")
    officer = make_user(Role.CASE_OFFICER, requirement.referral.agency)
    task = CaseTask.objects.get()
    complete_task(task=task, outcome="They will catch up.", user=officer, by=officer.as_actor(), at=clock.now())
    assert told.count() == 1
    send(booking, 2, next_mark)
    assert CaseTask.objects.filter(done_at=None).count() == asked_again
    assert told.count() == 1 + asked_again


def test_what_was_missed_is_caught_up_on_another_course_and_completes() -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    booking, _ = run(requirement, "maa", starts_in=LONG_PAST)
    assert (booking.state, requirement.state) == (BookingState.NOT_COMPLETED, RequirementState.IN_PROGRESS)
    second, course = run(requirement, "a", starts_in=PAST)
    assert (second.state, requirement.state) == (BookingState.COMPLETED, RequirementState.MET)
    assert requirement.met_on == clock.day_of(course.sessions.get(position=1).ends_at)
    assert Certificate.objects.get(booking=second).completed_on == requirement.met_on


def test_another_course_is_rejoined_at_the_session_that_was_missed() -> None:
    requirement = under(CompletionPolicy.REJOIN, rejoin_weeks=12)
    booking, course = run(requirement, "am", starts_in=LONG_PAST)
    assert booking.state == BookingState.NOT_COMPLETED
    until = clock.day_of(course.sessions.get(position=2).ends_at) + timedelta(weeks=12)
    assert detail(requirement).endswith(f"They may join another course at session 2 until {until:%-d %B %Y}.")
    second, _ = run(requirement, "aa", starts_in=PAST, first=2)
    assert (second.state, requirement.state) == (BookingState.COMPLETED, RequirementState.MET)


@pytest.mark.parametrize("policy", [CompletionPolicy.ALL_IN_ORDER, CompletionPolicy.RESTART])
def test_elsewhere_a_course_stands_alone(policy: CompletionPolicy) -> None:
    requirement = under(policy)
    run(requirement, "aam", starts_in=LONG_PAST)
    assert ("They may join another course at session 1." in detail(requirement)) == (policy == CompletionPolicy.RESTART)
    second, _ = run(requirement, "a", starts_in=PAST, first=3)
    assert (second.state, requirement.state) == (BookingState.NOT_COMPLETED, RequirementState.IN_PROGRESS)


def test_what_was_attended_too_long_before_counts_no_more() -> None:
    requirement = under(CompletionPolicy.CATCH_UP, longest_gap_weeks=2)
    run(requirement, "maa", starts_in=LONG_PAST)
    second, _ = run(requirement, "a", starts_in=PAST)
    assert (second.state, requirement.state) == (BookingState.CONFIRMED, RequirementState.IN_PROGRESS)


def test_the_person_reads_where_to_go_on() -> None:
    requirement = under(CompletionPolicy.REJOIN, rejoin_weeks=12)
    run(requirement, "am", starts_in=LONG_PAST)
    page = sign_in(Client(), requirement.referral.participant.user).get(reverse("my-home")).content.decode()
    assert "You can join another course at session 2" in page
