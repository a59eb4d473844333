"""Marks that are kept before the register is sent: of two trainers nothing is lost, and nothing follows from them."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.drafts import NOTHING, Draft, Values
from courses.models import Attendance, Booking, DraftMark, Session
from courses.register_rules import RegisterIsAlreadySubmitted
from courses.services.drafts import keep_marks
from courses.views import register_parts
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from tests.integration.register.registers import first_session, make_running_course, seat, trainer_of, typed
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> tuple[Session, list[Booking], Client, Client]:
    """A session under way with two people, and two trainers signed in."""
    session = first_session(make_running_course(people=2))
    clients = [sign_in(Client(), trainer_of(session)) for _ in range(2)]
    return session, list(session.course.bookings.order_by("pk")), *clients


def url(session: Session, name: str = "register-mark") -> str:
    return reverse(name, args=[session.public_id])


def line(booking: Booking, base: Values = NOTHING, **parts: str) -> dict[str, str]:
    """One line as a page drawn with `base` posts it."""
    key = booking.public_id
    return {f"base-{key}": base.token, **{f"{part}-{key}": value for part, value in parts.items()}}


def saved(*bookings: Booking, **fields: str) -> dict[str, Any]:
    return {"shown": [booking.public_id for booking in bookings], "keep": "on", **fields}


def kept() -> dict[Any, str]:
    return dict(DraftMark.objects.values_list("booking_id", "outcome"))


def test_saving_keeps_the_marks_without_javascript_and_nothing_follows(room: Any) -> None:
    session, (one, two), client, _ = room
    answer = client.post(url(session), saved(one, two, **line(one, outcome="REFL", late="12", because="Door shut.")))
    assert (answer.status_code, answer["Location"]) == (303, url(session))
    assert kept() == {one.pk: "REFL"}
    page = client.get(url(session)).content.decode()
    assert 'value="12"' in page
    assert 'value="Door shut."' in page
    assert not Attendance.objects.exists()
    assert not AuditEvent.objects.filter(action="attendance.recorded").exists()
    assert not OutboxMessage.objects.exists()


def test_two_trainers_who_mark_different_people_keep_both(room: Any) -> None:
    session, (one, two), first, second = room
    first.post(url(session), saved(one, two, **line(one, outcome="UAAB")))
    answer = second.post(url(session), saved(one, two, **line(two, outcome="AFTC", identity="passport")))
    assert kept() == {one.pk: "UAAB", two.pk: "AFTC"}
    page = answer.content.decode()
    assert answer.status_code == 422  # the page had not shown what the other marked
    assert "Somebody else has marked people since you opened this page" in page
    assert page.count("Marked by somebody else just now.") == 1


def test_two_who_mark_the_same_person_are_shown_each_others_mark(room: Any) -> None:
    session, (one, two), first, second = room
    first.post(url(session), saved(one, two, **line(one, outcome="UAAB")))
    answer = second.post(url(session), saved(one, two, **line(one, outcome="ATTC", identity="passport")))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "marked “Did not come, no reason known”. Yours is shown here." in page
    assert kept() == {one.pk: "UAAB"}
    stored = Values("UAAB")
    assert f'name="base-{one.public_id}" value="{stored.token}"' in page
    again = line(one, stored, outcome="ATTC", identity="passport")
    assert second.post(url(session), saved(one, two, **again)).status_code == 303
    assert kept() == {one.pk: "ATTC"}


def test_nobody_sends_a_register_with_marks_they_have_not_seen(room: Any) -> None:
    session, (one, two), first, second = room
    first.post(url(session), saved(one, two, **line(one, outcome="UAAB")))
    everyone = typed(one, two)
    assert second.post(url(session), everyone).status_code == 422
    assert not Attendance.objects.exists()
    seen = line(one, Values("UAAB"), outcome="UAAB")
    assert second.post(url(session), {**everyone, **seen}).status_code == 303
    assert dict(Attendance.objects.values_list("booking_id", "outcome")) == {one.pk: "UAAB", two.pk: "ATTC"}
    assert kept() == {}


def test_a_mark_kept_at_the_very_moment_of_sending_is_not_sent_over(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    session, (one, two), first, second = room
    send = register_parts.submit_register

    def as_another_marks(**register: Any) -> Session:
        monkeypatch.setattr(register_parts, "submit_register", send)
        assert (
            second.post(url(session, "register-keep"), {"shown": one.public_id, **line(one, outcome="UAAB")}).status_code
            == 200
        )
        return send(**register)

    monkeypatch.setattr(register_parts, "submit_register", as_another_marks)
    answer = first.post(url(session), typed(one, two))
    assert answer.status_code == 422
    assert "Somebody else marked people at this very moment" in answer.content.decode()
    assert kept() == {one.pk: "UAAB"}
    again = first.post(url(session), typed(one, two))
    assert again.content.decode().count("Marked by somebody else just now.") == 1
    assert not Attendance.objects.exists()


def test_what_cannot_be_read_stays_on_the_page_and_the_rest_is_kept(room: Any) -> None:
    session, (one, two), client, _ = room
    lines = {**line(one, outcome="ATTC", late="soon"), **line(two, outcome="UAAB")}
    answer = client.post(url(session), saved(one, two, **lines))
    assert answer.status_code == 422
    assert 'value="soon"' in answer.content.decode()
    assert kept() == {two.pk: "UAAB"}


def test_the_script_saves_one_line_and_hears_of_the_others(room: Any) -> None:
    session, (one, two), first, second = room
    first.post(url(session), saved(one, two, **line(one, outcome="UAAB")))
    answer = second.post(url(session, "register-keep"), saved(two, **line(two, outcome="ATTC", late="3", early="10")))
    said = json.loads(answer.content)
    assert answer.status_code == 200
    assert said["lines"] == {
        one.public_id: {
            "base": Values("UAAB").token, "outcome": "UAAB", "identity": "", "late": None, "early": None, "because": "",
        },
        two.public_id: {
            "base": Values("ATTC", "", 3, 10).token, "outcome": "ATTC", "identity": "", "late": 3, "early": 10, "because": "",
        },
    }  # fmt: skip
    assert (said["clashes"], said["unread"]) == ({}, [])
    clash = second.post(url(session, "register-keep"), saved(one, **line(one, outcome="ATTC")))
    assert list(json.loads(clash.content)["clashes"]) == [one.public_id]
    assert kept() == {one.pk: "UAAB", two.pk: "ATTC"}


def test_a_late_resend_after_the_register_was_sent_changes_nothing_and_says_so(room: Any) -> None:
    session, (one, two), first, second = room
    first.post(url(session), typed(one, two))
    answer = second.post(url(session, "register-keep"), saved(one, **line(one, outcome="UAAB")))
    assert (answer.status_code, json.loads(answer.content)) == (409, {"sent": url(session, "register-show")})
    page = second.post(url(session), typed(one, two, **line(one, outcome="UAAB")), follow=True).content.decode()
    assert "This register had been sent already. What you sent now has changed nothing." in page
    assert (kept(), Attendance.objects.filter(outcome="ATTC").count()) == ({}, 2)
    with pytest.raises(RegisterIsAlreadySubmitted):
        keep_marks(session=session, drafts=[Draft(one.pk, Values("UAAB"), "")], user=trainer_of(session), at=clock.now())


def test_marks_of_who_is_not_on_this_course_are_not_kept(room: Any) -> None:
    session, (one, _two), client, _ = room
    other = seat(make_running_course(people=0))
    drafts = [Draft(other.pk, Values("UAAB"), NOTHING.token)]
    keep_marks(session=session, drafts=drafts, user=trainer_of(session), at=clock.now())
    client.post(url(session), saved(one, other, **line(one, outcome="ATTC"), **line(other, outcome="UAAB")))
    assert kept() == {one.pk: "ATTC"}


def test_early_leaving_is_recorded_and_not_for_who_did_not_come(room: Any) -> None:
    session, (one, two), client, _ = room
    lines = {**line(one, outcome="ATTC", early="25"), **line(two, outcome="UAAB", early="5")}
    answer = client.post(url(session), typed(one, two, **lines))
    assert "did not come: leave the minutes they left early empty" in answer.content.decode()
    token = Values("UAAB", "", None, 5).token
    key, other = one.public_id, two.public_id
    again = {**lines, f"base-{key}": Values("ATTC", "", None, 25).token, f"early-{other}": "", f"base-{other}": token}
    assert client.post(url(session), typed(one, two, **again)).status_code == 303
    assert dict(Attendance.objects.values_list("booking_id", "left_early_minutes")) == {one.pk: 25, two.pk: 0}
