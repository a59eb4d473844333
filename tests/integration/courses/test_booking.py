"""A place from hold to its end, through the services."""

from datetime import datetime, timedelta

import pytest

from courses.enums import BookingState, CourseState
from courses.models import Booking, Course
from courses.services.booking import (
    AlreadyExtended,
    AlreadyHasAPlace,
    CourseEndsTooLate,
    CourseHasBegun,
    CourseIsFull,
    CourseIsNotOpen,
    HoldIsOver,
    NothingToBook,
    PlaceIsGone,
    PlaceIsPaidFor,
    confirm_place,
    extend_hold,
    hold_place,
    lapse_holds,
    release_hold,
)
from courses.services.places import end_hold, free_place
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState, RequirementState
from diversion.referrals.models import Requirement
from tests.factories import make_booking, make_course, make_referral, make_requirement

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def at() -> datetime:
    return clock.now()


@pytest.fixture
def requirement() -> Requirement:
    return make_requirement()


@pytest.fixture
def course(requirement: Requirement) -> Course:
    return make_course(requirement.programme, capacity=1)


def taken(course: Course) -> int:
    return Course.objects.get(pk=course.pk).taken


def another(requirement: Requirement) -> Requirement:
    """Somebody else who needs the same programme."""
    return make_requirement(programme=requirement.programme)


def test_a_hold_keeps_a_place_for_half_an_hour_at_the_price_of_the_day(
    course: Course, requirement: Requirement, at: datetime
) -> None:
    booking = hold_place(course=course, requirement=requirement, by=BY, at=at)
    Course.objects.filter(pk=course.pk).update(price_pence=1)
    booking.refresh_from_db()
    assert (booking.state, booking.price_pence) == (BookingState.HELD, 8500)
    assert booking.held_until - booking.held_at == HALF_AN_HOUR
    assert taken(course) == 1
    event = AuditEvent.objects.get(subject_id=booking.pk)
    assert (event.action, event.case_id) == ("booking.held", requirement.referral_id)


def test_the_hold_costs_at_most_twelve_queries(
    course: Course, requirement: Requirement, at: datetime, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        hold_place(course=course, requirement=requirement, by=BY, at=at)


def test_a_full_course_is_refused_in_words(course: Course, requirement: Requirement, at: datetime) -> None:
    hold_place(course=course, requirement=requirement, by=BY, at=at)
    with pytest.raises(CourseIsFull, match="last place"):
        hold_place(course=course, requirement=another(requirement), by=BY, at=at)


@pytest.mark.parametrize(("after", "free"), [(HALF_AN_HOUR - timedelta(seconds=1), False), (HALF_AN_HOUR, True)])
def test_an_expired_hold_is_bookable_at_once(
    course: Course, requirement: Requirement, at: datetime, after: timedelta, free: bool
) -> None:
    first = hold_place(course=course, requirement=requirement, by=BY, at=at)
    if not free:
        with pytest.raises(CourseIsFull):
            hold_place(course=course, requirement=another(requirement), by=BY, at=at + after)
        return
    hold_place(course=course, requirement=another(requirement), by=BY, at=at + after)
    first.refresh_from_db()
    assert (first.state, taken(course)) == (BookingState.LAPSED, 1)
    assert AuditEvent.objects.filter(subject_id=first.pk, action="booking.lapsed", actor_process="tick").count() == 1


def test_the_same_course_again_is_the_same_booking(course: Course, requirement: Requirement, at: datetime) -> None:
    first = hold_place(course=course, requirement=requirement, by=BY, at=at)
    assert hold_place(course=course, requirement=requirement, by=BY, at=at) == first
    assert taken(course) == 1


def test_another_course_is_refused_while_a_place_is_live(course: Course, requirement: Requirement, at: datetime) -> None:
    first = hold_place(course=course, requirement=requirement, by=BY, at=at)
    other = make_course(requirement.programme)
    with pytest.raises(AlreadyHasAPlace):
        hold_place(course=other, requirement=requirement, by=BY, at=at)
    confirm_place(booking_id=first.pk, by=BY, at=at)
    for again in (other, course):
        with pytest.raises(AlreadyHasAPlace):
            hold_place(course=again, requirement=requirement, by=BY, at=at)


def test_a_run_out_hold_does_not_stop_its_own_person_from_choosing_again(
    course: Course, requirement: Requirement, at: datetime
) -> None:
    first = hold_place(course=course, requirement=requirement, by=BY, at=at)
    other = make_course(requirement.programme)
    second = hold_place(course=other, requirement=requirement, by=BY, at=at + HALF_AN_HOUR)
    first.refresh_from_db()
    assert (first.state, second.course_id) == (BookingState.LAPSED, other.pk)
    assert (taken(course), taken(other)) == (0, 1)


def test_the_same_course_after_the_hold_ran_out_is_a_new_booking(
    course: Course, requirement: Requirement, at: datetime
) -> None:
    first = hold_place(course=course, requirement=requirement, by=BY, at=at)
    second = hold_place(course=course, requirement=requirement, by=BY, at=at + HALF_AN_HOUR)
    assert second != first
    assert taken(course) == 1


def test_a_course_of_another_programme_is_nothing_to_book(requirement: Requirement, at: datetime) -> None:
    with pytest.raises(NothingToBook):
        hold_place(course=make_course(), requirement=requirement, by=BY, at=at)


@pytest.mark.parametrize("state", [RequirementState.PENDING, RequirementState.MET, RequirementState.NOT_MET])
def test_only_a_requirement_in_progress_can_be_booked_for(state: str, at: datetime) -> None:
    requirement = make_requirement(state=state)
    with pytest.raises(NothingToBook):
        hold_place(course=make_course(requirement.programme), requirement=requirement, by=BY, at=at)


@pytest.mark.parametrize("state", [CourseState.DRAFT, CourseState.CLOSED, CourseState.CANCELLED])
def test_only_a_published_course_can_be_booked(state: str, requirement: Requirement, at: datetime) -> None:
    with pytest.raises(CourseIsNotOpen):
        hold_place(course=make_course(requirement.programme, state=state), requirement=requirement, by=BY, at=at)


def test_a_course_that_has_begun_cannot_be_booked(course: Course, requirement: Requirement) -> None:
    with pytest.raises(CourseHasBegun):
        hold_place(course=course, requirement=requirement, by=BY, at=course.first_starts_at)
    before = course.first_starts_at - timedelta(seconds=1)
    assert hold_place(course=course, requirement=requirement, by=BY, at=before).state == BookingState.HELD


def test_a_refused_hold_leaves_no_place_taken(requirement: Requirement, at: datetime) -> None:
    course = make_course(requirement.programme, starts_in=timedelta(days=200))
    with pytest.raises(CourseEndsTooLate):
        hold_place(course=course, requirement=requirement, by=BY, at=at)
    assert (taken(course), Booking.objects.count()) == (0, 0)


def test_a_hold_is_extended_once(course: Course, requirement: Requirement, at: datetime) -> None:
    booking = hold_place(course=course, requirement=requirement, by=BY, at=at)
    until = at + timedelta(minutes=45)
    assert extend_hold(booking=booking, until=until, by=BY, at=at).held_until == until
    assert AuditEvent.objects.filter(subject_id=booking.pk, action="booking.hold_extended").count() == 1
    with pytest.raises(AlreadyExtended):
        extend_hold(booking=booking, until=until + HALF_AN_HOUR, by=BY, at=at)
    with pytest.raises(CourseIsFull):
        hold_place(course=course, requirement=another(requirement), by=BY, at=at + HALF_AN_HOUR)


def test_a_hold_that_is_over_is_not_extended(course: Course, requirement: Requirement, at: datetime) -> None:
    booking = hold_place(course=course, requirement=requirement, by=BY, at=at)
    with pytest.raises(HoldIsOver):
        extend_hold(booking=booking, until=at + timedelta(hours=2), by=BY, at=at + HALF_AN_HOUR)
    lapse_holds(at=at + HALF_AN_HOUR)
    with pytest.raises(HoldIsOver):
        extend_hold(booking=booking, until=at + timedelta(hours=2), by=BY, at=at)


def test_confirming_makes_the_referral_active_and_queues_messages(
    course: Course, requirement: Requirement, at: datetime
) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    booking = confirm_place(booking_id=held.pk, by=BY, at=at)
    requirement.referral.refresh_from_db()
    assert (booking.state, booking.confirmed_at) == (BookingState.CONFIRMED, at)
    assert requirement.referral.state == ReferralState.ACTIVE
    kinds = OutboxMessage.objects.filter(channel="email", case_id=requirement.referral_id).values_list("kind", flat=True)
    assert sorted(kinds) == ["booking-confirmed", *["session-reminder"] * 4]
    recipients = set(OutboxMessage.objects.values_list("recipient_id", flat=True))
    assert recipients == {requirement.referral.participant_id}


def test_confirming_twice_confirms_once(course: Course, requirement: Requirement, at: datetime) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    confirm_place(booking_id=held.pk, by=BY, at=at)
    queued = OutboxMessage.objects.count()
    again = confirm_place(booking_id=held.pk, by=BY, at=at + timedelta(hours=1))
    assert again.confirmed_at == at
    assert AuditEvent.objects.filter(subject_id=held.pk, action="booking.confirmed").count() == 1
    assert (OutboxMessage.objects.count(), taken(course)) == (queued, 1)


@pytest.mark.parametrize("state", [BookingState.COMPLETED, BookingState.NOT_COMPLETED])
def test_confirming_what_is_behind_them_changes_nothing(state: str, at: datetime) -> None:
    booking = make_booking(state=state)
    assert confirm_place(booking_id=booking.pk, by=BY, at=at).state == state


def test_a_payment_after_the_hold_lapsed_is_seated_again_when_a_place_is_free(
    course: Course, requirement: Requirement, at: datetime
) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    late = at + timedelta(hours=1)
    assert lapse_holds(at=late) == 1
    assert taken(course) == 0
    booking = confirm_place(booking_id=held.pk, by=BY, at=late)
    assert (booking.state, booking.ended_at, taken(course)) == (BookingState.CONFIRMED, None, 1)


def test_a_payment_after_the_place_went_to_another_is_told_so(
    course: Course, requirement: Requirement, at: datetime
) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    hold_place(course=course, requirement=another(requirement), by=BY, at=at + HALF_AN_HOUR)
    with pytest.raises(PlaceIsGone, match="all of your money back"):
        confirm_place(booking_id=held.pk, by=BY, at=at + HALF_AN_HOUR)
    assert taken(course) == 1


def test_a_late_payment_is_refused_when_the_person_has_another_place(
    course: Course, requirement: Requirement, at: datetime
) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    hold_place(course=make_course(requirement.programme), requirement=requirement, by=BY, at=at + HALF_AN_HOUR)
    with pytest.raises(PlaceIsGone):
        confirm_place(booking_id=held.pk, by=BY, at=at + HALF_AN_HOUR)


def test_a_late_payment_is_refused_when_the_date_can_no_longer_be_met(
    course: Course, requirement: Requirement, at: datetime
) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    lapse_holds(at=at + HALF_AN_HOUR)
    Course.objects.filter(pk=course.pk).update(last_ends_at=clock.end_of(requirement.complete_by))
    with pytest.raises(PlaceIsGone):
        confirm_place(booking_id=held.pk, by=BY, at=at + HALF_AN_HOUR)


@pytest.mark.parametrize("lapsed", [True, False])
def test_a_payment_after_the_course_began_is_refused(
    course: Course, requirement: Requirement, at: datetime, lapsed: bool
) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    if lapsed:
        lapse_holds(at=course.first_starts_at)
    with pytest.raises(PlaceIsGone):
        confirm_place(booking_id=held.pk, by=BY, at=course.first_starts_at)


def test_a_payment_for_a_place_given_up_is_refused(course: Course, requirement: Requirement, at: datetime) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    release_hold(booking=held, by=BY, at=at)
    with pytest.raises(PlaceIsGone):
        confirm_place(booking_id=held.pk, by=BY, at=at)


def test_a_payment_for_a_case_that_ended_is_refused(at: datetime) -> None:
    requirement = make_requirement(make_referral(ReferralState.WITHDRAWN), state=RequirementState.NOT_MET)
    booking = make_booking(requirement=requirement, state=BookingState.HELD)
    with pytest.raises(PlaceIsGone):
        confirm_place(booking_id=booking.pk, by=BY, at=at)


def test_giving_up_a_hold_frees_the_place_once(course: Course, requirement: Requirement, at: datetime) -> None:
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    for _ in range(2):
        assert release_hold(booking=held, by=BY, at=at).state == BookingState.CANCELLED_BY_PARTICIPANT
    assert taken(course) == 0
    assert AuditEvent.objects.filter(subject_id=held.pk, action="booking.cancelled_by_participant").count() == 1


def test_a_place_that_is_paid_for_or_lapsed_is_not_given_up_here(at: datetime) -> None:
    with pytest.raises(PlaceIsPaidFor):
        release_hold(booking=make_booking(), by=BY, at=at)
    with pytest.raises(HoldIsOver):
        release_hold(booking=make_booking(state=BookingState.LAPSED), by=BY, at=at)


def test_a_hold_ended_twice_from_old_copies_frees_one_place(at: datetime) -> None:
    booking = make_booking(state=BookingState.HELD)
    copies = [Booking.objects.select_related("requirement").get(pk=booking.pk) for _ in range(2)]
    ended = [end_hold(copy, to=BookingState.LAPSED, by=BY, at=at) for copy in copies]
    assert (ended, taken(booking.course)) == ([True, False], 0)


def test_freeing_an_empty_course_does_not_go_below_nothing(course: Course) -> None:
    free_place(course_id=course.pk, seats=1)
    assert taken(course) == 0


def test_lapsing_tidies_what_ran_out_and_nothing_else(requirement: Requirement, at: datetime) -> None:
    course = make_course(requirement.programme, capacity=5)
    run_out = [hold_place(course=course, requirement=another(requirement), by=BY, at=at) for _ in range(2)]
    fresh = hold_place(course=course, requirement=requirement, by=BY, at=at + timedelta(minutes=10))
    assert lapse_holds(at=at + HALF_AN_HOUR) == 2
    assert lapse_holds(at=at + HALF_AN_HOUR) == 0
    fresh.refresh_from_db()
    states = set(Booking.objects.filter(pk__in=[hold.pk for hold in run_out]).values_list("state", flat=True))
    assert (fresh.state, states, taken(course)) == (BookingState.HELD, {BookingState.LAPSED}, 1)
