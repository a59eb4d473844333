"""Confirmation and reminders: neutral words, the right time, and nothing once the place has gone."""

from datetime import datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from courses.enums import BookingState
from courses.messages import BookingConfirmed, SessionReminder
from courses.models import Booking, Course
from courses.services.booking import confirm_place
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from tests.factories import (
    make_booking,
    make_course,
    make_participant,
    make_programme,
    make_referral,
    make_requirement,
    make_scheme,
    make_venue,
)

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
TELLING = ("Knives", "knives", "olice", "ourse", "Bladeless", "Town hall", "High Street", "Sam", "aution", "rogramme")
PARTS = [
    (kind, part)
    for kind in ("booking-confirmed", "session-reminder", "time-changed", "access-changed")
    for part in ("subject", "email", "sms")
]


@pytest.fixture
def booking() -> Booking:
    """A confirmed place whose course starts on Tuesday 3 November 2026 at 10am, and tells a lot if it leaks."""
    programme = make_programme(name="Knives and you", neutral_name="Bladeless")
    requirement = make_requirement(make_referral("accepted", scheme=make_scheme(programme=programme)))
    course = make_course(programme, venue=make_venue())
    starts = datetime(2026, 11, 3, 10, tzinfo=clock.LONDON)
    course.sessions.update(starts_at=starts, ends_at=starts + timedelta(hours=3), title="Knives, part one")
    Course.objects.filter(pk=course.pk).update(first_starts_at=starts, last_ends_at=starts + timedelta(hours=3))
    return make_booking(course, requirement)


def words(kind: str, part: str, booking: Booking) -> str:
    subject = booking.pk if kind != SessionReminder.kind else booking.course.sessions.get().pk
    before = datetime(2026, 11, 1, tzinfo=clock.LONDON)
    recipient = booking.requirement.referral.participant_id
    context = MESSAGES[kind].context(subject_id=subject, recipient_id=recipient, at=before)
    assert context is not None
    return render_to_string(f"messages/{MESSAGES[kind].template}.{part}.txt", context).strip()


def test_the_reminder_by_text_says_when_and_where_to_look_and_no_more(booking: Booking) -> None:
    text = words("session-reminder", "sms", booking)
    assert text == "Reminder: Tuesday 3 November, 10am. Details: http://testserver/my/"


@pytest.mark.parametrize(("kind", "part"), PARTS)
def test_no_message_tells_what_it_is_about_or_where(booking: Booking, kind: str, part: str) -> None:
    text = words(kind, part, booking)
    assert text
    assert [word for word in TELLING if word in text] == []
    assert "&" not in text
    if part == "subject":
        assert "\n" not in text
    with translation.override("cy"):
        assert words(kind, part, booking)


def test_what_is_confirmed_is_told_to_the_confirmed_contact(booking: Booking) -> None:
    recipient = booking.requirement.referral.participant
    for kind in (BookingConfirmed.kind, SessionReminder.kind):
        address = MESSAGES[kind].address(recipient_id=recipient.pk, channel="email")
        assert address is not None
        assert address.to == recipient.email
        assert MESSAGES[kind].address(recipient_id=recipient.pk, channel="sms") is None


@pytest.mark.parametrize("state", [state for state in BookingState if state != BookingState.CONFIRMED])
def test_messages_are_dropped_once_the_place_is_not_confirmed(state: str) -> None:
    booking = make_booking(state=state)
    recipient = booking.requirement.referral.participant_id
    at = clock.now()
    assert MESSAGES["booking-confirmed"].context(subject_id=booking.pk, recipient_id=recipient, at=at) is None
    session = booking.course.sessions.get().pk
    assert MESSAGES["session-reminder"].context(subject_id=session, recipient_id=recipient, at=at) is None


def test_a_reminder_is_dropped_once_the_session_has_begun_and_for_anybody_else(booking: Booking) -> None:
    session = booking.course.sessions.get()
    recipient = booking.requirement.referral.participant_id
    reminder = MESSAGES["session-reminder"]
    assert reminder.context(subject_id=session.pk, recipient_id=recipient, at=session.starts_at) is None
    before = session.starts_at - timedelta(hours=1)
    assert reminder.context(subject_id=session.pk, recipient_id=make_participant().pk, at=before) is None


def test_every_session_is_reminded_of_and_the_reminder_follows_a_session_that_moves() -> None:
    requirement = make_requirement()
    course = make_course(requirement.programme, sessions=3)
    booking = make_booking(course, requirement, BookingState.HELD)
    confirm_place(booking_id=booking.pk, by=BY, at=clock.now())
    queued = OutboxMessage.objects.filter(kind="session-reminder", channel="sms")
    assert queued.count() == 3 * 4
    assert set(queued.values_list("subject_id", flat=True)) == {session.pk for session in course.sessions.all()}
    for session in course.sessions.all():
        assert set(queued.filter(subject_id=session.pk).values_list("stale_at", flat=True)) == {session.starts_at}
    last = course.sessions.get(position=3)
    moved = last.starts_at + timedelta(hours=1)
    course.sessions.filter(pk=last.pk).update(starts_at=moved, ends_at=moved + timedelta(hours=3))
    recipient = requirement.referral.participant_id
    context = MESSAGES["session-reminder"].context(subject_id=last.pk, recipient_id=recipient, at=clock.now())
    assert context is not None
    assert context["starts_at"] == moved


def test_the_same_course_booked_again_is_reminded_of_again() -> None:
    requirement = make_requirement()
    course = make_course(requirement.programme)
    for _ in range(2):
        booking = make_booking(course, requirement, BookingState.HELD)
        confirm_place(booking_id=booking.pk, by=BY, at=clock.now())
        Booking.objects.filter(pk=booking.pk).update(state=BookingState.CANCELLED_BY_PROVIDER)
    assert OutboxMessage.objects.filter(kind="session-reminder", channel="email").count() == 2 * 4
