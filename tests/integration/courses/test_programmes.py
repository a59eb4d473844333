"""The service team keeps programmes and their sessions; courses and cases that exist are not touched by it (C1)."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import OutcomeCode
from courses.models import Attendance, Course
from courses.queries.progress import judgements_of
from courses.services.programmes import (
    CodeIsTaken,
    NoSessionIsLeft,
    PlanHasChanged,
    Planned,
    change_plan,
    change_programme,
    create_programme,
    plan_of,
)
from courses.services.scheduling import create_course
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.models import Programme
from tests.factories import make_booking, make_course, make_programme, make_provider, make_user, make_venue
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
FIRST, SECOND, THIRD = Planned("First", 60), Planned("Second", 90), Planned("Third", 30)
LIST = "/support/programmes/"


@pytest.fixture
def programme() -> Programme:
    programme = make_programme(name="Taught things")
    changed(programme, [FIRST, SECOND], seen=[])
    return programme


@pytest.fixture
def support(client: Client) -> Client:
    return sign_in(client, make_user(Role.SUPPORT))


def changed(programme: Programme, plan: list[Planned], seen: list[Planned] | None = None) -> None:
    known = plan_of(programme) if seen is None else seen
    change_plan(programme=programme, seen=known, plan=plan, by=BY, at=clock.now())


def lines(*plan: Planned, places: tuple[int, ...] = ()) -> dict[str, str]:
    """A plan as the page posts it."""
    typed = {"lines": str(len(plan))}
    for number, each in enumerate(plan, start=1):
        typed |= {f"title_{number}": each.title, f"minutes_{number}": str(each.minutes)}
        typed[f"place_{number}"] = str(places[number - 1] if places else number)
    return typed


def seen(*plan: Planned) -> dict[str, str]:
    return {"seen": json.dumps([[each.title, each.minutes] for each in plan])}


def details(programme: Programme, **changes: Any) -> dict[str, Any]:
    names = ("code", "name", "name_cy", "neutral_name", "summary", "mode", "language", "capacity", "single_sex")
    return {**{name: getattr(programme, name) for name in names}, **changes}


@pytest.mark.parametrize("plan", [[FIRST], [SECOND, FIRST], [FIRST, THIRD, SECOND], [THIRD]])
def test_a_plan_is_replaced_whole_and_its_places_are_its_order(programme: Programme, plan: list[Planned]) -> None:
    changed(programme, plan)
    assert plan_of(programme) == plan
    assert list(programme.session_templates.values_list("position", flat=True)) == list(range(1, len(plan) + 1))


def test_the_last_session_cannot_be_taken_out(programme: Programme) -> None:
    with pytest.raises(NoSessionIsLeft):
        changed(programme, [])
    assert plan_of(programme) == [FIRST, SECOND]


def test_of_two_who_change_the_sessions_the_second_is_told_and_the_same_again_is_harmless(programme: Programme) -> None:
    changed(programme, [THIRD], seen=[FIRST, SECOND])
    with pytest.raises(PlanHasChanged):
        changed(programme, [FIRST, THIRD], seen=[FIRST, SECOND])
    changed(programme, [THIRD], seen=[FIRST, SECOND])
    events = AuditEvent.objects.filter(action="programme.plan-changed", subject_id=programme.pk)
    assert [event.data for event in events.order_by("pk")][1:] == [
        {"was": [{"title": "First", "minutes": 60}, {"title": "Second", "minutes": 90}], "now": [{"title": "Third", "minutes": 30}]}
    ]  # fmt: skip


def test_courses_that_were_made_keep_their_sessions_and_cases_are_judged_by_those(programme: Programme) -> None:
    provider = make_provider(programme)
    made = create_course(
        provider=provider, programme=programme, venue=make_venue(provider), language="en-gb", capacity=12, price_pence=0,
        first_starts_at=clock.london(clock.today().replace(year=clock.today().year + 1), 10), trainers=[], by=BY, at=clock.now(),
    ).course  # fmt: skip
    under_way = make_course(programme, sessions=2)
    booking = make_booking(under_way)
    first = under_way.sessions.get(position=1)
    Attendance.objects.create(
        booking=booking, session=first, outcome=OutcomeCode.ATTC, identity_seen="passport", occurred_at=first.starts_at,
        recorded_at=first.ends_at, recorded_by=make_user(Role.TRAINER),
    )  # fmt: skip
    before = judgements_of([booking])[booking.pk]
    changed(programme, [THIRD])
    assert [(each.title, each.position) for each in Course.objects.get(pk=made.pk).sessions.all()] == [
        ("First", 1),
        ("Second", 2),
    ]
    assert judgements_of([booking])[booking.pk] == before
    changed(programme, [FIRST, SECOND, THIRD])
    assert judgements_of([booking])[booking.pk] == before


def test_what_changes_of_a_programme_is_on_the_trail_and_nothing_when_nothing_does(programme: Programme) -> None:
    change_programme(programme=programme, details=details(programme), by=BY, at=clock.now())
    assert not AuditEvent.objects.filter(action="programme.changed").exists()
    change_programme(programme=programme, details=details(programme, capacity=8), by=BY, at=clock.now())
    event = AuditEvent.objects.get(action="programme.changed")
    assert (event.subject_id, event.data) == (programme.pk, {"was": {"capacity": 12}, "now": {"capacity": 8}})


def test_a_code_is_one_programmes(programme: Programme) -> None:
    other = make_programme()
    with pytest.raises(CodeIsTaken):
        change_programme(programme=other, details=details(other, code=programme.code), by=BY, at=clock.now())
    with pytest.raises(CodeIsTaken) as refusal:
        create_programme(details=details(programme), by=BY, at=clock.now())
    assert refusal.value.field == "code"


def test_the_pages_make_a_programme_and_its_sessions(support: Client) -> None:
    typed = {
        "code": "NEW-1", "name": "New things", "neutral_name": "Course", "summary": "What is taught.", "mode": "online",
        "language": "cy", "capacity": "8", "single_sex": "on",
    }  # fmt: skip
    wrong = support.post(f"{LIST}new/", {**typed, "code": "new one"})
    assert (wrong.status_code, "Use 2 to 20 capital letters" in wrong.content.decode()) == (422, True)
    made = support.post(f"{LIST}new/", typed)
    programme = Programme.objects.get(code="NEW-1")
    page = reverse("programme-plan", args=[programme.public_id])
    assert (made.status_code, made.headers["Location"]) == (303, page)
    assert "Another programme has this code." in support.post(f"{LIST}new/", typed).content.decode()
    assert support.post(page, {**lines(FIRST, SECOND, places=(2, 1)), **seen()}).status_code == 303
    assert plan_of(programme) == [SECOND, FIRST]
    html = support.get(reverse("programme-show", args=[programme.public_id])).content.decode()
    assert ("90 minutes" in html, "Cymraeg" in html, "Courses may be" in html) == (True, True, True)
    assert "New things" in support.get(LIST).content.decode()
    edited = support.post(reverse("programme-edit", args=[programme.public_id]), {**typed, "name": "Newer things"})
    programme.refresh_from_db()
    assert (edited.status_code, programme.name) == (303, "Newer things")


def test_a_plan_that_cannot_be_is_refused_and_what_was_typed_stays(programme: Programme, support: Client) -> None:
    page = reverse("programme-plan", args=[programme.public_id])
    nothing = support.post(page, {**lines(Planned("", 60)), **seen(FIRST, SECOND)})
    assert (nothing.status_code, "A programme needs at least one session." in nothing.content.decode()) == (422, True)
    no_length = support.post(page, {**lines(Planned("Kept words", 60)), "minutes_1": "", **seen(FIRST, SECOND)})
    html = no_length.content.decode()
    assert (no_length.status_code, "Enter how many minutes" in html, "Kept words" in html) == (422, True, True)
    stale = support.post(page, {**lines(THIRD), **seen(FIRST)})
    assert (stale.status_code, "Somebody else changed the sessions" in stale.content.decode()) == (422, True)
    for hostile in ("x", "[[1]]", "{}", "[1]", "99999999"):
        assert support.post(page, {**lines(THIRD), "seen": hostile}).status_code == 422
    assert plan_of(programme) == [FIRST, SECOND]


def typed_course(programme: Programme, **changes: str) -> dict[str, str]:
    day = clock.today().replace(year=clock.today().year + 1, day=1)
    return {
        "programme": programme.public_id, "venue": "", "joining_link": "https://meet.example.org/a", "language": "",
        "capacity": "", "price": "85", "first_on_day": "1", "first_on_month": str(day.month), "first_on_year": str(day.year),
        "first_at": "10:00", **changes,
    }  # fmt: skip


def test_a_new_course_takes_what_is_usual_for_its_programme(programme: Programme, client: Client) -> None:
    Programme.objects.filter(pk=programme.pk).update(language="cy", capacity=7)
    provider = make_provider(programme)
    sign_in(client, make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))
    assert client.post("/provider/courses/new/", typed_course(programme)).status_code == 303
    made = Course.objects.get(provider=provider)
    assert (made.language, made.capacity) == ("cy", 7)
    assert client.post("/provider/courses/new/", typed_course(programme, language="en-gb", capacity="9")).status_code == 303
    chosen = Course.objects.exclude(pk=made.pk).get(provider=provider)
    assert (chosen.language, chosen.capacity) == ("en-gb", 9)
