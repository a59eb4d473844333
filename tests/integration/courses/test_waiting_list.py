"""Waiting for a place: joining, whose turn it is, the offer that holds the place, and what becomes of it."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.enums import BookingState as B
from courses.enums import CourseState
from courses.enums import WaitingState as W
from courses.models import Booking, Course, WaitingEntry
from courses.models.waiting import Area
from courses.policies import CourseEndsTooLate, CourseIsNotOpen, NothingToBook
from courses.queries.waiting import people_ahead
from courses.services.booking import (
    AlreadyHasAPlace,
    CourseIsFull,
    confirm_place,
    give_up_place,
    hold_place,
    lapse_holds,
    release_hold,
)
from courses.services.waiting import (
    CourseHasPlaces,
    PlacesAreFree,
    StartsTooSoon,
    TooManyLists,
    join_for_any,
    join_for_course,
    leave_list,
)
from courses.services.waiting_offers import sweep
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.places import locate
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import RequirementState, TaskKind
from diversion.referrals.models import CaseTask, NonAssociation, Programme, Requirement
from tests.factories import (
    make_booking,
    make_course,
    make_full_course,
    make_needing,
    make_programme,
    make_requirement,
    make_venue,
    make_wait,
)

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
AT = clock.london(clock.today() + timedelta(days=1), 10)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def programme() -> Programme:
    return make_programme()


@pytest.fixture
def full(programme: Programme) -> Course:
    """A course with one place, which somebody has."""
    return make_full_course(programme)


def free_a_place(course: Course) -> None:
    """Somebody gives a confirmed place up."""
    booking = Booking.objects.filter(course=course, state=B.CONFIRMED).first()
    assert booking is not None
    give_up_place(booking=booking, by=BY, at=AT)


def wait_for(course: Course, requirement: Requirement, at: datetime = AT) -> WaitingEntry:
    return join_for_course(course=course, requirement=requirement, by=BY, at=at)


def wait_near(town: str, requirement: Requirement, miles: int = 20, *, online_ok: bool = False) -> WaitingEntry:
    place = locate(town)
    assert place is not None
    return join_for_any(area=Area(place, miles), online_ok=online_ok, requirement=requirement, by=BY, at=AT)


def state(entry: WaitingEntry) -> str:
    entry.refresh_from_db()
    return entry.state


def offered_to(course: Course) -> list[Requirement]:
    """Who has an offer on a course, in the order of the offers."""
    offers = WaitingEntry.objects.filter(booking__course=course, state=W.OFFERED).order_by("booking__id")
    return [entry.requirement for entry in offers.select_related("requirement")]


# Joining


def test_joining_twice_is_one_wait_and_on_the_trail_once(programme: Programme, full: Course) -> None:
    requirement = make_needing(programme)
    first, second = wait_for(full, requirement), wait_for(full, requirement, AT + HOUR)
    assert (first, first.joined_at) == (second, second.joined_at)
    assert AuditEvent.objects.filter(action="waiting.joined", case_id=requirement.referral_id).count() == 1


def test_nobody_waits_for_what_they_can_book(programme: Programme) -> None:
    course, requirement = make_course(programme), make_needing(programme)
    with pytest.raises(CourseHasPlaces):
        wait_for(course, requirement)
    with pytest.raises(PlacesAreFree):
        wait_near("Manchester", requirement)
    assert wait_near("Truro", requirement).area == Area(locate("Truro"), 20)  # type: ignore[arg-type]


def test_a_course_with_too_few_seats_for_an_interpreter_is_full_for_them(programme: Programme) -> None:
    course = make_course(programme, capacity=1)
    assert state(wait_for(course, make_needing(programme, "interpreter"))) == W.JOINED


def test_nobody_waits_for_what_would_not_serve(programme: Programme, full: Course) -> None:
    late = make_needing(programme, complete_by=clock.day_of(full.last_ends_at) - timedelta(days=1), book_by=clock.today())
    with pytest.raises(CourseEndsTooLate):
        wait_for(full, late)
    with pytest.raises(NothingToBook):
        wait_for(full, make_requirement())
    over = make_needing(programme, state=RequirementState.NOT_MET)
    with pytest.raises(NothingToBook):
        wait_near("Manchester", over)
    with pytest.raises(StartsTooSoon):
        wait_for(full, make_needing(programme), full.first_starts_at - 2 * HOUR)


def test_a_course_that_the_person_could_not_attend_reads_as_one_that_is_not_open(programme: Programme) -> None:
    steps = make_full_course(programme, venue=make_venue(step_free=False))
    with pytest.raises(CourseIsNotOpen) as refused:
        wait_for(steps, make_needing(programme, "step-free"))
    assert str(refused.value) == str(CourseIsNotOpen.sentence)


def test_who_has_a_place_does_not_wait(programme: Programme, full: Course) -> None:
    requirement = make_needing(programme)
    make_booking(make_course(programme), requirement, B.CONFIRMED)
    with pytest.raises(AlreadyHasAPlace):
        wait_for(full, requirement)


def test_five_lists_and_no_more(programme: Programme) -> None:
    requirement = make_needing(programme)
    for _ in range(5):
        wait_for(make_full_course(programme), requirement)
    with pytest.raises(TooManyLists):
        wait_for(make_full_course(programme), requirement)


def test_waiting_for_any_course_elsewhere_keeps_the_turn(programme: Programme) -> None:
    requirement = make_needing(programme)
    first = wait_near("Leeds", requirement)
    place = locate("York")
    assert place is not None
    second = join_for_any(area=Area(place, 5), online_ok=True, requirement=requirement, by=BY, at=AT + HOUR)
    assert (first.pk, AT, "York", 5, True) == (second.pk, second.joined_at, second.place, second.miles, second.online_ok)


# Whose turn it is


def test_a_freed_place_is_held_for_the_first_in_line_who_is_told(programme: Programme, full: Course) -> None:
    first, second = make_needing(programme), make_needing(programme)
    entry, _ = wait_for(full, first), wait_for(full, second, AT + MINUTE)
    assert sweep(at=AT) == 0
    free_a_place(full)
    assert sweep(at=AT) == 1
    assert (offered_to(full), state(entry)) == ([first], W.OFFERED)
    booking = entry.booking
    assert booking is not None
    assert (booking.state, booking.held_until, booking.price_pence) == (B.HELD, AT + 4 * HOUR, full.price_pence)
    told = OutboxMessage.objects.filter(kind="place-offered", recipient_id=first.referral.participant_id)
    assert set(told.values_list("subject_id", "due_at", "stale_at")) == {(booking.pk, AT, AT + 4 * HOUR)}
    assert sweep(at=AT) == 0
    assert Course.objects.get(pk=full.pk).taken == 1


def test_who_has_no_other_course_in_time_comes_first(programme: Programme, full: Course) -> None:
    soon = clock.day_of(full.last_ends_at)
    early = make_needing(programme)
    urgent = make_needing(programme, complete_by=soon, book_by=clock.today())
    make_course(programme, starts_in=timedelta(days=40))
    first, second = wait_for(full, early), wait_for(full, urgent, AT + MINUTE)
    assert [people_ahead(entry, at=AT) for entry in (first, second)] == [1, 0]
    free_a_place(full)
    sweep(at=AT)
    assert offered_to(full) == [urgent]


def test_a_course_that_takes_no_more_bookings_is_no_other_course(programme: Programme, full: Course) -> None:
    soon = clock.day_of(full.last_ends_at)
    early = make_needing(programme)
    urgent = make_needing(programme, complete_by=soon, book_by=clock.today())
    make_course(programme, starts_in=timedelta(days=40))
    make_course(programme, booking_closed_at=AT)
    first, second = wait_for(full, early), wait_for(full, urgent, AT + MINUTE)
    assert [people_ahead(entry, at=AT) for entry in (first, second)] == [1, 0]


def test_another_course_that_is_full_begun_or_unfit_is_no_other_course(programme: Programme, full: Course) -> None:
    first, second = make_needing(programme), make_needing(programme, "step-free")
    make_course(programme, venue=make_venue(step_free=False), starts_in=timedelta(days=20))
    make_full_course(programme)
    wait_for(full, first), wait_for(full, second, AT + MINUTE)
    free_a_place(full)
    sweep(at=AT)
    assert offered_to(full) == [second]


def test_any_course_within_reach(programme: Programme) -> None:
    near, far, online = make_needing(programme), make_needing(programme), make_needing(programme)
    wait_near("Manchester", near, 20)
    wait_near("Bristol", far, 20)
    join_for_any(area=None, online_ok=True, requirement=online, by=BY, at=AT)
    room, web = make_course(programme, capacity=5), make_course(programme, capacity=5)
    Course.objects.filter(pk=web.pk).update(venue=None)
    assert sweep(at=AT) == 2
    assert (offered_to(room), offered_to(web)) == ([near], [online])


def test_the_line_leaves_out_whom_the_course_would_not_serve(programme: Programme) -> None:
    course = make_full_course(programme, venue=make_venue(step_free=False), capacity=2)
    wait_near("Manchester", make_needing(programme, "step-free"))
    wait_near("Manchester", make_needing(programme, "single-sex"))
    wait_near("Manchester", make_needing(programme, complete_by=clock.today() + timedelta(days=3), book_by=clock.today()))
    afraid, fine = make_needing(programme), make_needing(programme)
    feared = Booking.objects.filter(course=course).first()
    assert feared is not None
    name = feared.requirement.referral.participant.family_name  # type: ignore[union-attr]
    person = afraid.referral.participant
    assert person is not None
    NonAssociation.objects.create(participant=person, other_family_name=name, made_at=AT)
    last = Booking.objects.filter(course=course).exclude(pk=feared.pk).get()
    NonAssociation.objects.filter(participant=last.requirement.referral.participant).delete()
    wait_near("Manchester", afraid)
    wait_near("Manchester", fine)
    give_up_place(booking=last, by=BY, at=AT)
    sweep(at=AT)
    assert offered_to(course) == [fine]


def test_two_who_must_not_meet_are_not_offered_places_on_one_course(programme: Programme, full: Course) -> None:
    afraid, feared, fine = make_needing(programme), make_needing(programme), make_needing(programme)
    person, other = afraid.referral.participant, feared.referral.participant
    assert person is not None
    assert other is not None
    NonAssociation.objects.create(participant=person, other_family_name=other.family_name, made_at=AT)
    for minutes, each in enumerate((afraid, feared, fine)):
        wait_for(full, each, AT + minutes * MINUTE)
    Course.objects.filter(pk=full.pk).update(capacity=full.capacity + 2)
    sweep(at=AT + HOUR), sweep(at=AT + HOUR + MINUTE)
    assert offered_to(full) == [afraid, fine]


def test_an_interpreter_needs_two_seats_and_holds_nobody_up(programme: Programme) -> None:
    course = make_full_course(programme, capacity=3)
    two, one = make_needing(programme, "bsl"), make_needing(programme)
    wait_for(course, two), wait_for(course, one, AT + MINUTE)
    free_a_place(course)
    sweep(at=AT)
    assert offered_to(course) == [one]
    free_a_place(course), free_a_place(course)
    sweep(at=AT)
    assert offered_to(course) == [one, two]
    assert Course.objects.get(pk=course.pk).taken == 3


def test_whatever_freed_the_place_it_is_found(programme: Programme, full: Course) -> None:
    waiting = [make_needing(programme) for _ in range(3)]
    for n, requirement in enumerate(waiting):
        wait_for(full, requirement, AT + n * MINUTE)
    Course.objects.filter(pk=full.pk).update(capacity=2)  # a larger room
    sweep(at=AT)
    assert offered_to(full) == waiting[:1]
    lapse_holds(at=AT + 5 * HOUR)  # the first did not answer
    sweep(at=AT + 5 * HOUR)
    assert offered_to(full) == waiting[1:2]
    confirmed = Booking.objects.get(course=full, state=B.CONFIRMED)
    give_up_place(booking=confirmed, by=BY, at=AT + 5 * HOUR)
    sweep(at=AT + 5 * HOUR)
    assert offered_to(full) == waiting[1:]


def test_an_offer_at_night_is_told_at_eight_and_runs_from_then(programme: Programme, full: Course) -> None:
    night = clock.london(clock.day_of(AT), 22)
    entry = wait_for(full, make_needing(programme))
    free_a_place(full)
    sweep(at=night)
    assert state(entry) == W.OFFERED
    told = OutboxMessage.objects.filter(kind="place-offered").values_list("due_at", flat=True)
    assert set(told) == {clock.london(clock.day_of(AT) + timedelta(days=1), 8)}
    assert entry.booking is not None
    assert entry.booking.held_until == clock.london(clock.day_of(AT) + timedelta(days=1), 12)


# The list comes before whoever books directly


def test_a_freed_place_is_kept_for_the_list_and_found_free_when_nobody_waits(programme: Programme, full: Course) -> None:
    entry = wait_for(full, make_needing(programme))
    free_a_place(full)
    with pytest.raises(CourseIsFull):
        hold_place(course=full, requirement=make_needing(programme), by=BY, at=AT)
    leave_list(entry=entry, by=BY, at=AT)
    assert hold_place(course=full, requirement=make_needing(programme), by=BY, at=AT).state == B.HELD


def test_the_first_in_line_may_book_before_the_offer_and_more_places_than_people_are_for_anybody(
    programme: Programme, full: Course
) -> None:
    first, second = make_needing(programme), make_needing(programme)
    wait_for(full, first), wait_for(full, second, AT + MINUTE)
    free_a_place(full)
    with pytest.raises(CourseIsFull):
        hold_place(course=full, requirement=second, by=BY, at=AT)
    assert hold_place(course=full, requirement=first, by=BY, at=AT).state == B.HELD
    Course.objects.filter(pk=full.pk).update(capacity=3)
    assert hold_place(course=full, requirement=make_needing(programme), by=BY, at=AT).state == B.HELD
    with pytest.raises(CourseIsFull):
        hold_place(course=full, requirement=make_needing(programme), by=BY, at=AT)


def test_whoever_cannot_be_served_keeps_nobody_out(programme: Programme) -> None:
    course = make_full_course(programme, capacity=2)
    wait_for(course, make_needing(programme, "interpreter"))
    free_a_place(course)
    assert hold_place(course=course, requirement=make_needing(programme), by=BY, at=AT).state == B.HELD


# What becomes of an offer


def offered(programme: Programme, course: Course) -> WaitingEntry:
    entry = wait_for(course, make_needing(programme))
    free_a_place(course)
    sweep(at=AT)
    assert state(entry) == W.OFFERED
    return entry


def test_taken(programme: Programme, full: Course) -> None:
    entry = offered(programme, full)
    other = make_wait(make_full_course(programme), entry.requirement)
    confirm_place(booking_id=entry.booking_id, by=BY, at=AT)  # type: ignore[arg-type]
    sweep(at=AT)
    assert (state(entry), state(other)) == (W.TAKEN, W.ENDED)


def test_unanswered_it_passes_to_the_next_and_the_person_may_join_again_at_the_end(
    programme: Programme, full: Course
) -> None:
    entry = offered(programme, full)
    late = AT + 4 * HOUR
    after = wait_for(full, make_needing(programme), AT + HOUR)
    lapse_holds(at=late)
    sweep(at=late)
    assert (state(entry), state(after)) == (W.PASSED, W.OFFERED)
    assert people_ahead(wait_for(full, entry.requirement, late), at=late) == 0
    assert AuditEvent.objects.filter(action="waiting.passed", case_id=entry.requirement.referral_id).count() == 1


@pytest.mark.parametrize("way", ["leave the list", "give up the place"])
def test_declined_it_passes_to_the_next(programme: Programme, full: Course, way: str) -> None:
    entry = offered(programme, full)
    after = wait_for(full, make_needing(programme), AT + HOUR)
    if way == "leave the list":
        leave_list(entry=entry, by=BY, at=AT)
        leave_list(entry=entry, by=BY, at=AT)
    else:
        assert entry.booking is not None
        release_hold(booking=entry.booking, by=BY, at=AT)
    sweep(at=AT)
    assert (state(entry), state(after)) == (W.LEFT, W.OFFERED)


def test_who_holds_a_place_elsewhere_is_passed_over_and_who_pays_for_it_leaves_the_list(
    programme: Programme, full: Course
) -> None:
    entry = wait_for(full, make_needing(programme))
    elsewhere = hold_place(course=make_course(programme), requirement=entry.requirement, by=BY, at=AT)
    free_a_place(full)
    assert (sweep(at=AT), state(entry)) == (0, W.JOINED)
    stranger = hold_place(course=full, requirement=make_needing(programme), by=BY, at=AT)
    assert stranger.state == B.HELD, "whoever is passed over keeps nobody out"
    confirm_place(booking_id=elsewhere.pk, by=BY, at=AT)
    sweep(at=AT)
    assert state(entry) == W.ENDED


@pytest.mark.parametrize("over", ["cancelled", "begun", "date", "requirement"])
def test_a_wait_for_what_cannot_come_ends(programme: Programme, full: Course, over: str) -> None:
    entry, later = wait_for(full, make_needing(programme)), AT
    other = wait_for(make_full_course(programme), make_needing(programme))
    Course.objects.filter(pk=other.course_id).update(
        first_starts_at=AT + timedelta(days=60), last_ends_at=AT + timedelta(days=61)
    )
    if over == "cancelled":
        Course.objects.filter(pk=full.pk).update(state=CourseState.CANCELLED)
    elif over == "begun":
        later = full.first_starts_at
    else:
        change = {"complete_by": clock.day_of(AT)} if over == "date" else {"state": RequirementState.NOT_MET}
        Requirement.objects.filter(pk=entry.requirement_id).update(book_by=clock.day_of(AT), **change)
    sweep(at=later)
    assert (state(entry), state(other)) == (W.ENDED, W.JOINED)


def test_near_the_date_with_nothing_else_the_officer_is_asked_once(programme: Programme, full: Course) -> None:
    soon = {"complete_by": clock.day_of(full.last_ends_at), "book_by": clock.today()}
    near, far = make_needing(programme, **soon), make_needing(programme)
    wait_for(full, near), wait_for(full, far)
    Course.objects.filter(pk=full.pk).update(state=CourseState.CANCELLED)
    sweep(at=AT)
    (task,) = CaseTask.objects.all()
    assert (task.kind, task.subject_id) == (TaskKind.NO_COURSE_FITS, near.pk)
    assert task.detail == "On a waiting list. No course with a place ends by the date."


# The minute


def test_a_sweep_asks_as_many_questions_of_three_in_line_as_of_thirty(programme: Programme, full: Course) -> None:
    counted = []
    for more in (3, 27):
        for n in range(more):
            wait_for(full, make_needing(programme), AT - n * MINUTE)
        free_a_place(full)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert sweep(at=AT) == 1
        counted.append(len(queries))
        Booking.objects.filter(course=full, state=B.HELD).update(state=B.CONFIRMED, confirmed_at=AT)
        sweep(at=AT)
    assert counted[0] == counted[1]
