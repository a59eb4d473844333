"""A course that takes no more bookings: nobody new finds or takes it, and nobody who has a place loses it."""

from datetime import timedelta

import pytest
from django.test import Client

from courses.enums import BookingState, CourseState
from courses.models import Booking, Course
from courses.policies import CourseIsNotOpen
from courses.queries.search import Criteria, courses_that_fit
from courses.services.booking import PlaceIsGone, confirm_place, hold_place
from courses.services.closing import CourseIsNotPublished, close_booking, reopen_booking
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.enums import ReferralState
from tests.factories import make_course, make_referral, make_requirement, make_user
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")


def test_nobody_new_and_nobody_fewer() -> None:
    at = clock.now()
    first, second = (make_requirement(make_referral(ReferralState.ACCEPTED)) for _ in range(2))
    second.programme = first.programme
    second.save()
    course = make_course(first.programme)
    held = hold_place(course=course, requirement=first, by=BY, at=at)
    for _ in range(2):
        close_booking(course=course, by=BY, at=at)
    assert not courses_that_fit(requirement=second, criteria=Criteria(), at=at).exists()
    with pytest.raises(CourseIsNotOpen):
        hold_place(course=course, requirement=second, by=BY, at=at)
    assert confirm_place(booking_id=held.pk, by=BY, at=at).state == BookingState.CONFIRMED
    for _ in range(2):
        reopen_booking(course=course, by=BY, at=at)
    assert courses_that_fit(requirement=second, criteria=Criteria(), at=at).get() == course
    actions = AuditEvent.objects.filter(subject_id=course.pk).order_by("id").values_list("action", flat=True)
    assert sorted(actions) == ["course.booking_closed", "course.booking_reopened"]


def test_a_hold_that_ran_out_is_not_seated_again_once_it_is_closed() -> None:
    at = clock.now()
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED))
    course = make_course(requirement.programme)
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    Booking.objects.filter(pk=held.pk).update(state=BookingState.LAPSED, ended_at=at)
    Course.objects.filter(pk=course.pk).update(taken=0)
    close_booking(course=course, by=BY, at=at)
    with pytest.raises(PlaceIsGone):
        confirm_place(booking_id=held.pk, by=BY, at=at + timedelta(minutes=1))


def test_only_a_published_course_is_closed() -> None:
    for state in (CourseState.DRAFT, CourseState.CLOSED, CourseState.CANCELLED):
        with pytest.raises(CourseIsNotPublished):
            close_booking(course=make_course(state=state), by=BY, at=clock.now())


def test_the_page_closes_and_opens_again(client: Client) -> None:
    course = make_course()
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation))
    path = f"/provider/courses/{course.public_id}/"
    assert "Take no more bookings" in client.get(path).content.decode()
    assert client.post(f"{path}close/").status_code == 303
    html = client.get(path).content.decode()
    assert ("Takes no bookings" in html, "Take bookings again" in html) == (True, True)
    client.post(f"{path}reopen/")
    assert "Takes no bookings" not in client.get(path).content.decode()
    other = make_course()
    assert client.post(f"/provider/courses/{other.public_id}/close/").status_code == 404
