"""One rule for a deadline, wherever it is asked: to 23:59:59 in London, on the days the clocks change as on any other.

The search, the page, the hold, the late payment and the officer's colour must give the same answer about the same course.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from courses.enums import BookingState
from courses.models import Booking, Course, Session
from courses.queries.search import Criteria, courses_that_fit
from courses.services.booking import PlaceIsGone, confirm_place, hold_place, lapse_holds
from diversion.compliance.rag import Colour, Facts, judge
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Requirement
from tests.factories import make_course, make_referral, make_requirement
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
SECOND = timedelta(seconds=1)


def last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


# The European rule, worked out here and not by the code under test: London is an hour ahead between the two Sundays.
CHANGES = [(last_sunday(year, 3), last_sunday(year, 10)) for year in range(2026, 2032)]
EDGES = [day + timedelta(days=n) for pair in CHANGES for day in pair for n in (-1, 0, 1)]
OTHERS = [date(2026, 12, 31), date(2027, 6, 30), date(2028, 2, 29), date(2030, 1, 1)]
DAYS = EDGES + OTHERS


def midnight_after(day: date) -> datetime:
    """London's midnight that ends a day, in UTC, from the rule alone."""
    following = day + timedelta(days=1)
    forward, back = next((f, b) for f, b in CHANGES if f.year == following.year)
    summer = forward < following <= back
    return datetime(following.year, following.month, following.day, tzinfo=UTC) - timedelta(hours=summer)


def set_dates(course: Course, requirement: Requirement, *, ends: datetime, day: date) -> Course:
    starts = ends - timedelta(hours=3)
    Course.objects.filter(pk=course.pk).update(first_starts_at=starts, last_ends_at=ends, taken=0)
    Session.objects.filter(course=course).update(starts_at=starts, ends_at=ends)
    Requirement.objects.filter(pk=requirement.pk).update(complete_by=day, book_by=day)
    requirement.refresh_from_db()
    return Course.objects.get(pk=course.pk)


def answers(course: Course, requirement: Requirement, *, at: datetime) -> dict[str, bool]:
    """What each part of the product says to this course for this requirement."""
    said = {"search": courses_that_fit(requirement=requirement, criteria=Criteria(), at=at).filter(pk=course.pk).exists()}
    booking = None
    try:
        booking = hold_place(course=course, requirement=requirement, by=BY, at=at)
        said["hold"] = True
    except Refusal:
        said["hold"] = False
    if booking is None:
        booking = Booking.objects.create(
            state=BookingState.HELD, course=course, requirement=requirement, price_pence=1, held_at=at,
            held_until=at + timedelta(minutes=30),
        )  # fmt: skip
        Course.objects.filter(pk=course.pk).update(taken=1)
    later = at + timedelta(hours=1)
    lapse_holds(at=later)
    try:
        confirm_place(booking_id=booking.pk, by=BY, at=later)
        said["late payment"] = True
    except PlaceIsGone:
        said["late payment"] = False
    facts = Facts(accepted=True, book_by=requirement.book_by, complete_by=requirement.complete_by)
    verdict = judge(replace(facts, booked_last_ends_at=course.last_ends_at), at=at)
    said["officer"] = verdict.colour == Colour.GREEN
    return said


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_everybody_gives_the_same_answer_at_the_last_second_and_at_midnight(day: date) -> None:
    midnight = midnight_after(day)
    at = midnight - timedelta(days=21, hours=12)
    for ends, in_time in ((midnight - SECOND, True), (midnight, False)):
        requirement = make_requirement(make_referral(ReferralState.ACCEPTED))
        course = set_dates(make_course(requirement.programme), requirement, ends=ends, day=day)
        said = answers(course, requirement, at=at)
        assert set(said.values()) == {in_time}, said
        assert clock.is_over(day, at=ends) is not in_time


@pytest.mark.parametrize("day", [day for pair in CHANGES[:2] for day in pair], ids=str)
def test_the_page_shows_and_books_what_ends_with_the_day_and_not_what_ends_after_it(day: date) -> None:
    midnight = midnight_after(day)
    for ends, in_time in ((midnight - SECOND, True), (midnight, False)):
        requirement = make_requirement(make_referral(ReferralState.ACCEPTED))
        course = set_dates(make_course(requirement.programme), requirement, ends=ends, day=day)
        with time_machine.travel(midnight - timedelta(days=10, hours=12), tick=False):
            person = sign_in(Client(), requirement.referral.participant.user)
            assert (course.public_id in person.get("/my/courses/").content.decode()) is in_time
            answer = person.post(f"/my/courses/{course.public_id}/")
            assert answer.status_code == 303
        assert Booking.objects.filter(requirement=requirement).exists() is in_time


@pytest.mark.parametrize("day", [day for pair in CHANGES for day in pair], ids=str)
def test_each_reminder_across_a_change_of_the_clocks_is_queued_once_at_its_time_on_the_wall(day: date) -> None:
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED))
    starts = clock.london(day + timedelta(days=1), 10)
    course = set_dates(
        make_course(requirement.programme), requirement, ends=starts + timedelta(hours=3), day=day + timedelta(days=9)
    )
    at = starts - timedelta(days=20)
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    for _ in range(2):
        confirm_place(booking_id=held.pk, by=BY, at=at)
    due = OutboxMessage.objects.filter(kind="session-reminder", channel="email").order_by("due_at")
    walls = [clock.london_wall(each).strftime("%H:%M") for each in due.values_list("due_at", flat=True)]
    # 48 hours are hours, not days: across the change they fall an hour beside the wall clock's.
    across = "09:00" if day.month == 3 else "11:00"
    assert walls == ["10:00", across, "18:00", "08:00"]
    assert {message.stale_at for message in due} == {starts}
