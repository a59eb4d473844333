"""Changing a mark after the register was sent: both values are kept, and what follows from it follows at once (C12)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState, IdentitySeen, OutcomeCode
from courses.models import Attendance, Booking, Certificate
from courses.services.amendment import (
    AmendmentNeedsReason,
    CaseHasEnded,
    MarkWasAmended,
    NothingIsDifferent,
    amend_mark,
)
from courses.services.booking import hold_place
from courses.services.register import ArrivalIsAhead, LatenessIsMissing, Mark, submit_register
from diversion.accounts.enums import Role
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.compliance.invariants import broken
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import CompletionPolicy, ReferralState, RequirementState, TaskKind
from diversion.referrals.models import CaseTask
from diversion.referrals.services.tasks import complete_task
from tests.factories import make_course, make_trainer, make_user
from tests.integration.register.registers import first_session, make_running_course, mark, seat, trainer_of
from tests.integration.register.test_policies import LONG_PAST, PAST, run, under
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
WHY = "I had mixed up two people."


def sent(outcome: str, **course: Any) -> Booking:
    """One person, whose first session's register was sent with this outcome."""
    running = make_running_course(**course)
    booking = running.bookings.get()
    send(booking, outcome)
    return booking


def send(booking: Booking, outcome: str, position: int = 1) -> None:
    session = booking.course.sessions.get(position=position)
    trainer = trainer_of(session)
    marks = [mark(booking, outcome, late=20 if outcome == "REFL" else 0)]
    submit_register(session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())
    booking.refresh_from_db()


def amend(booking: Booking, outcome: str, *, position: int = 1, **values: Any) -> Attendance:
    session = booking.course.sessions.get(position=position)
    seen = values.pop("seen", None) or Attendance.objects.that_count().get(booking=booking, session=session)
    admin = make_user(Role.PROVIDER_ADMINISTRATOR, booking.course.provider.organisation)
    reason = values.pop("reason", WHY)
    new = Mark(booking.pk, OutcomeCode(outcome), IdentitySeen.PASSPORT, values.pop("late", 0), **values)
    row = amend_mark(seen=seen, mark=new, reason=reason, user=admin, by=admin.as_actor(), at=clock.now())
    booking.refresh_from_db()
    return row


def test_both_values_author_time_and_reason_are_kept() -> None:
    booking = sent("UAAB")
    first = Attendance.objects.get()
    second = amend(booking, "ATTC")
    kept = Attendance.objects.of_one_mark(booking=booking, session=first.session)
    assert [(row.outcome, row.amends_id, row.reason) for row in kept] == [
        ("UAAB", None, ""),
        ("ATTC", first.pk, WHY),
    ]
    assert second.recorded_by != first.recorded_by
    assert second.occurred_at == first.occurred_at
    assert list(Attendance.objects.that_count()) == [second]
    event = AuditEvent.objects.get(action="attendance.amended")
    assert (event.reason, event.data["was"], event.data["outcome"]) == (WHY, "UAAB", "ATTC")


def test_a_miss_that_was_none_completes_certifies_and_meets() -> None:
    booking = sent("UAAB")
    assert booking.state == BookingState.NOT_COMPLETED
    amend(booking, "ATTC")
    booking.requirement.refresh_from_db()
    assert (booking.state, booking.requirement.state) == (BookingState.COMPLETED, RequirementState.MET)
    assert booking.certificate == Certificate.objects.get()
    assert booking.requirement.met_on == clock.day_of(booking.course.last_ends_at)


@pytest.mark.parametrize("sessions", [1, 3])
def test_nobody_is_asked_to_decide_on_a_miss_that_was_none(sessions: int) -> None:
    booking = sent("UAAB", sessions=sessions)
    asked = CaseTask.objects.get(kind=TaskKind.NEEDS_DECISION)
    amend(booking, "REFL", late=5, refused_because="Full.")
    asked.refresh_from_db()
    assert asked.done_at is None  # it is a miss still
    amend(booking, "ATTC")
    asked.refresh_from_db()
    assert (asked.done_at is not None, asked.outcome) == (True, "A changed mark: nothing is missed any more.")
    assert not CaseTask.objects.filter(kind=TaskKind.NEEDS_DECISION, done_at=None).exists()
    assert CaseTask.objects.filter(kind=TaskKind.MARK_AMENDED, done_at=None).exists()


def test_an_undone_completion_revokes_and_asks_the_officer_and_unmeets_nothing() -> None:
    booking = sent("ATTC")
    serial = booking.certificate.serial
    amend(booking, "UAAB")
    certificate = Certificate.objects.get(serial=serial)
    assert booking.state == BookingState.NOT_COMPLETED
    assert certificate.revoked_reason == WHY
    assert certificate.revoked_at is not None
    requirement = booking.requirement
    requirement.refresh_from_db()
    requirement.referral.refresh_from_db()
    assert (requirement.state, requirement.referral.state) == (RequirementState.MET, ReferralState.COMPLIED)
    tasks = {task.kind: task for task in CaseTask.objects.filter(done_at=None)}
    assert set(tasks) == {TaskKind.NEEDS_DECISION, TaskKind.MARK_AMENDED}
    assert tasks[TaskKind.NEEDS_DECISION].detail == (
        "A changed mark undoes the completion, and the certificate was revoked. Session 1 of 1: Did not come, no reason known."
        " The requirement counts as met until you decide."
    )
    assert {rule for rule in broken() if "audit row" not in rule and "paid, waived" not in rule} == set()


def test_an_undone_completion_is_asked_about_though_an_earlier_question_is_open() -> None:
    booking = sent("UAAB")
    question = CaseTask.objects.get(kind=TaskKind.NEEDS_DECISION)
    amend(booking, "ATTC")
    amend(booking, "UAAB")
    question.refresh_from_db()
    assert question.done_at is not None
    asked = CaseTask.objects.get(kind=TaskKind.NEEDS_DECISION, done_at=None)
    assert asked.detail.startswith("A changed mark undoes the completion, and the certificate was revoked.")


def test_completed_after_all_gets_another_serial_and_the_revoked_one_stays_revoked() -> None:
    booking = sent("ATTC")
    first = booking.certificate.serial
    amend(booking, "UAAB")
    amend(booking, "ATTC", reason="They were there after all.")
    booking = Booking.objects.get(pk=booking.pk)
    assert booking.state == BookingState.COMPLETED
    assert booking.certificate.serial != first
    assert Certificate.objects.get(serial=first).revoked_at is not None


def test_officer_and_participant_are_told_of_every_amendment() -> None:
    booking = sent("ATTC")
    OutboxMessage.objects.all().delete()
    for late in (5, 6):
        amend(booking, "ATTC", late=late)
    told = OutboxMessage.objects.filter(kind__startswith="mark-amended", channel="email")
    referral = booking.requirement.referral
    assert sorted(told.values_list("kind", "recipient_id")) == sorted(
        2 * [("mark-amended", referral.participant_id), ("mark-amended-officer", referral.officer_id)]
    )
    assert not CaseTask.objects.filter(kind=TaskKind.MARK_AMENDED).exists()  # nothing counts otherwise
    contexts = [
        MESSAGES[row.kind].context(subject_id=row.subject_id, recipient_id=row.recipient_id, at=clock.now()) for row in told
    ]
    assert sorted(context is None for context in contexts) == [False, False, False, True]  # the first was changed again


def test_a_place_lost_by_a_wrong_mark_is_theirs_again_while_the_course_runs() -> None:
    booking = sent("UAAB", sessions=3)
    assert booking.state == BookingState.NOT_COMPLETED
    amend(booking, "ATTC")
    assert (booking.state, booking.ended_at) == (BookingState.CONFIRMED, None)


def test_a_place_is_not_given_back_to_who_has_taken_another() -> None:
    booking = sent("UAAB", sessions=3)
    other = make_course(booking.requirement.programme)
    hold_place(
        course=other, requirement=booking.requirement, by=trainer_of(first_session(other)).as_actor(), at=clock.now()
    )
    amend(booking, "ATTC")
    assert booking.state == BookingState.NOT_COMPLETED
    assert CaseTask.objects.filter(kind=TaskKind.MARK_AMENDED).exists()


def test_a_miss_that_was_marked_attended_goes_to_the_officer_like_any_other() -> None:
    booking = sent("ATTC", sessions=3)
    amend(booking, "UAAB")
    assert booking.state == BookingState.NOT_COMPLETED
    assert CaseTask.objects.get(kind=TaskKind.NEEDS_DECISION).subject_id == booking.pk
    assert OutboxMessage.objects.filter(kind="session-missed").exists()


@pytest.mark.parametrize(("outcome", "late", "asked_again"), [("ATTC", 5, 0), ("UAAB", 0, 1)])
def test_what_the_officer_has_answered_is_asked_again_for_a_new_miss_alone(
    outcome: str, late: int, asked_again: int
) -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    booking, _ = run(requirement, "ma", starts_in=LONG_PAST)
    officer, task = make_user(Role.CASE_OFFICER, requirement.referral.agency), CaseTask.objects.get()
    complete_task(task=task, outcome="They will catch up.", user=officer, by=officer.as_actor(), at=clock.now())
    amend(booking, outcome, position=2, late=late)
    assert CaseTask.objects.filter(kind=TaskKind.NEEDS_DECISION, done_at=None).count() == asked_again


def test_a_completion_caught_up_elsewhere_falls_with_the_mark_it_stood_on() -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    first, _ = run(requirement, "maa", starts_in=LONG_PAST)
    second, _ = run(requirement, "a", starts_in=PAST)
    assert second.state == BookingState.COMPLETED
    amend(first, "UAAB", position=2)
    second.refresh_from_db()
    assert (first.state, second.state) == (BookingState.NOT_COMPLETED, BookingState.NOT_COMPLETED)
    assert Certificate.objects.get(booking=second).revoked_at is not None


def test_an_amendment_elsewhere_never_makes_a_second_certificate() -> None:
    requirement = under(CompletionPolicy.CATCH_UP)
    first, _ = run(requirement, "maa", starts_in=LONG_PAST)
    run(requirement, "a", starts_in=PAST)
    amend(first, "ATTC", position=1)
    assert first.state == BookingState.NOT_COMPLETED
    assert Certificate.objects.count() == 1


def test_a_decided_case_is_not_decided_again_but_put_to_the_officer() -> None:
    booking = sent("UAAB")
    type(booking.requirement).objects.filter(pk=booking.requirement_id).update(state=RequirementState.NOT_MET)
    amend(booking, "ATTC")
    booking.requirement.refresh_from_db()
    assert (booking.state, booking.requirement.state) == (BookingState.COMPLETED, RequirementState.NOT_MET)


def test_who_was_refused_entry_keeps_what_they_may_contest_it_with() -> None:
    booking = sent("REFL")
    row = Attendance.objects.get()
    assert row.arrived_at == row.occurred_at + timedelta(minutes=20)
    assert (row.cut_off_rule, row.refused_by_id) == ("Registration closes when the session starts.", row.recorded_by_id)
    second = amend(booking, "REFL", late=12, refused_because="The room was locked.")
    assert (second.refused_by_id, second.minutes_late) == (row.refused_by_id, 12)
    assert second.refused_because == "The room was locked."


def test_the_second_of_two_is_refused_with_what_changed() -> None:
    booking = sent("UAAB")
    seen = Attendance.objects.get()
    winner = amend(booking, "ATTC")
    with pytest.raises(MarkWasAmended) as refused:
        amend(booking, "ATSS", seen=seen)
    assert str(refused.value.sentence).startswith(f"{winner.recorded_by} changed this mark on ")
    assert "It is now “Attended”" in str(refused.value.sentence)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(
            booking=booking, session=seen.session, outcome="ATSS", identity_seen="passport", amends=seen,
            occurred_at=seen.occurred_at, recorded_at=clock.now(), recorded_by=seen.recorded_by,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "values", "refusal"),
    [
        ("ATTC", {"reason": " "}, AmendmentNeedsReason),
        ("REFL", {}, LatenessIsMissing),
        ("REFL", {"late": 30_000}, ArrivalIsAhead),
        ("ATTC", {}, NothingIsDifferent),
    ],
)
def test_refused_without_reason_without_lateness_and_without_difference(outcome: str, values: Any, refusal: Any) -> None:
    booking = sent("ATTC")
    with pytest.raises(refusal):
        amend(booking, outcome, **values)
    assert Attendance.objects.count() == 1


def test_nothing_is_changed_for_whom_the_agency_has_ended_the_case() -> None:
    booking = sent("ATTC", sessions=2)
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.CANCELLED_BY_AGENCY)
    with pytest.raises(CaseHasEnded):
        amend(booking, "UAAB")


def url(booking: Booking) -> str:
    return reverse("register-amend", args=[booking.course.sessions.first().public_id, booking.public_id])


TYPED = {"outcome": "UAAB", "identity": "not-seen", "reason": WHY, "sure": "on", "seen": "1"}


def test_a_trainer_changes_a_mark_and_the_register_shows_both_values() -> None:
    booking = sent("ATTC")
    session = booking.course.sessions.get()
    trainer = make_trainer(booking.course.provider, session)
    client = sign_in(Client(), trainer)
    shown = reverse("register-show", args=[session.public_id])
    assert url(booking) in client.get(shown).content.decode()
    answer = client.post(url(booking), TYPED)
    assert (answer.status_code, answer["Location"]) == (303, shown)
    page = client.get(shown).content.decode()
    assert "Changed on" in page
    assert f"It said: Attended. Reason: {WHY}" in page
    assert AccessEvent.objects.filter(route="register-amend").count() == 0
    client.get(url(booking))
    assert AccessEvent.objects.get(route="register-amend").participants == [booking.requirement.referral.participant_id]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "Say why the mark was wrong"),
        ({"sure": ""}, "Tick the box to say that you have checked this"),
        ({"outcome": "REFL"}, "Say how many minutes late they were"),
        ({"late": "9"}, "They did not come: leave the minutes empty"),
        ({"outcome": "AAME"}, "AAME is not one of the available choices"),
        ({"outcome": "ATTC", "identity": "passport"}, "This is what the register says already"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(fields: dict[str, str], words: str) -> None:
    booking = sent("ATTC")
    client = sign_in(Client(), trainer_of(booking.course.sessions.get()))
    answer = client.post(url(booking), {**TYPED, **fields})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert (WHY in page) == ("reason" not in fields)
    assert Attendance.objects.count() == 1


def test_a_stale_page_is_refused_once_and_shows_what_it_had_not_seen() -> None:
    booking = sent("UAAB")
    client = sign_in(Client(), trainer_of(booking.course.sessions.get()))
    amend(booking, "ATTC")
    answer = client.post(url(booking), {**TYPED, "outcome": "ATSS", "identity": "passport"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It is now “Attended”" in page
    assert 'name="seen" value="2"' in page
    assert client.post(url(booking), {**TYPED, "outcome": "ATSS", "identity": "passport", "seen": "2"}).status_code == 303


def test_others_have_no_mark_to_change() -> None:
    booking, other = sent("ATTC"), sent("ATTC")
    foreign = sign_in(Client(), trainer_of(other.course.sessions.get()))
    assert foreign.get(url(booking)).status_code == 404
    assert foreign.post(url(booking), TYPED).status_code == 404
    own = reverse("register-amend", args=[other.course.sessions.get().public_id, booking.public_id])
    assert foreign.get(own).status_code == 404
    unsent = seat(make_running_course(people=0))
    assert sign_in(Client(), trainer_of(unsent.course.sessions.get())).get(url(unsent)).status_code == 404


def test_the_officers_timeline_says_both_values() -> None:
    booking = sent("UAAB")
    amend(booking, "ATTC")
    referral = booking.requirement.referral
    page = sign_in(Client(), referral.officer).get(reverse("case-show", args=[referral.public_id])).content.decode()
    assert "Mark on a register changed from “Did not come, no reason known” to “Attended”" in page
    assert WHY in page


def undone() -> tuple[Booking, CaseTask]:
    booking = sent("ATTC")
    amend(booking, "UAAB")
    return booking, CaseTask.objects.get(kind=TaskKind.NEEDS_DECISION)


def test_the_person_reads_that_it_is_being_looked_at_and_has_no_certificate() -> None:
    booking, _ = undone()
    page = sign_in(Client(), booking.requirement.referral.participant.user).get(reverse("my-home")).content.decode()
    assert "Your certificate does not count any more" in page
    assert "You have finished your course" not in page
    assert ".pdf" not in page


@pytest.mark.parametrize(
    ("choice", "states"),
    [
        ("keep", (RequirementState.MET, ReferralState.COMPLIED)),
        ("reopen", (RequirementState.IN_PROGRESS, ReferralState.ACTIVE)),
    ],
)
def test_only_an_officer_decides_whether_the_requirement_still_counts(choice: str, states: Any) -> None:
    booking, task = undone()
    client = sign_in(Client(), booking.requirement.referral.officer)
    page = reverse("task-decide", args=[task.public_id])
    assert client.post(page, {"outcome": "Spoke to them."}).status_code == 422
    assert client.post(page, {"outcome": "Spoke to them.", "undone": choice}).status_code == 303
    requirement = booking.requirement
    requirement.refresh_from_db()
    requirement.referral.refresh_from_db()
    task.refresh_from_db()
    assert (requirement.state, requirement.referral.state) == states
    assert (task.outcome, requirement.met_on is None) == ("Spoke to them.", choice == "reopen")
    assert OutboxMessage.objects.filter(occurrence="reopened").exists() == (choice == "reopen")


def test_a_completion_that_stands_again_is_not_opened_any_more() -> None:
    booking, task = undone()
    amend(booking, "ATTC")
    client = sign_in(Client(), booking.requirement.referral.officer)
    client.post(reverse("task-decide", args=[task.public_id]), {"outcome": "Spoke.", "undone": "reopen"})
    booking.requirement.refresh_from_db()
    assert booking.requirement.state == RequirementState.MET
