"""A provider's administrator plans courses: the plan is shown first, and made once, all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from courses.enums import CourseState
from courses.models import Course, CourseRun, Provider, ProviderLicence, Room, SessionTemplate, TimeAway
from courses.planning import Slot
from courses.services.proposing import RunWanted
from courses.services.runs import LinkIsMissing, PlanHasChanged, PlanHasClashes, make_run
from courses.services.scheduling import StartsInThePast
from courses.services.time_away import AlreadyAway, EndsBeforeItStarts, IsOver, record_time_away
from diversion.accounts.enums import Nation, Role
from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.references import new_public_id
from diversion.referrals.models import BankHoliday, Programme
from tests.factories import (
    make_course,
    make_programme,
    make_provider,
    make_room,
    make_time_away,
    make_trainer,
    make_user,
    make_venue,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
PLAN, CHECK, AGAIN, AWAY = (f"/provider/{path}/" for path in (
    "courses/plan", "courses/plan/check", "courses/plan/again", "trainers/away"
))  # fmt: skip
WEEK = timedelta(weeks=1)


@pytest.fixture
def programme() -> Programme:
    """Two sessions of two hours."""
    programme = make_programme(name="Taught things")
    for position in (1, 2):
        SessionTemplate.objects.create(programme=programme, position=position, title=f"Part {position}", minutes=120)
    return programme


@pytest.fixture
def provider(programme: Programme) -> Provider:
    return make_provider(programme)


@pytest.fixture
def room(provider: Provider) -> Room:
    return make_room(make_venue(provider))


@pytest.fixture
def trainer(provider: Provider) -> User:
    return make_trainer(provider, name="Tess")


@pytest.fixture
def administrator(provider: Provider, client: Client) -> Client:
    return sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))


def first_day() -> date:
    """A Tuesday some weeks ahead; it, the Saturday after it and those of twelve weeks are no stored bank holidays."""
    day = clock.today() + timedelta(days=21)
    day += timedelta(days=(1 - day.weekday()) % 7)
    while BankHoliday.objects.filter(
        day__in=[day + n * WEEK + timedelta(days=m) for n in range(12) for m in (0, 4)]
    ).exists():
        day += WEEK
    return day


def holiday(day: date, nation: str = Nation.ENGLAND_AND_WALES) -> None:
    BankHoliday.objects.create(nation=nation, day=day, name="A day of rest")


@pytest.fixture
def typed(programme: Programme, room: Room, trainer: User) -> dict[str, Any]:
    day = first_day()
    return {
        "programme": programme.public_id, "venue": room.venue.public_id, "room": room.public_id, "language": "en-gb",
        "capacity": "12", "price": "85", "first_on_day": day.day, "first_on_month": day.month, "first_on_year": day.year,
        "first_at": "18:30", "every_weeks": "2", "count": "3", "trainers": [str(trainer.pk)],
    }  # fmt: skip


@pytest.fixture
def wanted(programme: Programme, room: Room, trainer: User) -> Callable[..., RunWanted]:
    def want(**fields: Any) -> RunWanted:
        usual = {
            "programme": programme, "venue": room.venue, "room": room, "language": "en-gb", "capacity": 12,
            "price_pence": 8500, "single_sex": False, "trainers": [trainer], "first_on": first_day(),
            "at_time": clock.london_wall(clock.london(first_day(), 18, 30)).time(), "every_weeks": 2, "count": 2,
            "until": None,
        }  # fmt: skip
        return RunWanted(**{**usual, **fields})

    return want


def confirm(administrator: Client, **fields: str) -> Any:
    shown = administrator.get(CHECK).context["form"].initial
    return administrator.post(CHECK, {**shown, **fields})


def days() -> list[list[date]]:
    return [
        [clock.day_of(session.starts_at) for session in course.sessions.all()]
        for course in Course.objects.order_by("first_starts_at")
    ]


def test_a_run_is_shown_made_once_and_open_when_asked(administrator: Client, typed: dict[str, Any], trainer: User) -> None:
    day = first_day()
    holiday(day + WEEK)
    holiday(day + 2 * WEEK, Nation.SCOTLAND)
    make_time_away(trainer, day + 6 * WEEK - timedelta(days=1), day + 6 * WEEK)
    assert administrator.post(PLAN, {**typed, "every_weeks": "3"})["Location"] == CHECK
    page = administrator.get(CHECK)
    html = page.content.decode()
    assert Course.objects.count() == 0
    assert ("A day of rest" in html, "Tess is away" in html, "3 courses. Nothing is made yet." in html) == (True,) * 3
    shown = {**page.context["form"].initial, "publish": "on"}
    for _ in range(2):
        answer = administrator.post(CHECK, shown)
        assert (answer.status_code, answer["Location"]) == (303, "/provider/courses/")
    assert days() == [[day + n * WEEK for n in weeks] for weeks in ((0, 2), (3, 4), (9, 10))]
    assert set(Course.objects.values_list("state", flat=True)) == {CourseState.PUBLISHED}
    assert CourseRun.objects.count() == 1


def test_a_plan_that_clashes_with_itself_cannot_be_made(administrator: Client, typed: dict[str, Any]) -> None:
    administrator.post(PLAN, {**typed, "every_weeks": "1"})
    page = administrator.get(CHECK)
    html = page.content.decode()
    assert ("Room 1" in html, "already taken" in html, "Make these courses" in html) == (True, True, False)
    assert confirm(administrator).status_code == 422
    assert Course.objects.count() == 0


def test_a_plan_that_is_not_what_was_shown_is_shown_again(
    administrator: Client, typed: dict[str, Any], trainer: User
) -> None:
    administrator.post(PLAN, typed)
    shown = administrator.get(CHECK).context["form"].initial
    make_time_away(trainer, first_day())
    answer = administrator.post(CHECK, shown, follow=True)
    assert (answer.redirect_chain, Course.objects.count()) == ([(CHECK, 303)], 0)
    assert "Something has changed since this plan was shown" in answer.content.decode()
    assert confirm(administrator).status_code == 303
    assert days()[0][0] == first_day() + 2 * WEEK


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"count": ""}, "one of the two"),
        ({"until_day": "1", "until_month": "1", "until_year": "2030"}, "one of the two"),
        ({"first_on_year": "2020"}, "The first session must be in the future."),
        ({"count": "53"}, "less than or equal to 52"),
        ({"every_weeks": "9"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_planned_is_told_beside_the_field(
    administrator: Client, typed: dict[str, Any], broken: dict[str, str], words: str
) -> None:
    answer = administrator.post(PLAN, {**typed, **broken})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_courses_begin_in_each_slot_and_keep_to_it(administrator: Client, typed: dict[str, Any], trainer: User) -> None:
    """Tuesdays in the evening and Saturdays in the morning; the first Saturday is a holiday, the second row stays empty."""
    day = first_day()
    saturday = day + timedelta(days=4)
    holiday(saturday)
    rows = {"second_on": "", "second_at": "", "third_on": "5", "third_at": "10.00", "flexible": "7.50"}
    assert administrator.post(PLAN, {**typed, **rows})["Location"] == CHECK
    html = administrator.get(CHECK).content.decode()
    assert ("A day of rest" in html, "£7.50" in html, "3 courses. Nothing is made yet." in html) == (True,) * 3
    changing = administrator.get(PLAN + "?change=1").content.decode()
    assert ('value="10.00"' in changing, '<option value="5" selected>' in changing) == (True, True)
    assert confirm(administrator).status_code == 303
    assert days() == [
        [day, day + WEEK],
        [day + n * WEEK for n in (2, 3)],
        [saturday + n * WEEK for n in (2, 3)],
    ]
    hours = [clock.london_wall(course.first_starts_at).time() for course in Course.objects.order_by("first_starts_at")]
    assert [f"{hour:%H:%M}" for hour in hours] == ["18:30", "18:30", "10:00"]
    assert set(Course.objects.values_list("flexible_pence", flat=True)) == {750}


def test_slots_that_run_into_each_other_clash(administrator: Client, typed: dict[str, Any]) -> None:
    administrator.post(PLAN, {**typed, "second_on": "1", "second_at": "17:00"})
    html = administrator.get(CHECK).content.decode()
    assert ("Room 1, Tess on" in html or "Tess, Room 1 on" in html, "Make these courses" in html) == (True, False)


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"second_on": "5"}, "second_at", "Enter the time on the second day"),
        ({"third_at": "10:00"}, "third_on", "Choose the day, or empty its time"),
        ({"second_on": "5", "second_at": "ten"}, "second_at", "Enter a time like 10:00 or 18:30"),
        ({"second_on": "7", "second_at": "10:00"}, "second_on", "not one of the available choices"),
        ({"second_on": "1", "second_at": "18:30"}, "second_on", "Courses start on this day at this time already"),
        ({"second_on": "5", "second_at": "9:00", "third_on": "5", "third_at": "9:00"}, "third_on", "already"),
    ],
)
def test_a_row_that_is_half_filled_or_named_twice_is_told_beside_it(
    administrator: Client, typed: dict[str, Any], row: dict[str, str], field: str, words: str
) -> None:
    answer = administrator.post(PLAN, {**typed, **row})
    errors = answer.context["form"].errors
    assert (answer.status_code, list(errors), words in errors[field][0]) == (422, [field], True)


def test_an_earlier_slot_of_a_first_day_that_is_today_may_be_past(wanted: Callable[..., RunWanted]) -> None:
    want = wanted()
    noon = clock.london(want.first_on, 12)
    earlier = replace(want, also=[Slot(want.first_on.weekday(), clock.london_wall(clock.london(want.first_on, 9)).time())])
    assert len(want.propose(Provider.objects.get(), at=noon).courses) == 2
    with pytest.raises(StartsInThePast):
        earlier.propose(Provider.objects.get(), at=noon)


def test_without_a_plan_the_check_leads_to_the_question(administrator: Client) -> None:
    assert administrator.get(CHECK)["Location"] == PLAN


def test_all_or_nothing(provider: Provider, programme: Programme, wanted: Callable[..., RunWanted], room: Room) -> None:
    """The second course is not covered: the first is not made either."""
    at = clock.now()
    ProviderLicence.objects.update(valid_until=first_day() + WEEK)
    fields: dict[str, Any] = {"provider": provider, "publish": True, "by": BY, "at": at}
    for trainers, refusal in ((wanted().trainers, PlanHasClashes), ([], Exception)):
        want = wanted(trainers=trainers)
        print_of = want.propose(provider, at=at).fingerprint
        with pytest.raises(refusal):
            make_run(public_id=new_public_id(), wanted=want, fingerprint=print_of, **fields)
    assert (Course.objects.count(), CourseRun.objects.count()) == (0, 0)


def test_online_courses_open_only_with_a_link(provider: Provider, wanted: Callable[..., RunWanted]) -> None:
    at, want = clock.now(), wanted(venue=None, room=None)
    fields: dict[str, Any] = {
        "public_id": new_public_id(), "provider": provider, "wanted": want, "by": BY, "at": at,
        "fingerprint": want.propose(provider, at=at).fingerprint,
    }  # fmt: skip
    with pytest.raises(LinkIsMissing):
        make_run(publish=True, **fields)
    made = make_run(publish=True, joining_link="https://meet.example.org/1", **fields)
    assert {session.joining_link for course in made for session in course.sessions.all()} == {"https://meet.example.org/1"}
    with pytest.raises(PlanHasChanged):
        make_run(publish=True, **{**fields, "public_id": new_public_id(), "fingerprint": "0"})


def test_a_term_runs_again_weeks_later_past_the_holidays(
    administrator: Client, provider: Provider, programme: Programme
) -> None:
    day = first_day()
    starts_in = clock.london(day, 18, 30) - clock.now()
    course = make_course(programme, provider=provider, sessions=2, starts_in=starts_in, capacity=7, flexible_pence=900)
    trainer, leaver = (make_trainer(provider, session) for session in course.sessions.all())
    leaver.memberships.update(ended_at=clock.now())
    make_course(programme, provider=provider, starts_in=starts_in, state=CourseState.CANCELLED)
    make_course(programme, starts_in=starts_in)
    make_course(programme, provider=provider, starts_in=starts_in + WEEK)
    holiday(day + 6 * WEEK)
    typed = {
        "first_on_day": day.day, "first_on_month": day.month, "first_on_year": day.year,
        "last_on_day": day.day, "last_on_month": day.month, "last_on_year": day.year, "weeks": "5",
    }  # fmt: skip
    before = set(Course.objects.values_list("pk", flat=True))
    assert administrator.post(AGAIN, typed)["Location"] == CHECK
    assert "A day of rest" in administrator.get(CHECK).content.decode()
    assert confirm(administrator).status_code == 303
    copied = Course.objects.exclude(pk__in=before).get()
    sessions = list(copied.sessions.all())
    assert [clock.day_of(each.starts_at) for each in sessions] == [day + 5 * WEEK, day + 7 * WEEK]
    assert [list(each.trainers.all()) for each in sessions] == [[trainer], []]
    assert (copied.capacity, copied.state, copied.venue, copied.flexible_pence) == (7, CourseState.DRAFT, course.venue, 900)


def test_days_away_are_recorded_counted_and_removed(administrator: Client, provider: Provider, trainer: User) -> None:
    course = make_course(provider=provider, starts_in=timedelta(days=30))
    course.sessions.get().trainers.add(trainer)
    day = clock.day_of(course.first_starts_at)
    ask = {"trainer": str(trainer.pk), "first_on_day": day.day, "first_on_month": day.month, "first_on_year": day.year,
           "last_on_day": day.day, "last_on_month": day.month, "last_on_year": day.year}  # fmt: skip
    assert administrator.post(AWAY, ask).status_code == 303
    assert administrator.post(AWAY, ask).status_code == 422
    assert "1 session falls into these days" in administrator.get(AWAY).content.decode()
    away = TimeAway.objects.get()
    for expected in (303, 404):
        assert administrator.post(f"{AWAY}{away.public_id}/remove/").status_code == expected
    assert TimeAway.objects.count() == 0
    actions = AuditEvent.objects.filter(subject_id=away.pk).order_by("recorded_at").values_list("action", flat=True)
    assert list(actions) == ["time_away.recorded", "time_away.removed"]


def test_days_away_that_make_no_sense_are_refused(provider: Provider, trainer: User) -> None:
    today = clock.today()
    fields: dict[str, Any] = {"provider": provider, "trainer": trainer, "by": BY, "at": clock.now()}
    for first, last, refusal in [
        (today + WEEK, today, EndsBeforeItStarts),
        (today - WEEK, today - timedelta(days=1), IsOver),
    ]:
        with pytest.raises(refusal):
            record_time_away(first_on=first, last_on=last, **fields)
    record_time_away(first_on=today, last_on=today, **fields)
    with pytest.raises(AlreadyAway):
        record_time_away(first_on=today, last_on=today + WEEK, **fields)


def test_another_providers_trainers_are_not_seen(administrator: Client) -> None:
    other = make_time_away(make_trainer(make_provider(), name="Notours"), clock.today())
    assert "Notours" not in administrator.get(AWAY).content.decode()
    assert administrator.post(f"{AWAY}{other.public_id}/remove/").status_code == 404
