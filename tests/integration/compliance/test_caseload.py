"""The caseload: who needs me today, in a fixed number of queries, for the right eyes only."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from courses.enums import BookingState
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent
from diversion.compliance.queries.caseload import cases
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import Referral
from diversion.referrals.services.tasks import raise_task
from tests.factories import (
    make_agency,
    make_booking,
    make_course,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
)
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return make_user(Role.CASE_OFFICER)


def same_words(answer: Any) -> str:
    """The page without its form token, which differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


def add_case(officer: User, *, name: str = "Canary", **fields: Any) -> Referral:
    scheme = make_scheme(officer.membership.organisation)  # type: ignore[union-attr]
    person = make_participant(scheme.agency, family_name=name)
    referral = make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer, participant=person)
    make_requirement(referral, **fields)
    return referral


def test_a_case_shows_its_colour_reason_clocks_next_session_and_payment(client: Client, officer: User) -> None:
    referral = add_case(officer)
    requirement = referral.requirements.get()
    make_booking(make_course(requirement.programme), requirement)
    page = sign_in(client, officer).get("/agency/cases/").content.decode()
    for words in ["Sam Canary", "Green", "Booked and paid, ends in time", "Book by", "Complete by", "Paid"]:
        assert words in page


def test_a_held_place_is_not_called_paid(client: Client, officer: User) -> None:
    requirement = add_case(officer).requirements.get()
    make_booking(make_course(requirement.programme), requirement, BookingState.HELD)
    page = sign_in(client, officer).get("/agency/cases/").content.decode()
    assert "Not paid yet" in page
    assert "Place held, not paid yet" in page


def test_cases_are_grouped_by_the_day_somebody_must_act(client: Client, officer: User) -> None:
    today = clock.today()
    for days in (-1, 0, 3, 30):
        add_case(officer, book_by=today + timedelta(days=days))
    page = sign_in(client, officer).get("/agency/cases/").content.decode()
    places = [page.index(f">{group}<") for group in ("Overdue", "Due today", "This week", "Later")]
    assert places == sorted(places)


def test_queries_do_not_grow_with_rows(
    client: Client, officer: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    def fill(n: int) -> None:
        for _ in range(n):
            referral = add_case(officer)
            requirement = referral.requirements.get()
            make_booking(make_course(requirement.programme, sessions=2), requirement)
            raise_task(
                referral=referral,
                kind=TaskKind.NEEDS_DECISION,
                subject_id=referral.pk,
                by=Actor.system("test"),
                at=clock.now(),
            )

    fill(1)
    sign_in(client, officer)
    client.get("/agency/cases/")
    with django_assert_max_num_queries(20) as one:
        client.get("/agency/cases/")
    fill(24)
    with django_assert_num_queries(len(one)):
        client.get("/agency/cases/")


def test_other_agencies_and_restricted_cases_are_nowhere(client: Client, officer: User) -> None:
    add_case(officer, name="Mine")
    colleague = make_user(Role.CASE_OFFICER, officer.membership.organisation)  # type: ignore[union-attr]
    restricted = add_case(colleague, name="Restricted")
    Referral.objects.filter(pk=restricted.pk).update(restricted=True)
    foreign = add_case(make_user(Role.CASE_OFFICER, make_agency()), name="Foreign")
    sign_in(client, officer)
    for term in ("Mine", "Restricted", "Foreign"):
        client.post("/agency/cases/search/", {"term": term})
        page = client.get("/agency/cases/").content.decode()
        assert ("Sam Mine" in page, "Restricted" in page, "Foreign" in page) == (term == "Mine", False, False)
    unknown = client.get(f"/agency/cases/{'z' * 26}/")
    for hidden in (restricted, foreign):
        answer = client.get(f"/agency/cases/{hidden.public_id}/")
        assert (answer.status_code, same_words(answer)) == (404, same_words(unknown).replace("z" * 26, hidden.public_id))
    sign_in(client, colleague)
    assert client.get(f"/agency/cases/{restricted.public_id}/").status_code == 200


@pytest.mark.parametrize("term", ["Smith", "smyth", "SMITH "])
def test_a_person_is_found_by_surname_as_written_or_as_it_sounds(client: Client, officer: User, term: str) -> None:
    add_case(officer, name="Smith")
    add_case(officer, name="Okonkwo")
    sign_in(client, officer)
    answer = client.post("/agency/cases/search/", {"term": term})
    assert answer.status_code == 303
    assert term.strip() not in answer.url
    assert term.strip().lower() not in str(dict(client.session)).lower()
    page = client.get("/agency/cases/").content.decode()
    assert "Sam Smith" in page
    assert "Okonkwo" not in page


def test_looking_is_logged_once_for_a_page_with_everybody_it_showed(client: Client, officer: User) -> None:
    shown = {add_case(officer).participant_id, add_case(officer).participant_id}
    sign_in(client, officer).get("/agency/cases/")
    event = AccessEvent.objects.get()
    assert (event.kind, set(event.participants), event.actor_id) == ("list", shown, officer.pk)


def test_a_task_is_decided_with_words_and_stays_on_the_timeline(client: Client, officer: User) -> None:
    referral = add_case(officer)
    task = raise_task(
        referral=referral,
        kind=TaskKind.NEEDS_DECISION,
        subject_id=referral.pk,
        by=Actor.system("test"),
        at=clock.now(),
        detail="Missed session 1.",
    )
    sign_in(client, officer)
    page = client.get(f"/agency/cases/{referral.public_id}/").content.decode()
    assert "Missed or not completed: needs a decision" in page
    assert client.post(f"/agency/tasks/{task.public_id}/", {"outcome": ""}).status_code == 422
    answer = client.post(f"/agency/tasks/{task.public_id}/", {"outcome": "Another chance: was ill."})
    assert answer.status_code == 303
    again = client.post(f"/agency/tasks/{task.public_id}/", {"outcome": "Something else."})
    assert (again.status_code, "already dealt with" in again.content.decode()) == (422, True)
    page = client.get(f"/agency/cases/{referral.public_id}/").content.decode()
    assert "Another chance: was ill." in page
    assert "Something else." not in page
    referral.refresh_from_db()
    assert referral.state == ReferralState.ACCEPTED


def test_figures_name_nobody_and_hide_small_counts(client: Client) -> None:
    analyst = make_user(Role.ANALYST)
    scheme = make_scheme(analyst.membership.organisation, name="Scheme A")  # type: ignore[union-attr]
    for _ in range(6):
        make_referral(ReferralState.OFFERED, scheme=scheme)
    make_referral(ReferralState.ACCEPTED, scheme=scheme)
    page = sign_in(client, analyst).get("/agency/statistics/").content.decode()
    assert ">7<" in page
    assert ">fewer than 5<" in page
    assert "Example" not in page
    assert client.get("/agency/cases/").status_code == 404


@pytest.mark.parametrize("ended", [BookingState.LAPSED, BookingState.SUPERSEDED])
def test_a_place_that_ended_before_does_not_bring_the_book_by_day_back(officer: User, ended: str) -> None:
    """Who has a place has booked, whatever came before it: a hold that ran out, a place that they moved from."""
    referral = add_case(officer, book_by=clock.today() - timedelta(days=1))
    requirement = referral.requirements.get()
    make_booking(make_course(requirement.programme), requirement, ended)
    assert cases(officer).get().due_on == requirement.book_by
    make_booking(make_course(requirement.programme), requirement)
    assert cases(officer).get().due_on == requirement.complete_by
