"""A provider's administrator: the list, one course, a new one, and opening it for booking."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.enums import BookingState, CourseState
from courses.models import Course, Provider, ProviderLicence, SessionTemplate
from courses.policies import CourseHasBegun
from courses.services.scheduling import (
    NoJoiningLink,
    NoSessionPlan,
    NoSessions,
    NotLicensed,
    StartsInThePast,
    TrainerIsNotTheirs,
    VenueIsNotTheirs,
    create_course,
    is_evening_or_weekend,
    publish_course,
)
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.audit.transitions import MoveIsNotAllowed
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.clock import LONDON, london
from diversion.referrals.models import Programme
from tests.factories import (
    make_booking,
    make_course,
    make_participant,
    make_programme,
    make_provider,
    make_requirement,
    make_trainer,
    make_user,
    make_venue,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
LIST = "/provider/courses/"


@pytest.fixture
def programme() -> Programme:
    """Three sessions of two hours."""
    programme = make_programme(name="Taught things")
    for position in (1, 2, 3):
        SessionTemplate.objects.create(programme=programme, position=position, title=f"Part {position}", minutes=120)
    return programme


@pytest.fixture
def provider(programme: Programme) -> Provider:
    return make_provider(programme)


@pytest.fixture
def administrator(provider: Provider, client: Client) -> Client:
    return sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))


def draft(provider: Provider, planned: Programme, **fields: Any) -> Course:
    return create_course(
        **{
            "provider": provider,
            "programme": planned,
            "venue": make_venue(provider),
            "language": "en-gb",
            "capacity": 12,
            "price_pence": 9250,
            "first_starts_at": london(clock.today() + timedelta(days=20), 10),
            "trainers": [],
            "on_holidays": True,
            "by": BY,
            "at": clock.now(),
            **fields,
        }
    ).course


def test_a_draft_has_the_programmes_sessions_a_week_apart_by_the_london_clock(
    provider: Provider, programme: Programme
) -> None:
    """The clocks go back between the first and the second."""
    first = london(date(2027, 10, 27), 18, 30)
    course = draft(provider, programme, first_starts_at=first, trainers=[make_trainer(provider)])
    times = [(s.position, s.title, s.starts_at.astimezone(LONDON)) for s in course.sessions.all()]
    days = [date(2027, 10, 27) + timedelta(weeks=n) for n in range(3)]
    assert times == [
        (n + 1, f"Part {n + 1}", datetime(day.year, day.month, day.day, 18, 30, tzinfo=LONDON))
        for n, day in enumerate(days)
    ]
    assert (course.first_starts_at, course.last_ends_at) == (first, london(days[2], 20, 30))
    assert (course.state, course.evening_or_weekend, course.taken) == (CourseState.DRAFT, True, 0)
    assert all(session.trainers.count() == 1 for session in course.sessions.all())


@pytest.mark.parametrize(
    ("starts", "answer"),
    [
        ([london(date(2026, 11, 3), 16, 59)], False),  # a Tuesday
        ([london(date(2026, 11, 3), 17)], True),
        ([london(date(2026, 7, 14), 17)], True),  # in summer: 16:00 in UTC
        ([london(date(2026, 11, 7), 10)], True),  # a Saturday
        ([london(date(2026, 11, 7), 10), london(date(2026, 11, 10), 10)], False),
    ],
)
def test_evening_or_weekend_means_all_of_it(starts: list[datetime], answer: bool) -> None:
    assert is_evening_or_weekend(starts) is answer


def test_what_cannot_be_drafted_is_refused(provider: Provider, programme: Programme) -> None:
    past_trainer = make_trainer(provider)
    past_trainer.memberships.update(ended_at=clock.now())
    refused = [
        (StartsInThePast, {"first_starts_at": clock.now() - timedelta(minutes=1)}),
        (VenueIsNotTheirs, {"venue": make_venue()}),
        (NoSessionPlan, {"programme": make_programme()}),
        (TrainerIsNotTheirs, {"trainers": [make_trainer(make_provider())]}),
        (TrainerIsNotTheirs, {"trainers": [past_trainer]}),
        (TrainerIsNotTheirs, {"trainers": [make_participant().user]}),
    ]
    for refusal, fields in refused:
        with pytest.raises(refusal):
            draft(provider, programme, **fields)
    assert Course.objects.count() == 0


def test_publishing_opens_it_once(provider: Provider, programme: Programme) -> None:
    course = draft(provider, programme)
    for _ in range(2):
        assert publish_course(course=course, by=BY, at=clock.now()).state == CourseState.PUBLISHED
    assert AuditEvent.objects.filter(subject_id=course.pk, action="course.published").count() == 1


def test_no_course_is_opened_whose_trainer_works_there_no_more(provider: Provider, programme: Programme) -> None:
    trainer = make_trainer(provider)
    course = draft(provider, programme, trainers=[trainer])
    trainer.memberships.update(ended_at=clock.now())
    with pytest.raises(TrainerIsNotTheirs):
        publish_course(course=course, by=BY, at=clock.now())
    trainer.memberships.update(ended_at=None)
    assert publish_course(course=course, by=BY, at=clock.now()).state == CourseState.PUBLISHED


@pytest.mark.parametrize(
    ("licence", "covers"),
    [((0, 34), True), ((1, 34), False), ((0, 33), False), (None, False)],
)
def test_the_licence_covers_every_session(
    provider: Provider, programme: Programme, licence: tuple[int, int] | None, covers: bool
) -> None:
    """Sessions are on days 20, 27 and 34; the licence runs from day 20 + a to day b."""
    course = draft(provider, programme)
    ProviderLicence.objects.all().delete()
    first = clock.day_of(course.first_starts_at)
    if licence:
        ProviderLicence.objects.create(
            provider=provider, programme=programme, valid_from=first + timedelta(days=licence[0]),
            valid_until=first + timedelta(days=licence[1] - 20),
        )  # fmt: skip
    if covers:
        publish_course(course=course, by=BY, at=clock.now())
        return
    with pytest.raises(NotLicensed):
        publish_course(course=course, by=BY, at=clock.now())


def test_what_cannot_be_published_is_refused(provider: Provider, programme: Programme) -> None:
    with pytest.raises(NoJoiningLink):
        publish_course(course=draft(provider, programme, venue=None), by=BY, at=clock.now())
    online = draft(provider, programme, venue=None, joining_link="https://meet.example.org/a")
    assert publish_course(course=online, by=BY, at=clock.now()).state == CourseState.PUBLISHED
    empty = make_course(programme, provider=provider, state=CourseState.DRAFT)
    empty.sessions.all().delete()
    with pytest.raises(NoSessions):
        publish_course(course=empty, by=BY, at=clock.now())
    begun = draft(provider, programme)
    with pytest.raises(CourseHasBegun):
        publish_course(course=begun, by=BY, at=begun.first_starts_at)
    cancelled = make_course(programme, provider=provider, state=CourseState.CANCELLED)
    with pytest.raises(MoveIsNotAllowed):
        publish_course(course=cancelled, by=BY, at=clock.now())


@pytest.fixture
def typed(provider: Provider, programme: Programme) -> dict[str, Any]:
    day = clock.today() + timedelta(days=30)
    return {
        "programme": programme.public_id,
        "venue": make_venue(provider).public_id,
        "joining_link": "",
        "language": "en-gb",
        "capacity": "12",
        "price": "92.50",
        "flexible": "5.25",
        "first_on_day": day.day,
        "first_on_month": day.month,
        "first_on_year": day.year,
        "first_at": "18:30",
        "trainers": [str(make_trainer(provider).pk)],
    }


def test_a_course_is_made_checked_and_opened(administrator: Client, typed: dict[str, Any]) -> None:
    answer = administrator.post(LIST + "new/", typed)
    course = Course.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{LIST}{course.public_id}/")
    assert (course.state, course.price_pence, course.capacity) == (CourseState.DRAFT, 9250, 12)
    assert course.flexible_pence == 525
    html = administrator.get(answer["Location"]).content.decode()
    assert "Open for booking" in html
    assert ("£92.50" in html, "£5.25" in html) == (True, True)
    for _ in range(2):
        answer = administrator.post(f"{LIST}{course.public_id}/publish/")
        assert (answer.status_code, answer["Location"]) == (303, f"{LIST}{course.public_id}/")
    course.refresh_from_db()
    assert course.state == CourseState.PUBLISHED
    assert "Open for booking" not in administrator.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"first_on_year": "2020"}, "The first session must be in the future."),
        ({"price": "92.505"}, "decimal place"),
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"first_at": "half past"}, "Enter a time like 10:00"),
        ({"programme": "nonsense"}, "not one of the available choices"),
        ({"joining_link": "javascript:alert(1)"}, "valid URL"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(
    administrator: Client, typed: dict[str, Any], broken: dict[str, str], words: str
) -> None:
    answer = administrator.post(LIST + "new/", {**typed, **broken})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "<title>Error:" in html
    assert Course.objects.count() == 0


def test_a_licence_that_does_not_cover_it_is_told_on_the_page(
    administrator: Client, provider: Provider, programme: Programme
) -> None:
    course = draft(provider, programme)
    ProviderLicence.objects.all().delete()
    answer = administrator.post(f"{LIST}{course.public_id}/publish/", follow=True)
    assert "Your licence for this programme does not cover" in answer.content.decode()
    course.refresh_from_db()
    assert course.state == CourseState.DRAFT


def test_another_providers_courses_do_not_exist(administrator: Client) -> None:
    other = make_course(state=CourseState.DRAFT, venue=make_venue(name="Elsewhere"))
    assert "Elsewhere" not in administrator.get(LIST).content.decode()
    assert administrator.get(f"{LIST}{other.public_id}/").status_code == 404
    assert administrator.post(f"{LIST}{other.public_id}/publish/").status_code == 404
    other.refresh_from_db()
    assert other.state == CourseState.DRAFT


def test_the_page_of_a_course_has_counts_and_no_names(
    administrator: Client, provider: Provider, programme: Programme
) -> None:
    course = make_course(programme, provider=provider)
    requirements = [make_requirement(programme=programme) for _ in range(3)]
    for requirement, state in zip(requirements, ["confirmed", "confirmed", BookingState.HELD], strict=True):
        make_booking(course, requirement, state)
    answer = administrator.get(f"{LIST}{course.public_id}/")
    facts = {row["key"]: row["value"] for row in answer.context["facts"]}
    assert (facts["Places"], facts["Confirmed"], facts["Waiting for payment"]) == ("3 of 10 taken", 2, 1)
    html = answer.content.decode()
    for requirement in requirements:
        assert requirement.referral.participant.family_name not in html


def test_past_and_coming_courses_are_two_lists(administrator: Client, provider: Provider, programme: Programme) -> None:
    make_course(programme, provider=provider, venue=make_venue(provider, name="Past Hall"), starts_in=timedelta(days=-9))
    make_course(programme, provider=provider, venue=make_venue(provider, name="Still to come"))
    coming, past = (administrator.get(LIST + query).content.decode() for query in ("", "?show=past"))
    assert ("Still to come" in coming, "Past Hall" in coming) == (True, False)
    assert ("Still to come" in past, "Past Hall" in past) == (False, True)


def test_the_list_costs_the_same_at_one_course_and_at_thirty(
    administrator: Client, provider: Provider, programme: Programme
) -> None:
    def queries(path: str) -> int:
        administrator.get(path)
        with CaptureQueriesContext(connection) as made:
            assert administrator.get(path).status_code == 200
        return len(made)

    course = make_course(programme, provider=provider)
    make_trainer(provider, course.sessions.get())
    one, one_shown = queries(LIST), queries(f"{LIST}{course.public_id}/")
    for _ in range(29):
        make_course(programme, provider=provider)
    long = make_course(programme, provider=provider, sessions=30)
    make_trainer(provider, *long.sessions.all())
    assert queries(LIST) == one
    assert queries(f"{LIST}{long.public_id}/") == one_shown
    assert len(administrator.get(LIST + "?page=2").context["rows"]) == 6
