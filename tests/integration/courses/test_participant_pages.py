"""A participant's pages: my course, choosing, keeping a place, giving it up, the calendar, help."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from courses.enums import BookingState, CourseState
from courses.models import Booking, Certificate, Course
from courses.queries.search import A_PAGE
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.referrals.enums import ReferralState, RequirementState, TaskKind
from diversion.referrals.models import CaseTask, Requirement
from tests.factories import (
    make_booking,
    make_course,
    make_participant,
    make_programme,
    make_provider,
    make_referral,
    make_requirement,
    make_scheme,
    make_session,
    make_user,
    make_venue,
)

pytestmark = pytest.mark.django_db
FIND = "/my/courses/"


@pytest.fixture
def requirement() -> Requirement:
    return make_requirement()


@pytest.fixture
def me(requirement: Requirement, client: Client) -> Client:
    """The participant's browser, signed in."""
    client.force_login(requirement.referral.participant.user)
    return client


def page(client: Client, path: str, **params: Any) -> str:
    answer = client.get(path, params)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def said(answer: Any) -> list[str]:
    """What the next page tells after an answer that leads there."""
    return [str(message) for message in answer.context["messages"]]


# --- finding -------------------------------------------------------------------------------------------------------------


def test_only_courses_that_still_serve_are_found(me: Client, requirement: Requirement) -> None:
    programme = requirement.programme
    fits = make_course(programme)
    make_course()  # of another programme
    make_course(programme, state=CourseState.DRAFT)
    make_course(programme, state=CourseState.CANCELLED)
    make_course(programme, capacity=1, taken=1)
    make_course(programme, starts_in=timedelta(hours=-1))
    make_course(programme, starts_in=timedelta(days=109), sessions=3)
    cards = me.get(FIND).context["cards"]
    assert [card["course"] for card in cards] == [fits]


def test_a_course_of_any_provider_is_found(me: Client, requirement: Requirement) -> None:
    courses = {make_course(requirement.programme, provider=make_provider()).pk for _ in range(3)}
    assert {card["course"].pk for card in me.get(FIND).context["cards"]} == courses


@pytest.mark.parametrize("seconds", [0, 1])
def test_the_last_session_ends_by_the_last_second_of_the_day(me: Client, requirement: Requirement, seconds: int) -> None:
    last_second = clock.end_of(requirement.complete_by) - timedelta(seconds=1)
    make_course(requirement.programme, last_ends_at=last_second + timedelta(seconds=seconds))
    assert len(me.get(FIND).context["cards"]) == 1 - seconds


def test_a_place_whose_hold_ran_out_is_found_at_once(me: Client, requirement: Requirement) -> None:
    course = make_course(requirement.programme, capacity=1)
    long_ago = clock.now() - timedelta(hours=1)
    hold = make_booking(
        course, make_requirement(programme=requirement.programme), BookingState.HELD,
        held_at=long_ago, held_until=long_ago + timedelta(minutes=30),
    )  # fmt: skip
    assert [card["course"] for card in me.get(FIND).context["cards"]] == [course]
    assert Course.objects.counting_places(at=clock.now()).get(pk=course.pk).places_left == 1
    Booking.objects.filter(pk=hold.pk).update(held_until=clock.now() + timedelta(minutes=5))
    assert me.get(FIND).context["cards"] == []


def test_full_courses_are_a_press_away_where_there_are_pages_of_others(me: Client, requirement: Requirement) -> None:
    full = make_course(requirement.programme, capacity=1, taken=1)
    rest = [make_course(requirement.programme) for _ in range(A_PAGE)]
    assert [card["course"] for card in me.get(FIND).context["full"]] == [full]
    make_course(requirement.programme)
    assert len(rest) == len(me.get(FIND).context["cards"])
    assert me.get(FIND).context["full"] == []
    assert 'href="?full=1#full"' in page(me, FIND)
    assert [card["course"] for card in me.get(FIND, {"full": 1}).context["full"]] == [full]
    Course.objects.filter(pk=full.pk).update(state=CourseState.CLOSED)
    assert "No full course would be in time either" in page(me, FIND, full=1)


@pytest.fixture
def kinds(requirement: Requirement) -> dict[str, Course]:
    """One course of each kind, soonest first in this order."""
    programme, provider = requirement.programme, make_provider(requirement.programme)
    steps = make_venue(provider, step_free=False, latitude=51.5, longitude=-0.12, name="Old mill")
    days = iter(range(5, 30))

    def add(**fields: Any) -> Course:
        noon = clock.london(clock.today() + timedelta(days=next(days)), 12)
        return make_course(programme, provider=provider, starts_in=noon - clock.now(), **fields)

    courses = {
        "plain": add(),
        "steps": add(venue=steps),
        "evening": add(evening_or_weekend=True),
        "welsh": add(language="cy"),
    }
    courses["online"] = add()
    Course.objects.filter(pk=courses["online"].pk).update(venue=None)
    return courses


# Courses start five days from now and on, one a day, at noon.
DAY_6 = (clock.today() + timedelta(days=6)).isoformat()
AT_A_WEEKEND = (clock.today() + timedelta(days=7)).weekday() >= 5
EVENING_OF_KINDS, WEEKEND_OF_KINDS = ([], ["evening"]) if AT_A_WEEKEND else (["evening"], [])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["plain", "steps", "evening", "welsh", "online"]),
        ({"how": "online"}, ["online"]),
        ({"how": "in-person"}, ["plain", "steps", "evening", "welsh"]),
        ({"when": "evening-or-weekend"}, ["evening"]),
        ({"when": "weekday"}, ["plain", "steps", "welsh", "online"]),
        ({"language": "cy"}, ["welsh"]),
        ({"step_free": "on"}, ["plain", "evening", "welsh", "online"]),
        ({"step_free": "on", "language": "en-gb", "when": "weekday"}, ["plain", "online"]),
        ({"when": "evening"}, EVENING_OF_KINDS),
        ({"when": "weekend"}, WEEKEND_OF_KINDS),
        ({"starts_from": DAY_6}, ["steps", "evening", "welsh", "online"]),
        ({"ends_by": DAY_6}, ["plain", "steps"]),
        ({"starts_from": DAY_6, "ends_by": DAY_6}, ["steps"]),
        ({"ends_by": "9999-12-31"}, ["plain", "steps", "evening", "welsh", "online"]),
        ({"starts_from": "nonsense"}, ["plain", "steps", "evening", "welsh", "online"]),
        ({"how": "nonsense"}, ["plain", "steps", "evening", "welsh", "online"]),
    ],
)
def test_filters_leave_out_what_does_not_suit(
    me: Client, kinds: dict[str, Course], asked: dict[str, str], found: list[str]
) -> None:
    names = {course.pk: name for name, course in kinds.items()}
    assert [names[card["course"].pk] for card in me.get(FIND, asked).context["cards"]] == found


def test_each_filter_is_a_tag_that_takes_it_off_and_helps_who_helps(me: Client, kinds: dict[str, Course]) -> None:
    asked = {"when": "weekday", "starts_from": "2030-01-31"}
    answer = me.get(FIND, asked)
    assert answer.context["chosen"] == [
        {"text": "Weekday daytimes", "query": "starts_from=2030-01-31"},
        {"text": "Starts on or after: Thursday 31 January 2030", "query": "when=weekday"},
    ]
    me.post("/my/help/", {"about": "no-course-fits"})
    assert "Weekday daytimes, Starts on or after: Thursday 31 January 2030" in CaseTask.objects.get().detail


def test_a_course_says_why_it_fits(me: Client, requirement: Requirement) -> None:
    saturday = clock.today() + timedelta(days=12 - clock.today().weekday())
    make_course(
        requirement.programme, language="cy", evening_or_weekend=True, starts_in=clock.london(saturday, 10) - clock.now()
    )
    me.post(FIND, {"place": "Stockport"})
    lines = me.get(FIND).context["cards"][0]["lines"]
    weeks = (requirement.complete_by - saturday).days // 7
    assert lines[0] == f"Ends {weeks} weeks before your date"
    assert lines[1] == "Town hall, 1 High Street, Manchester (about 6 miles away)"
    assert lines[3] == "£85, Cymraeg, Weekends, No steps"


def test_the_nearest_comes_first_and_online_last(me: Client, kinds: dict[str, Course]) -> None:
    answer = me.post(FIND, {"place": "SW1A 1AA"})
    assert (answer.status_code, answer["Location"]) == (303, FIND)
    cards = me.get(FIND).context["cards"]
    assert cards[0]["course"] == kinds["steps"]
    assert cards[-1]["course"] == kinds["online"]
    assert "(close by)" in str(cards[0]["lines"])


def test_venues_of_one_town_are_told_apart_by_the_district(me: Client, requirement: Requirement) -> None:
    far, near = [
        make_course(requirement.programme, venue=make_venue(latitude=latitude, longitude=longitude))
        for latitude, longitude in ((53.51, -2.18), (53.44, -2.22))
    ]
    me.post(FIND, {"place": "M14 5TQ"})
    assert [card["course"] for card in me.get(FIND).context["cards"]] == [near, far]
    me.post(FIND, {"place": "M40 2XX"})
    assert [card["course"] for card in me.get(FIND).context["cards"]] == [far, near]


def test_the_place_typed_never_stands_in_an_address_nor_in_the_clear_in_the_session(
    me: Client, kinds: dict[str, Course]
) -> None:
    answer = me.post(FIND + "?how=in-person", {"place": "M14 5TQ"})
    assert answer["Location"] == FIND + "?how=in-person"
    assert "M14" not in str(dict(me.session.items()))
    assert "Nearest to M14 first" in page(me, FIND)
    me.post(FIND, {"place": ""})
    assert "Soonest first" in page(me, FIND)


def test_the_persons_own_postcode_is_where_the_search_begins(client: Client) -> None:
    scheme = make_scheme()
    person = make_participant(scheme.agency, postcode="LS1 4DY")
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme, participant=person))
    make_course(requirement.programme)
    client.force_login(person.user)
    assert "Nearest to LS1 first" in page(client, FIND)


def test_an_unknown_place_is_told_beside_the_field(me: Client) -> None:
    answer = me.post(FIND, {"place": "Nowhere upon Nothing"})
    assert answer.status_code == 422
    assert "<title>Error:" in answer.content.decode()
    assert 'href="#id_place"' in answer.content.decode()
    assert 'value="Nowhere upon Nothing"' in answer.content.decode()


def test_nothing_fits_leads_to_a_waiting_list_online_courses_and_help(me: Client) -> None:
    html = page(me, FIND)
    assert "No course fits at the moment" in html
    assert reverse("waiting-any") in html
    assert FIND + "?how=online" in html
    assert reverse("help-ask") + "?about=no-course-fits" in html


def test_ten_courses_a_page_and_no_more_than_two_hundred_counted(me: Client, requirement: Requirement) -> None:
    provider = make_provider(requirement.programme)
    venue = make_venue(provider)
    for _ in range(11):
        make_course(requirement.programme, provider=provider, venue=venue)
    assert len(me.get(FIND).context["cards"]) == 10
    assert len(me.get(FIND, {"page": 2}).context["cards"]) == 1
    assert me.get(FIND, {"page": "nonsense"}).status_code == 200


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_the_search_costs_the_same_at_one_course_and_at_thirty_and_at_most_seven_queries(
    me: Client, requirement: Requirement
) -> None:
    make_course(requirement.programme)
    me.post(FIND, {"place": "Leeds"})
    one = queries_of(me, FIND)
    for _ in range(29):
        make_course(requirement.programme, sessions=2)
    assert queries_of(me, FIND) <= one <= 7


# --- checking and keeping a place ----------------------------------------------------------------------------------------


def test_a_course_is_shown_before_it_is_chosen(me: Client, requirement: Requirement) -> None:
    course = make_course(requirement.programme, sessions=2)
    html = page(me, f"{FIND}{course.public_id}/")
    for words in ("£85", "Town hall, 1 High Street, Manchester, M1 4BT", "before your date", "Finish your course by"):
        assert words in html
    assert html.count(" to ") >= 2


def test_keeping_a_place_leads_to_the_payment(me: Client, requirement: Requirement) -> None:
    course = make_course(requirement.programme)
    answer = me.post(f"{FIND}{course.public_id}/")
    booking = Booking.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/my/bookings/{booking.public_id}/pay/")
    assert (booking.state, booking.requirement) == (BookingState.HELD, requirement)


def test_a_double_click_keeps_one_place(me: Client, requirement: Requirement) -> None:
    course = make_course(requirement.programme)
    answers = [me.post(f"{FIND}{course.public_id}/") for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_full_course_leads_back_to_the_search_with_the_reason(me: Client, requirement: Requirement, method: str) -> None:
    course = make_course(requirement.programme, capacity=1, taken=1)
    answer = getattr(me, method)(f"{FIND}{course.public_id}/", follow=True)
    assert answer.redirect_chain == [(FIND, 303)]
    assert said(answer) == ["Somebody took the last place on this course. Choose another course."]


def test_a_course_of_another_programme_does_not_exist(me: Client) -> None:
    course = make_course()
    for answer in (me.get(f"{FIND}{course.public_id}/"), me.post(f"{FIND}{course.public_id}/")):
        assert answer.status_code == 404


def test_of_two_requirements_of_one_programme_the_sooner_is_booked(me: Client, requirement: Requirement) -> None:
    again = make_referral("accepted", scheme=requirement.referral.scheme, participant=requirement.referral.participant)
    make_requirement(again, complete_by=requirement.complete_by + timedelta(days=1))
    course = make_course(requirement.programme)
    assert me.get(f"/my/courses/{course.public_id}/").status_code == 200
    for _ in range(2):
        assert me.post(f"/my/courses/{course.public_id}/").status_code == 303
    assert [booking.requirement for booking in course.bookings.all()] == [requirement]


def test_of_two_requirements_of_one_programme_the_other_is_booked_once_the_first_has_its_place(
    me: Client, requirement: Requirement
) -> None:
    """Two agencies may ask for the same programme."""
    again = make_referral("accepted", scheme=requirement.referral.scheme, participant=requirement.referral.participant)
    other = make_requirement(again, complete_by=requirement.complete_by + timedelta(days=1))
    make_booking(make_course(requirement.programme), requirement)
    course = make_course(requirement.programme)
    assert [card["course"] for card in me.get(FIND).context["cards"]][-1] == course
    for _ in range(2):
        answer = me.post(f"/my/courses/{course.public_id}/")
        booking = course.bookings.get()
        assert (booking.requirement, answer["Location"]) == (other, reverse("checkout-start", args=[booking.public_id]))


def test_somebody_with_nothing_to_book_is_led_home(client: Client) -> None:
    client.force_login(make_user(Role.PARTICIPANT))
    assert client.get(FIND)["Location"] == "/my/"
    assert client.post(FIND, {"place": "Leeds"})["Location"] == "/my/"


# --- a place -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["booking-show", "booking-release", "booking-calendar"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_persons_place_does_not_exist(me: Client, name: str, method: str) -> None:
    booking = make_booking(state=BookingState.CONFIRMED if name == "booking-calendar" else BookingState.HELD)
    answer = getattr(me, method)(reverse(name, kwargs={"public_id": booking.public_id}))
    assert answer.status_code == (404 if method == "get" or name == "booking-release" else 405)
    booking.refresh_from_db()
    assert booking.state in {BookingState.HELD, BookingState.CONFIRMED}


def test_a_confirmed_place_shows_date_place_calendar_receipt_and_help(me: Client, requirement: Requirement) -> None:
    booking = make_booking(make_course(requirement.programme), requirement)
    html = page(me, f"/my/bookings/{booking.public_id}/")
    for words in (
        "Place confirmed",
        "Town hall",
        "What to bring",
        "calendar.ics",
        "/receipt/",
        "/my/help/",
        "Finish your course by",
    ):
        assert words in html


def test_the_joining_link_is_shown_half_an_hour_before(me: Client, requirement: Requirement) -> None:
    course = make_course(requirement.programme)
    Course.objects.filter(pk=course.pk).update(venue=None)
    session = course.sessions.get()
    session.joining_link = "https://meet.example.org/room"
    make_booking(course, requirement)
    for minutes, shown in ((31, False), (29, True), (-10, True)):
        session.starts_at = clock.now() + timedelta(minutes=minutes)
        session.ends_at = session.starts_at + timedelta(hours=3)
        session.save()
        assert ("meet.example.org" in page(me, "/my/")) is shown


def test_a_place_is_given_up_after_asking(me: Client, requirement: Requirement) -> None:
    booking = make_booking(make_course(requirement.programme), requirement, BookingState.HELD)
    path = f"/my/bookings/{booking.public_id}/release/"
    assert "Do you want to give up this place?" in page(me, path)
    for _ in range(2):
        answer = me.post(path)
        assert (answer.status_code, answer["Location"]) == (303, "/my/")
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED_BY_PARTICIPANT
    assert booking.course.taken == 0
    assert me.get(path)["Location"] == "/my/"


def test_a_place_that_is_paid_for_is_not_given_up_here(me: Client, requirement: Requirement) -> None:
    booking = make_booking(make_course(requirement.programme), requirement)
    answer = me.post(f"/my/bookings/{booking.public_id}/release/", follow=True)
    assert said(answer) == ["You have paid for this place. Ask us for help if you cannot go."]
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED


def test_the_calendar_names_nothing_and_is_the_same_each_time(me: Client) -> None:
    programme = make_programme(name="Knives and you", neutral_name="Course")
    requirement = make_requirement(make_referral(ReferralState.ACCEPTED, scheme=make_scheme(programme=programme)))
    me.force_login(requirement.referral.participant.user)
    booking = make_booking(make_course(programme, sessions=2), requirement)
    booking.course.sessions.update(title="Knives, part one")
    answer = me.get(f"/my/bookings/{booking.public_id}/calendar.ics")
    assert answer["Content-Disposition"] == 'attachment; filename="calendar.ics"'
    text = answer.content.decode()
    for telling in ("Knives", "nives", "Town hall", "olice", "ourse"):
        assert telling not in text
    entries = [part for part in Calendar.from_ical(text).walk("VEVENT")]
    assert [(str(e["summary"]), e["sequence"], e["dtstart"].params["TZID"]) for e in entries] == [
        ("Appointment", 0, "Europe/London")
    ] * 2
    assert [e["dtstart"].dt for e in entries] == [s.starts_at for s in booking.course.sessions.all()]
    assert len({str(e["uid"]) for e in entries}) == 2
    assert "VTIMEZONE" in text
    assert me.get(f"/my/bookings/{booking.public_id}/calendar.ics").content == answer.content


def entries(me: Client, booking: Booking) -> tuple[str, dict[str, tuple[int, str]]]:
    """The method, and by UID each entry's sequence and status."""
    calendar = Calendar.from_ical(me.get(f"/my/bookings/{booking.public_id}/calendar.ics").content)
    found = {str(e["uid"]): (int(e["sequence"]), str(e.get("status", ""))) for e in calendar.walk("VEVENT")}
    return str(calendar["method"]), found


def test_an_entry_keeps_its_name_and_its_number_rises_when_session_or_booking_moves(
    me: Client, requirement: Requirement
) -> None:
    first = make_booking(make_course(requirement.programme, sessions=2), requirement)
    _, at_first = entries(me, first)
    first.course.sessions.filter(position=1).update(sequence=3)
    _, moved = entries(me, first)
    assert set(moved) == set(at_first)
    assert sorted(sequence for sequence, _ in moved.values()) == [0, 3]
    Booking.objects.filter(pk=first.pk).update(state=BookingState.CANCELLED_BY_PARTICIPANT, ended_at=clock.now())
    method, cancelled = entries(me, first)
    assert method == "CANCEL"
    assert {status for _, status in cancelled.values()} == {"CANCELLED"}
    second = make_booking(make_course(requirement.programme, sessions=2), requirement)
    method, anew = entries(me, second)
    assert (method, set(anew)) == ("PUBLISH", set(at_first))
    numbers = [min(number for number, _ in each.values()) for each in (cancelled, anew)]
    assert max(number for number, _ in moved.values()) < numbers[0] < numbers[1]
    # What took the entries over must not be undone by an old file.
    assert me.get(f"/my/bookings/{first.public_id}/calendar.ics").status_code == 404


def test_there_is_no_calendar_before_the_place_is_confirmed(me: Client, requirement: Requirement) -> None:
    booking = make_booking(make_course(requirement.programme), requirement, BookingState.HELD)
    assert me.get(f"/my/bookings/{booking.public_id}/calendar.ics").status_code == 404


# --- my course -----------------------------------------------------------------------------------------------------------


def test_an_offer_waits_for_its_answer(client: Client) -> None:
    requirement = make_requirement(make_referral(ReferralState.OFFERED), state=RequirementState.PENDING)
    client.force_login(requirement.referral.participant.user)
    assert reverse("offer-show") in page(client, "/my/")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ReferralState.DECLINED, "You said no to the offer"),
        (ReferralState.EXPIRED, "The time to answer the offer has passed"),
        (ReferralState.WITHDRAWN, "This has ended"),
    ],
)
def test_an_ended_case_says_so(client: Client, state: str, words: str) -> None:
    requirement = make_requirement(make_referral(state), state=RequirementState.NOT_MET)
    client.force_login(requirement.referral.participant.user)
    assert words in page(client, "/my/")


def test_an_accepted_offer_leads_to_the_search(me: Client) -> None:
    html = page(me, "/my/")
    assert FIND in html
    assert "Choose and pay for your course by" in html


def test_a_kept_place_leads_to_the_payment_with_the_time_in_words(
    me: Client, requirement: Requirement, time_machine: Any
) -> None:
    day = requirement.book_by - timedelta(days=10)
    at = clock.london(day, 15, 15)
    time_machine.move_to(at, tick=False)
    me.force_login(requirement.referral.participant.user)
    booking = make_booking(make_course(requirement.programme), requirement, BookingState.HELD)
    html = page(me, "/my/")
    assert "until 3:45pm today" in html
    assert f"/my/bookings/{booking.public_id}/pay/" in html


def test_a_hold_that_ran_out_is_told_and_leads_back_to_the_search(me: Client, requirement: Requirement) -> None:
    long_ago = clock.now() - timedelta(hours=1)
    make_booking(
        make_course(requirement.programme), requirement, BookingState.HELD,
        held_at=long_ago, held_until=long_ago + timedelta(minutes=30),
    )  # fmt: skip
    html = page(me, "/my/")
    assert "We could not keep your place any longer" in html
    assert FIND in html


def test_the_last_session_over_waits_for_the_register(me: Client, requirement: Requirement) -> None:
    make_booking(make_course(requirement.programme, starts_in=timedelta(days=-1)), requirement)
    assert "Your last session is over" in page(me, "/my/")


def test_a_miss_decides_nothing_and_says_what_to_do(me: Client, requirement: Requirement) -> None:
    make_booking(make_course(requirement.programme, starts_in=timedelta(days=-1)), requirement, BookingState.NOT_COMPLETED)
    html = page(me, "/my/")
    assert "Nothing has been decided." in html
    assert FIND in html


def test_a_completed_course_offers_the_certificate(client: Client) -> None:
    requirement = make_requirement(make_referral(ReferralState.COMPLIED), state=RequirementState.MET)
    booking = make_booking(make_course(requirement.programme), requirement, BookingState.COMPLETED)
    certificate = Certificate.objects.create(booking=booking, issued_at=clock.now(), completed_on=clock.today())
    client.force_login(requirement.referral.participant.user)
    html = page(client, "/my/")
    assert "You have finished your course" in html
    assert "Finish your course by" not in html
    assert certificate.serial in html


def test_a_date_that_passed_is_said_without_a_verdict(client: Client) -> None:
    today = clock.today()
    requirement = make_requirement(book_by=today - timedelta(days=9), complete_by=today - timedelta(days=1))
    client.force_login(requirement.referral.participant.user)
    assert "The date to finish by has passed" in page(client, "/my/")


def test_nobody_elses_course_is_on_my_page(me: Client) -> None:
    make_booking(make_course(venue=make_venue(name="Somewhere else")))
    assert "Somewhere else" not in page(me, "/my/")


def test_my_page_costs_the_same_for_one_session_and_for_thirty(me: Client, requirement: Requirement) -> None:
    booking = make_booking(make_course(requirement.programme), requirement)
    one = queries_of(me, "/my/")
    for n in range(2, 31):
        make_session(booking.course, n, clock.now() + timedelta(days=n))
    assert queries_of(me, "/my/") == one


# --- help ----------------------------------------------------------------------------------------------------------------


def test_no_course_fits_asks_the_officer_once_with_what_was_looked_for(me: Client, requirement: Requirement) -> None:
    me.post(FIND, {"place": "Leeds"})
    me.get(FIND, {"how": "online", "language": "cy"})
    asked = {"about": "no-course-fits", "words": "I work nights."}
    for _ in range(2):
        answer = me.post("/my/help/", asked)
        assert (answer.status_code, answer["Location"]) == (303, "/my/help/asked/")
    task = CaseTask.objects.get()
    assert (task.kind, task.referral, task.subject_id) == (TaskKind.NO_COURSE_FITS, requirement.referral, requirement.pk)
    assert task.detail == "Looked near Leeds, Online, Cymraeg. I work nights."
    assert not AuditEvent.objects.filter(action="help.asked").exists()
    assert "What happens next" in page(me, "/my/help/asked/")


def test_asking_again_in_other_words_adds_the_words_to_the_trail(me: Client) -> None:
    for words in ("First.", "Second."):
        me.post("/my/help/", {"about": "asked-for-help", "words": words})
    assert [task.detail for task in CaseTask.objects.all()] == ["First."]
    assert AuditEvent.objects.get(action="help.asked").reason == "Second."


def test_an_interpreter_is_asked_for_from_the_search(me: Client) -> None:
    assert reverse("help-ask") + "?about=interpreter" in page(me, FIND)
    assert me.get("/my/help/", {"about": "interpreter"}).context["form"]["about"].value() == "interpreter"
    me.post("/my/help/", {"about": "interpreter", "words": "Polish"})
    task = CaseTask.objects.get()
    assert (task.kind, task.detail) == (
        TaskKind.ASKED_FOR_HELP, "Needs an interpreter or British Sign Language. Polish"
    )  # fmt: skip


def test_help_needs_to_know_what_about(me: Client) -> None:
    answer = me.post("/my/help/", {"words": "Hello"})
    assert answer.status_code == 422
    assert "Choose what you need help with" in answer.content.decode()
    assert CaseTask.objects.count() == 0


def test_the_search_that_found_nothing_ticks_the_first_answer(me: Client) -> None:
    html = page(me, "/my/help/", about="no-course-fits")
    assert html.count(" checked") == 1


def test_somebody_without_a_case_has_nothing_to_ask_about(client: Client) -> None:
    client.force_login(make_user(Role.PARTICIPANT))
    assert client.get("/my/help/").status_code == 404
