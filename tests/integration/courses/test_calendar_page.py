"""A provider's week."""

from datetime import date, timedelta

import pytest
from django.test import Client

from courses.enums import CourseState
from courses.models import Course, Provider
from courses.queries.week import SHOWN_A_DAY
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.referrals.models import BankHoliday
from tests.factories import make_course, make_provider, make_room, make_time_away, make_trainer, make_user, make_venue
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
MONDAY = date(2199, 3, 25)  # no stored holidays; the clocks go forward on its Sunday


@pytest.fixture
def provider() -> Provider:
    return make_provider()


@pytest.fixture
def administrator(provider: Provider, client: Client) -> Client:
    return sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))


def course_on(day: date, provider: Provider, hour: int = 10, **fields: object) -> Course:
    course = make_course(provider=provider, **fields)
    starts_at = clock.london(day, hour)
    course.sessions.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), title=f"Meeting {hour}")
    return course


def test_a_week_shows_its_days_from_midnight_to_midnight_in_london(administrator: Client, provider: Provider) -> None:
    sunday = MONDAY + timedelta(days=6)
    for day, hour in [(MONDAY - timedelta(days=1), 23), (MONDAY, 0), (sunday, 23), (sunday + timedelta(days=1), 0)]:
        course_on(day, provider, hour)
    course_on(MONDAY, provider, 9, state=CourseState.CANCELLED)
    course_on(MONDAY, make_provider(), 9)
    for day in (MONDAY, sunday):
        days = administrator.get(f"/provider/calendar/?day={day}").context["days"]
        found = {each.day: [session.title for session in each.sessions] for each in days if each.sessions}
        assert found == {MONDAY: ["Meeting 0"], sunday: ["Meeting 23"]}


def test_a_session_says_what_where_who_and_how_full(administrator: Client, provider: Provider) -> None:
    room = make_room(make_venue(provider), name="Blue room")
    course = course_on(MONDAY, provider, venue=room.venue, room=room, state=CourseState.DRAFT)
    make_trainer(provider, course.sessions.get(), name="Tess")
    make_time_away(make_trainer(provider, name="Theo"), MONDAY, MONDAY + timedelta(days=1))
    BankHoliday.objects.create(nation="england-and-wales", day=MONDAY, name="A day of rest")
    html = administrator.get(f"/provider/calendar/?day={MONDAY}").content.decode()
    for words in ("25 March to 31 March 2199", "Blue room, Town hall", "Tess", "0 of 10 taken", "Draft", "A day of rest"):
        assert words in html
    assert html.count("Away: Theo") == 2


def test_a_full_day_is_cut_short_and_shown_in_full_by_pages(administrator: Client, provider: Provider) -> None:
    for _ in range(SHOWN_A_DAY + 2):
        course_on(MONDAY, provider)
    page = administrator.get(f"/provider/calendar/?day={MONDAY}")
    assert (len(page.context["days"][0].sessions), page.context["days"][0].more) == (SHOWN_A_DAY, 2)
    full = administrator.get(f"/provider/calendar/day/?day={MONDAY}")
    assert len(full.context["page"].object_list) == SHOWN_A_DAY + 2


@pytest.mark.parametrize("typed", ["", "yesterday", "0001-01-01", "9999-12-31", "2027-02-30"])
def test_an_impossible_day_is_today(administrator: Client, typed: str) -> None:
    for path in ("/provider/calendar/", "/provider/calendar/day/"):
        assert administrator.get(f"{path}?day={typed}").status_code == 200
    assert administrator.get(f"/provider/calendar/?day={typed}").context["today"] == clock.today()
