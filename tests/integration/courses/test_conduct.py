"""What a provider's quality page says of registers, lateness, cancellations and visits; few people are never counted out (P11)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from courses.enums import CourseState, OutcomeCode
from courses.models import Attendance, Course, Provider
from courses.queries.conduct import Conduct, conduct_of, visited
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.referrals.models import Programme
from tests.factories import (
    make_booking,
    make_course,
    make_programme,
    make_provider,
    make_trainer,
    make_user,
    make_visit,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def programme() -> Programme:
    return make_programme(name="Taught things")


@pytest.fixture
def provider(programme: Programme) -> Provider:
    return make_provider(programme)


@pytest.fixture
def administrator(provider: Provider) -> User:
    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)


def ran(
    provider: Provider, programme: Programme, ago: timedelta, sent_after: timedelta | None = None, **fields: Any
) -> Course:
    """A course of one session that ended so long ago, its register sent so long after the end."""
    course = make_course(programme, provider=provider, starts_in=-ago - 3 * HOUR, **fields)
    if sent_after is not None:
        session = course.sessions.get()
        session.register_submitted_at = session.ends_at + sent_after
        session.register_submitted_by = make_trainer(provider, session)
        session.save()
    return course


def marked(course: Course, *outcomes: str) -> None:
    session = course.sessions.get()
    for outcome in outcomes:
        trainer = make_user(Role.TRAINER)
        late = {"arrived_at": session.starts_at + HOUR / 4, "cut_off_rule": "At the start", "refused_by": trainer}
        Attendance.objects.create(
            booking=make_booking(course), session=session, outcome=outcome, identity_seen="passport",
            occurred_at=session.starts_at, recorded_at=clock.now(), recorded_by=trainer,
            **(late if outcome == OutcomeCode.REFL else {}),
        )  # fmt: skip


def the_programme(administrator: User, at: datetime | None = None) -> Conduct:
    [conduct] = conduct_of(administrator, at=at or clock.now())
    return conduct


def test_a_register_is_on_time_within_a_day_of_the_end(
    provider: Provider, programme: Programme, administrator: User
) -> None:
    ran(provider, programme, 5 * DAY, 24 * HOUR)
    ran(provider, programme, 5 * DAY, 24 * HOUR + timedelta(seconds=1))
    ran(provider, programme, 25 * HOUR)
    ran(provider, programme, HOUR)
    ran(provider, programme, 5 * DAY, state=CourseState.CANCELLED)
    ran(make_provider(), programme, 5 * DAY, HOUR)
    ran(provider, programme, 400 * DAY, HOUR)
    assert the_programme(administrator).registers_on_time == "1 of 3"


@pytest.mark.parametrize(
    ("refused", "others", "words"),
    [(4, 20, "fewer than 5"), (5, 20, "5 of 25"), (5, 4, "nearly all"), (0, 2, "fewer than 5"), (20, 5, "20 of 25")],
)
def test_few_people_refused_for_lateness_are_not_counted_out(
    provider: Provider, programme: Programme, administrator: User, refused: int, others: int, words: str
) -> None:
    course = ran(provider, programme, DAY, HOUR, capacity=40)
    marked(course, *[OutcomeCode.REFL] * refused, *[OutcomeCode.ATTC] * others)
    assert the_programme(administrator).refused_for_lateness == words


def test_an_amended_mark_counts_as_what_it_became(provider: Provider, programme: Programme, administrator: User) -> None:
    course = ran(provider, programme, DAY, HOUR, capacity=40)
    marked(course, *[OutcomeCode.REFL] * 5, *[OutcomeCode.ATTC] * 20)
    first = Attendance.objects.filter(outcome=OutcomeCode.REFL).first()
    assert first
    Attendance.objects.create(
        booking=first.booking, session=first.session, outcome=OutcomeCode.ATTC, identity_seen="passport", amends=first,
        occurred_at=first.occurred_at, recorded_at=clock.now(), recorded_by=first.recorded_by, reason="A slip.",
    )  # fmt: skip
    assert the_programme(administrator).refused_for_lateness == "fewer than 5"


def test_cancelled_courses_are_counted_among_those_that_were_offered(
    provider: Provider, programme: Programme, administrator: User
) -> None:
    for state in (CourseState.CANCELLED, CourseState.PUBLISHED, CourseState.CLOSED, CourseState.DRAFT):
        make_course(programme, provider=provider, state=state)
    assert the_programme(administrator).cancelled == "1 of 3"


def test_what_visitors_scored_is_a_mean_of_sums_also_of_one_visit(
    provider: Provider, programme: Programme, administrator: User
) -> None:
    session = ran(provider, programme, HOUR).sessions.get()
    trainer = make_trainer(provider, session)
    make_visit(session, trainer, clear=2)
    make_visit(session, trainer, clear=5)
    make_visit()
    [row] = visited(administrator, at=clock.now())
    assert (row.programme, row.visits, row.means) == ("Taught things", 2, ("5.0", "3.5", "5.0", "3.0", "5.0"))
    assert visited(administrator, at=clock.now() + 366 * DAY) == []


def test_the_page_shows_all_of_it_and_nothing_of_others(
    provider: Provider, programme: Programme, administrator: User, client: Client
) -> None:
    ran(provider, programme, 5 * DAY, HOUR)
    html = sign_in(client, administrator).get("/provider/quality/").content.decode()
    assert ("1 of 1" in html, "fewer than 5" in html) == (True, True)
    stranger = sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR)).get("/provider/quality/").content.decode()
    assert ("Taught things" in stranger, "No course of yours has run yet." in stranger) == (False, True)
