"""Courses are of a kind that their programme allows, however they are made, and when they are opened."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from courses.enums import CourseState
from courses.models import Course, Provider, SessionTemplate, Venue
from courses.services.allowed import IsForEverybody, IsTaughtOnline, NeedsAVenue
from courses.services.proposing import RunWanted, TermWanted
from courses.services.runs import make_run
from courses.services.scheduling import create_course, publish_course
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.references import new_public_id
from diversion.referrals.models import Programme
from tests.factories import make_course, make_programme, make_provider, make_user, make_venue
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
NEW, PLAN, AGAIN = "/provider/courses/new/", "/provider/courses/plan/", "/provider/courses/plan/again/"
DAY = timedelta(days=1)

CASES = [
    ({"mode": "room"}, {"online": True}, NeedsAVenue, "Taught things is taught in a room. Choose a venue."),
    ({"mode": "online"}, {}, IsTaughtOnline, "Taught things is taught online. Choose no venue."),
    ({"single_sex": False}, {"single_sex": True}, IsForEverybody, "Courses of Taught things are for everybody."),
]
cases = pytest.mark.parametrize(("allows", "kind", "refusal", "words"), CASES)


@pytest.fixture
def programme() -> Programme:
    programme = make_programme(name="Taught things")
    SessionTemplate.objects.create(programme=programme, position=1, title="Part 1", minutes=120)
    return programme


@pytest.fixture
def provider(programme: Programme) -> Provider:
    return make_provider(programme)


@pytest.fixture
def venue(provider: Provider) -> Venue:
    return make_venue(provider)


def fields(programme: Programme, venue: Venue, *, online: bool = False, single_sex: bool = False) -> dict[str, Any]:
    return {
        "programme": programme, "venue": None if online else venue, "language": "en-gb", "capacity": 12,
        "price_pence": 8500, "single_sex": single_sex, "trainers": [], "room": None,
    }  # fmt: skip


def draft(programme: Programme, venue: Venue, **kind: bool) -> Course:
    return create_course(
        provider=venue.provider, **fields(programme, venue, **kind), joining_link="https://meet.example.org/a",
        first_starts_at=clock.london(clock.today() + 20 * DAY, 10), on_holidays=True, by=BY, at=clock.now(),
    ).course  # fmt: skip


def run_wanted(programme: Programme, venue: Venue, **kind: bool) -> RunWanted:
    start = clock.london(clock.today() + 20 * DAY, 10)
    return RunWanted(
        **fields(programme, venue, **kind), first_on=clock.day_of(start), at_time=clock.london_wall(start).time(),
        every_weeks=1, count=2, until=None,
    )  # fmt: skip


@cases
def test_no_course_is_drafted_planned_or_copied_that_its_programme_does_not_allow(
    programme: Programme, venue: Venue, allows: dict[str, Any], kind: dict[str, bool], refusal: type[Refusal], words: str
) -> None:
    draft(programme, venue, **kind)
    today = clock.today()
    wishes = [run_wanted(programme, venue, **kind), TermWanted(today, today + 60 * DAY, weeks=10)]
    shown = [wish.propose(venue.provider, at=clock.now()).fingerprint for wish in wishes]
    Programme.objects.filter(pk=programme.pk).update(**allows)
    programme.refresh_from_db()
    with pytest.raises(refusal, match=words):
        draft(programme, venue, **kind)
    # The plan was shown while the programme still allowed it.
    wishes[0] = run_wanted(programme, venue, **kind)
    for wish, fingerprint in zip(wishes, shown, strict=True):
        with pytest.raises(refusal, match=words):
            make_run(
                public_id=new_public_id(), provider=venue.provider, wanted=wish, fingerprint=fingerprint, publish=False,
                by=BY, at=clock.now(),
            )  # fmt: skip
    assert Course.objects.count() == 1


@cases
def test_a_draft_opens_only_as_its_programme_allows_by_then(
    programme: Programme, venue: Venue, allows: dict[str, Any], kind: dict[str, bool], refusal: type[Refusal], words: str
) -> None:
    course, open_course = draft(programme, venue, **kind), draft(programme, venue, **kind)
    publish_course(course=open_course, by=BY, at=clock.now())
    Programme.objects.filter(pk=programme.pk).update(**allows)
    with pytest.raises(refusal, match=words):
        publish_course(course=course, by=BY, at=clock.now())
    course.refresh_from_db()
    open_course.refresh_from_db()
    assert (course.state, open_course.state) == (CourseState.DRAFT, CourseState.PUBLISHED)


@cases
def test_both_forms_tell_it_beside_the_field(
    client: Client, programme: Programme, venue: Venue,
    allows: dict[str, Any], kind: dict[str, bool], refusal: type[Refusal], words: str,
) -> None:  # fmt: skip
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, venue.provider.organisation))
    Programme.objects.filter(pk=programme.pk).update(**allows)
    day = clock.today() + 20 * DAY
    typed = {
        "programme": programme.public_id, "venue": "" if "online" in kind else venue.public_id, "price": "85",
        "first_on_day": day.day, "first_on_month": day.month, "first_on_year": day.year, "first_at": "10:00",
        "every_weeks": "1", "count": "2", **({"single_sex": "on"} if "single_sex" in kind else {}),
    }  # fmt: skip
    for page in (NEW, PLAN):
        answer = client.post(page, typed)
        assert (answer.status_code, answer.context["form"].errors) == (422, {refusal.field: [words]})
    assert Course.objects.count() == 0


def test_a_term_that_its_programme_does_not_allow_again_is_told_on_the_page(
    client: Client, programme: Programme, venue: Venue
) -> None:
    course = make_course(programme, provider=venue.provider, venue=venue)
    Programme.objects.filter(pk=programme.pk).update(mode="online")
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, venue.provider.organisation))
    day = clock.day_of(course.first_starts_at)
    typed = {
        f"{name}_{part}": getattr(day, part) for name in ("first_on", "last_on") for part in ("day", "month", "year")
    } | {"weeks": 10}  # fmt: skip
    answer = client.post(AGAIN, typed)
    assert (answer.status_code, "Taught things is taught online." in answer.content.decode()) == (422, True)
