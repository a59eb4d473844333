"""A mark for who has none although the register was sent: without it they could never complete (C12)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState, IdentitySeen, OutcomeCode
from courses.models import Attendance, Booking, Session
from courses.people import participant_of
from courses.services.amendment import (
    CaseHasEnded,
    LateMarkNeedsReason,
    MarkWasAmended,
    NobodyToMark,
    amend_mark,
    mark_afterwards,
)
from courses.services.register import LatenessIsMissing, Mark, submit_register
from diversion.accounts.enums import Role
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask
from tests.factories import make_user
from tests.integration.register.registers import make_running_course, mark, seat, trainer_of
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
WHY = "They sat at the back; the register was wrong."
EIGHT_DAYS = timedelta(days=8)


def nth(booking: Booking, position: int) -> Session:
    session: Session = booking.course.sessions.get(position=position)
    return session


def send(booking: Booking, position: int, *marks: Mark) -> None:
    trainer = trainer_of(nth(booking, position))
    submit_register(session=nth(booking, position), marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())


def left_out(*, sessions: int = 3) -> Booking:
    """Somebody who was marked as missing from session 1, so that nobody expected them at session 2, whose register is in."""
    booking = make_running_course(sessions=sessions, started=EIGHT_DAYS).bookings.get()
    send(booking, 1, mark(booking, "UAAB"))
    send(booking, 2)
    booking.refresh_from_db()
    return booking


def put_right(booking: Booking) -> Booking:
    admin = make_user(Role.PROVIDER_ADMINISTRATOR, booking.course.provider.organisation)
    seen = Attendance.objects.that_count().get(booking=booking, session=nth(booking, 1))
    amend_mark(seen=seen, mark=mark(booking), reason=WHY, user=admin, by=admin.as_actor(), at=clock.now())
    booking.refresh_from_db()
    return booking


def give(booking: Booking, outcome: str = "ATTC", *, position: int = 2, reason: str = WHY) -> Attendance:
    admin = make_user(Role.PROVIDER_ADMINISTRATOR, booking.course.provider.organisation)
    new = Mark(booking.pk, OutcomeCode(outcome), IdentitySeen.PASSPORT)
    row = mark_afterwards(
        session=nth(booking, position), booking=booking, mark=new, reason=reason, user=admin, by=admin.as_actor(),
        at=clock.now(),
    )  # fmt: skip
    booking.refresh_from_db()
    return row


def test_who_was_left_out_by_a_wrong_mark_gets_the_place_back_with_the_mark_they_lack() -> None:
    booking = put_right(left_out())
    assert booking.state == BookingState.NOT_COMPLETED  # session 2 is still missing
    row = give(booking)
    assert (row.amends_id, row.reason, row.occurred_at) == (None, WHY, nth(booking, 2).starts_at)
    assert (booking.state, booking.ended_at) == (BookingState.CONFIRMED, None)


def test_the_last_mark_that_was_lacking_completes_and_certifies() -> None:
    booking = put_right(left_out(sessions=2))
    give(booking)
    assert booking.state == BookingState.COMPLETED
    assert booking.certificate.completed_on == clock.day_of(nth(booking, 2).starts_at)


def test_the_trail_keeps_why_and_officer_and_person_are_told() -> None:
    booking = put_right(left_out())
    OutboxMessage.objects.all().delete()
    row, referral = give(booking), booking.requirement.referral
    event = AuditEvent.objects.get(action="attendance.added")
    assert (event.reason, event.case_id, event.data) == (
        WHY, referral.pk, {"session": nth(booking, 2).public_id, "outcome": "ATTC", "minutes_late": 0},
    )  # fmt: skip
    told = OutboxMessage.objects.filter(channel="email").values_list("kind", "recipient_id")
    assert sorted(told) == [("mark-amended", referral.participant_id), ("mark-amended-officer", referral.officer_id)]
    task = CaseTask.objects.get(kind=TaskKind.MARK_AMENDED, subject_id=row.pk)
    assert task.detail.endswith("the register said “no mark” and now says “Attended”.")
    page = sign_in(Client(), referral.officer).get(reverse("case-show", args=[referral.public_id])).content.decode()
    assert "Mark given after the register was sent: “Attended”" in page


def test_a_mark_that_changes_nothing_asks_nobody_to_look_at_it() -> None:
    row = give(put_right(left_out()), "UAAB")
    assert not CaseTask.objects.filter(kind=TaskKind.MARK_AMENDED, subject_id=row.pk).exists()


def test_a_first_mark_is_given_once() -> None:
    booking = put_right(left_out())
    row = give(booking)
    with pytest.raises(MarkWasAmended) as refused:
        give(booking, "ATSS")
    assert "It is now “Attended”" in str(refused.value.sentence)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(
            booking=booking, session=row.session, outcome="ATSS", identity_seen="passport", occurred_at=row.occurred_at,
            recorded_at=clock.now(), recorded_by=row.recorded_by,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "refusal"),
    [({"reason": " "}, LateMarkNeedsReason), ({"outcome": "REFL"}, LatenessIsMissing), ({"position": 3}, NobodyToMark)],
)
def test_refused_without_reason_without_lateness_and_before_the_register_is_sent(values: Any, refusal: Any) -> None:
    booking = put_right(left_out())
    with pytest.raises(refusal):
        give(booking, **values)
    assert not Attendance.objects.filter(booking=booking, session__position__gt=1).exists()


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"positions": [1, 3]}, NobodyToMark),
        ({"state": BookingState.CANCELLED_BY_PARTICIPANT}, NobodyToMark),
        ({"state": BookingState.SUPERSEDED}, NobodyToMark),
        ({"state": BookingState.CANCELLED_BY_AGENCY}, CaseHasEnded),
    ],
)
def test_only_whose_place_is_for_that_session_and_was_not_given_up(fields: dict[str, Any], refusal: Any) -> None:
    booking = seat(left_out().course)
    Booking.objects.filter(pk=booking.pk).update(**fields)
    shown = sign_in(Client(), trainer_of(nth(booking, 2))).get(show_url(booking))
    assert booking not in [each for each, _ in shown.context["without"]]
    with pytest.raises(refusal):
        give(booking)


def show_url(booking: Booking) -> str:
    return reverse("register-show", args=[nth(booking, 2).public_id])


def give_url(booking: Booking) -> str:
    return reverse("register-amend", args=[nth(booking, 2).public_id, booking.public_id])


TYPED = {"outcome": "ATTC", "identity": "passport", "reason": WHY, "sure": "on", "seen": "0"}


def test_the_sent_register_lists_them_apart_and_leads_to_the_mark() -> None:
    booking = put_right(left_out())
    client = sign_in(Client(), trainer_of(nth(booking, 2)))
    page = client.get(show_url(booking))
    assert page.context["without"] == [(booking, participant_of(booking).short_name)]
    assert give_url(booking) in page.content.decode()
    person = booking.requirement.referral.participant_id
    assert AccessEvent.objects.get(route="register-show").participants == [person]
    form = client.get(give_url(booking)).content.decode()
    assert ["Why did they have no mark?" in form, 'name="seen" value="0"' in form] == [True, True]
    assert "selected>Identity seen…" in form
    assert AccessEvent.objects.get(route="register-amend").participants == [person]
    answer = client.post(give_url(booking), TYPED)
    assert (answer.status_code, answer["Location"]) == (303, show_url(booking))
    after = client.get(show_url(booking))
    assert after.context["without"] == []
    html = after.content.decode()
    assert ["after the register was sent." in html, f"Reason: {WHY}" in html] == [True, True]


def test_a_second_press_changes_nothing_and_says_what_the_mark_is() -> None:
    booking = put_right(left_out())
    client = sign_in(Client(), trainer_of(nth(booking, 2)))
    client.post(give_url(booking), TYPED)
    answer = client.post(give_url(booking), TYPED)
    assert answer.status_code == 422
    assert "It is now “Attended”" in answer.content.decode()
    assert Attendance.objects.filter(booking=booking, session__position=2).count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "Say why they had no mark"),
        ({"sure": ""}, "Tick the box"),
        ({"outcome": ""}, "Choose what happened"),
        ({"identity": ""}, "Choose what they showed to prove who they are"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_marked(fields: dict[str, str], words: str) -> None:
    booking = put_right(left_out())
    answer = sign_in(Client(), trainer_of(nth(booking, 2))).post(give_url(booking), {**TYPED, **fields})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Attendance.objects.filter(booking=booking, session__position=2).exists()


def test_nobody_elses_trainer_gives_a_mark() -> None:
    booking, other = put_right(left_out()), put_right(left_out())
    foreign = sign_in(Client(), trainer_of(nth(other, 2)))
    crossed = reverse("register-amend", args=[nth(other, 2).public_id, booking.public_id])
    assert [foreign.post(path, TYPED).status_code for path in (give_url(booking), crossed)] == [404, 404]
    newcomer = seat(other.course)
    unsent = reverse("register-amend", args=[nth(other, 3).public_id, newcomer.public_id])
    admin = make_user(Role.PROVIDER_ADMINISTRATOR, other.course.provider.organisation)
    assert sign_in(Client(), admin).post(unsent, TYPED).status_code == 404
