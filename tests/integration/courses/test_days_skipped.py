"""A single course goes past bank holidays and its trainers' days away, as a plan does, and says so."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from courses.models import Course, Provider, SessionTemplate, Venue
from courses.planning import NoDayToMeet, Reason, Skip, Why
from courses.services.scheduling import Drafted, create_course
from diversion.accounts.enums import Nation, Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.moments import day_words
from diversion.referrals.models import BankHoliday, Programme
from tests.factories import make_programme, make_provider, make_time_away, make_trainer, make_user, make_venue
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
NEW = "/provider/courses/new/"
WEEK = timedelta(weeks=1)
REST, AWAY = Reason(Why.HOLIDAY, "A day of rest"), Reason(Why.AWAY, "Tess")


@pytest.fixture(autouse=True)
def _own_holidays() -> None:
    BankHoliday.objects.all().delete()


@pytest.fixture
def programme() -> Programme:
    """Three sessions of two hours."""
    programme = make_programme(name="Taught things")
    for position in (1, 2, 3):
        SessionTemplate.objects.create(programme=programme, position=position, title=f"Part {position}", minutes=120)
    return programme


@pytest.fixture
def venue(programme: Programme) -> Venue:
    return make_venue(make_provider(programme), nation=Nation.SCOTLAND)


@pytest.fixture
def trainer(venue: Venue) -> User:
    return make_trainer(venue.provider, name="Tess")


def first_day() -> date:
    return clock.today() + timedelta(days=20)


def holiday(day: date, nation: str = Nation.SCOTLAND) -> None:
    BankHoliday.objects.create(nation=nation, day=day, name="A day of rest")


def draft(provider: Provider, planned: Programme, venue: Venue | None, *trainers: User, **fields: Any) -> Drafted:
    return create_course(
        provider=provider, programme=planned, venue=venue, language="en-gb", capacity=12, price_pence=9250,
        first_starts_at=clock.london(first_day(), 10), trainers=trainers, by=BY, at=clock.now(), **fields,
    )  # fmt: skip


def weeks(course: Course) -> list[float]:
    """On which week after the first each session is."""
    return [(clock.day_of(session.starts_at) - first_day()) / WEEK for session in course.sessions.all()]


def test_sessions_go_past_holidays_and_days_away_and_say_which(programme: Programme, venue: Venue, trainer: User) -> None:
    day = first_day()
    holiday(day + WEEK)
    holiday(day + 2 * WEEK, Nation.ENGLAND_AND_WALES)
    make_time_away(trainer, day + 3 * WEEK - timedelta(days=1), day + 3 * WEEK)
    make_time_away(make_trainer(venue.provider), day)
    course, skipped = draft(venue.provider, programme, venue, trainer)
    assert weeks(course) == [0, 2, 4]
    assert skipped == (Skip(day + WEEK, REST), Skip(day + 3 * WEEK, AWAY))
    assert (course.first_starts_at, clock.day_of(course.last_ends_at)) == (clock.london(day, 10), day + 4 * WEEK)


def test_the_first_session_goes_past_them_too(programme: Programme, venue: Venue, trainer: User) -> None:
    make_time_away(trainer, first_day())
    course, skipped = draft(venue.provider, programme, venue, trainer)
    assert (weeks(course), skipped) == ([1, 2, 3], (Skip(first_day(), AWAY),))


def test_online_keeps_the_holidays_of_england_and_wales(programme: Programme, venue: Venue) -> None:
    holiday(first_day())
    holiday(first_day() + WEEK, Nation.ENGLAND_AND_WALES)
    assert weeks(draft(venue.provider, programme, None).course) == [0, 2, 3]


def test_who_says_so_meets_on_holidays_but_never_without_a_trainer(
    programme: Programme, venue: Venue, trainer: User
) -> None:
    for n in (0, 1):
        holiday(first_day() + n * WEEK)
    make_time_away(trainer, first_day() + WEEK)
    course, skipped = draft(venue.provider, programme, venue, trainer, on_holidays=True)
    assert (weeks(course), skipped) == ([0, 2, 3], (Skip(first_day() + WEEK, AWAY),))


def test_nobody_waits_for_more_than_twelve_weeks(programme: Programme, venue: Venue, trainer: User) -> None:
    """Away over the last session's thirteen weeks: as far ahead as a course may come to be."""
    make_time_away(trainer, first_day() + 2 * WEEK, first_day() + 14 * WEEK)
    with pytest.raises(NoDayToMeet) as refusal:
        draft(venue.provider, programme, venue, trainer)
    assert (refusal.value.field, Course.objects.count()) == ("first_on", 0)


@pytest.fixture
def typed(programme: Programme, venue: Venue, trainer: User) -> dict[str, Any]:
    day = first_day()
    return {
        "programme": programme.public_id, "venue": venue.public_id, "price": "85", "first_on_day": day.day,
        "first_on_month": day.month, "first_on_year": day.year, "first_at": "10:00", "trainers": [str(trainer.pk)],
    }  # fmt: skip


def test_the_page_tells_what_was_skipped(client: Client, venue: Venue, trainer: User, typed: dict[str, Any]) -> None:
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, venue.provider.organisation))
    holiday(first_day() + WEEK)
    make_time_away(trainer, first_day())
    told = f"{day_words(first_day())}: Tess is away; {day_words(first_day() + WEEK)}: A day of rest. Check the dates"
    html = client.post(NEW, typed, follow=True).content.decode()
    assert ("These days were skipped" in html, told in html) == (True, True)
    asked = client.post(NEW, {**typed, "first_at": "14:00", "on_holidays": "on"}, follow=True).content.decode()
    assert (f"{day_words(first_day())}: Tess is away. Check" in asked, "A day of rest" in asked) == (True, False)
    assert "These days were skipped" not in client.post(
        NEW, {**typed, "first_at": "17:00", "trainers": [], "on_holidays": "on"}, follow=True
    ).content.decode()  # fmt: skip


def test_the_page_refuses_beside_the_day(client: Client, venue: Venue, trainer: User, typed: dict[str, Any]) -> None:
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, venue.provider.organisation))
    make_time_away(trainer, first_day(), first_day() + 20 * WEEK)
    answer = client.post(NEW, typed)
    assert (answer.status_code, list(answer.context["form"].errors), Course.objects.count()) == (422, ["first_on"], 0)


@pytest.mark.parametrize("page", [NEW, "/provider/courses/plan/", "/provider/courses/plan/again/"])
def test_a_day_at_the_end_of_time_is_refused_and_no_fault(
    client: Client, venue: Venue, typed: dict[str, Any], page: str
) -> None:
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, venue.provider.organisation))
    plan = {"every_weeks": "1", "count": "1", "second_on": "6", "second_at": "9:00", "weeks": "1"}
    for year in (9998, 9999):
        day = {"first_on_day": "31", "first_on_month": "12", "first_on_year": str(year)}
        last = {name.replace("first", "last"): value for name, value in day.items()}
        answer = client.post(page, {**typed, **plan, **day, **last})
        told = answer.context["form"].errors["first_on"]
        assert (answer.status_code, told) == (422, ["Enter a day within the next five years"])
