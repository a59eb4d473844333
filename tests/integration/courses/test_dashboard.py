"""The provider administrator's home: what needs somebody today, and nothing that is not theirs to know."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.enums import BookingState, CourseState
from courses.models import Booking, Course, Provider, ProviderLicence
from courses.queries.dashboard import people_to_call, registers_due, sessions_today, unfilled
from courses.queries.licences import endangered, lacks_of
from courses.services.closing import close_booking
from courses.services.licence_warnings import warn_of_ending_licences
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import CaseTask
from diversion.referrals.services.tasks import complete_task, raise_task
from tests.factories import (
    make_booking,
    make_course,
    make_programme,
    make_provider,
    make_referral,
    make_requirement,
    make_scheme,
    make_trainer,
    make_trainer_licence,
    make_user,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
HOME = "/provider/"
NOON = clock.london(clock.today(), 12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def provider() -> Provider:
    return make_provider()


@pytest.fixture
def administrator(provider: Provider) -> User:
    return make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)


def course(provider: Provider, starts_at: datetime, **fields: Any) -> Course:
    """A course of one session of three hours that starts at an instant."""
    made = make_course(provider=provider, first_starts_at=starts_at, last_ends_at=starts_at + 3 * HOUR, **fields)
    made.sessions.update(starts_at=starts_at, ends_at=starts_at + 3 * HOUR)
    return made


def seated(provider: Provider, kind: TaskKind | None = None, **fields: Any) -> Booking:
    """Somebody with a place, and perhaps an open question on their case."""
    scheme = make_scheme()
    referral = make_referral(ReferralState.ACTIVE, scheme=scheme, **fields)
    place = make_booking(make_course(scheme.programme, provider=provider), make_requirement(referral))
    if kind:
        raise_task(referral=referral, kind=kind, subject_id=referral.pk, by=BY, at=clock.now(), detail="Officersown words")
    return place


@pytest.mark.parametrize(
    ("starts_at", "shown"),
    [
        (clock.start_of(clock.today()) - HOUR, False),
        (clock.start_of(clock.today()), True),
        (clock.end_of(clock.today()) - HOUR, True),
        (clock.end_of(clock.today()), False),
    ],
)
def test_today_is_the_london_day(provider: Provider, administrator: User, starts_at: datetime, shown: bool) -> None:
    made = course(provider, starts_at)
    found = sessions_today(administrator, at=NOON)
    assert [each.course_id for each in found] == ([made.pk] if shown else [])


def test_what_is_still_to_come_stands_before_what_is_over_and_counts_who_is_expected(
    provider: Provider, administrator: User
) -> None:
    over, to_come = course(provider, NOON - 4 * HOUR), course(provider, NOON + HOUR)
    course(make_provider(), NOON)
    make_booking(to_come)
    make_booking(to_come, state=BookingState.HELD)
    found = sessions_today(administrator, at=NOON)
    assert [(each.course_id, each.people) for each in found] == [(to_come.pk, 1), (over.pk, 0)]


def test_a_register_waits_from_the_start_and_is_overdue_a_day_after_the_end(
    provider: Provider, administrator: User, client: Client
) -> None:
    begun = course(provider, NOON - HOUR)
    course(provider, NOON + HOUR)
    course(provider, NOON - HOUR, state=CourseState.CANCELLED)
    sent = course(provider, NOON - 5 * HOUR)
    sent.sessions.update(register_submitted_at=NOON, register_submitted_by=administrator)
    assert [each.course_id for each in registers_due(administrator, at=NOON)] == [begun.pk]
    with time_machine.travel(NOON + 26 * HOUR - timedelta(minutes=1), tick=False):
        assert "Overdue" not in sign_in(client, administrator).get(HOME).content.decode()
    with time_machine.travel(NOON + 26 * HOUR, tick=False):
        assert "Overdue" in sign_in(client, administrator).get(HOME).content.decode()


@pytest.mark.parametrize(
    ("starts_in", "taken", "state", "shown"),
    [
        (28 * DAY, 4, CourseState.PUBLISHED, True),
        (28 * DAY, 5, CourseState.PUBLISHED, False),
        (28 * DAY + HOUR, 0, CourseState.PUBLISHED, False),
        (-HOUR, 0, CourseState.PUBLISHED, False),
        (DAY, 0, CourseState.DRAFT, False),
    ],
)
def test_a_course_of_the_next_four_weeks_that_is_not_half_full_is_shown(
    provider: Provider, administrator: User, starts_in: timedelta, taken: int, state: str, shown: bool
) -> None:
    made = course(provider, NOON + starts_in, taken=taken, state=state)
    course(make_provider(), NOON + DAY)
    assert list(unfilled(administrator, at=NOON)) == ([made] if shown else [])


def test_a_course_closed_for_booking_waits_for_nobody(provider: Provider, administrator: User) -> None:
    made = course(provider, NOON + DAY)
    close_booking(course=made, by=administrator.as_actor(), at=NOON)
    assert list(unfilled(administrator, at=NOON)) == []


def test_people_to_call_are_named_by_their_first_name_and_what_is_the_matter_alone(
    provider: Provider, administrator: User, client: Client
) -> None:
    place = seated(provider, TaskKind.CONTACT_FAILED)
    person = place.requirement.referral.participant
    person.given_names, person.family_name, person.mobile = "Canary Ann", "Zzfamily", "07700 900123"
    person.address = "9 Hidden Street"
    person.save()
    html = sign_in(client, administrator).get(HOME).content.decode()
    assert ("Canary Z" in html, "Our messages do not arrive." in html) == (True, True)
    for hidden in ("Zzfamily", "900123", "9 Hidden Street", "Officersown words", place.requirement.referral.agency.name):
        assert hidden not in html
    read = AccessEvent.objects.get(route="dashboard-show")
    assert (read.participants, read.actor_id) == ([person.pk], administrator.pk)


def test_people_to_call_are_on_courses_of_ones_own_to_come_and_their_question_is_open(
    provider: Provider, administrator: User
) -> None:
    asked = seated(provider, TaskKind.ASKED_FOR_HELP)
    seated(provider)
    seated(provider, TaskKind.NEEDS_DECISION)
    seated(make_provider(), TaskKind.ASKED_FOR_HELP)
    seated(provider, TaskKind.ASKED_FOR_HELP, restricted=True)
    given_up = seated(provider, TaskKind.ASKED_FOR_HELP)
    Booking.objects.filter(pk=given_up.pk).update(state=BookingState.CANCELLED_BY_PARTICIPANT)
    found = people_to_call(administrator, at=clock.now())
    assert [(each.booking, each.unreachable, each.asked_for_help) for each in found] == [(asked, False, True)]
    assert people_to_call(administrator, at=asked.course.last_ends_at) == []
    officer = asked.requirement.referral.officer
    complete_task(
        task=CaseTask.objects.get(referral=asked.requirement.referral),
        outcome="Spoke.",
        user=officer,
        by=BY,
        at=clock.now(),
    )
    assert people_to_call(administrator, at=clock.now()) == []


def test_the_courses_in_danger_are_those_that_the_rule_finds_fault_with(provider: Provider, administrator: User) -> None:
    """The quick sieve in the database never loses a course that the rule finds fault with."""
    programme = make_programme()
    first, last = clock.today() + 10 * DAY, clock.today() + 17 * DAY
    ProviderLicence.objects.create(provider=provider, programme=programme, valid_from=first, valid_until=last)
    made = [
        make_course(
            programme, provider=provider, sessions=sessions, starts_in=clock.london(first, hour) - clock.now() + days * DAY
        )
        for hour, sessions, days in ((0, 1, -1), (4, 1, 0), (8, 2, 0), (12, 2, 1), (16, 1, 8), (20, 1, 0))
    ]
    full, provisional = make_trainer(provider, programmes=[]), make_trainer(provider, programmes=[])
    make_trainer_licence(full, programme, valid_until=last - DAY)
    make_trainer_licence(provisional, programme, kind="provisional")
    for number, each in enumerate(made):
        for session in each.sessions.all():
            session.trainers.set([[full], [provisional], [full, provisional], [full], [], [full, provisional]][number])
    faulty = {each.pk for each, lacks in ((each, lacks_of([each])[each.pk]) for each in made) if lacks}
    assert {each.pk for each, _lacks in endangered(administrator, at=clock.now())} == faulty
    assert faulty == {each.pk for each in made[:5]}


def test_two_licences_that_together_cover_a_course_endanger_nothing(provider: Provider, administrator: User) -> None:
    programme = make_programme()
    made = make_course(programme, provider=provider, sessions=2)
    between = clock.day_of(made.first_starts_at) + DAY
    for days in ((clock.today(), between), (between + DAY, between + 30 * DAY)):
        ProviderLicence.objects.create(provider=provider, programme=programme, valid_from=days[0], valid_until=days[1])
    assert endangered(administrator, at=clock.now()) == []


def test_the_minute_asks_as_often_for_ten_licences_as_for_one() -> None:
    def add() -> None:
        programme = make_programme()
        provider = make_provider(programme)
        make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)
        make_trainer(provider)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            warn_of_ending_licences(at=clock.now())
        return len(queries)

    add()
    ends = clock.today() + 14 * DAY
    ProviderLicence.objects.update(valid_until=ends)
    one = asked()
    for _ in range(9):
        add()
    ProviderLicence.objects.update(valid_until=ends)
    assert asked() == one


def test_every_question_is_answered_when_there_is_nothing(administrator: User, client: Client) -> None:
    html = sign_in(client, administrator).get(HOME).content.decode()
    for words in (
        "No session of yours is today.", "Every register is in.", "nobody waits for help.", "Every course to come is covered.",
        "No licence ends within 60 days.", "is at least half full.",
    ):  # fmt: skip
        assert words in html


def test_an_administrator_starts_there_and_a_trainer_with_their_own_sessions(
    provider: Provider, administrator: User, client: Client
) -> None:
    assert sign_in(client, administrator).get("/home/").headers["Location"] == HOME
    trainer = sign_in(Client(), make_trainer(provider))
    assert trainer.get("/home/").headers["Location"] == "/provider/today/"
    assert trainer.get(HOME).status_code == 404
