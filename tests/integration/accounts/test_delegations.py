"""Standing in for a colleague: who may arrange it, for which days, who is told, and what rank it gives when."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from diversion.accounts.enums import Rank, Role, Stead
from diversion.accounts.models import Delegation, Membership, Organisation, User
from diversion.accounts.policies import rank_of, stood_in_for
from diversion.accounts.services.delegations import (
    ColleagueMayNotStandIn,
    DaysAreTheWrongWayRound,
    FirstDayIsPast,
    NothingToGive,
    NotYoursToGive,
    RankIsForYourself,
    SomebodyStandsInAlready,
    end_delegation,
    make_delegation,
)
from diversion.accounts.services.memberships import end_membership
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.services.pump import pump
from tests.factories import make_agency, make_user
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def agency(db: None) -> Organisation:
    return make_agency()


@pytest.fixture
def inspector(agency: Organisation) -> User:
    return make_user(Role.SUPERVISOR, agency, rank=Rank.INSPECTOR, name="Ines Pector")


@pytest.fixture
def sergeant(agency: Organisation) -> User:
    return make_user(Role.SUPERVISOR, agency, rank=Rank.SERGEANT, name="Sara Geant")


@pytest.fixture
def third(agency: Organisation) -> User:
    return make_user(Role.SUPERVISOR, agency, rank=Rank.CONSTABLE, name="Thea Ird")


@pytest.fixture
def officer(agency: Organisation) -> User:
    return make_user(Role.CASE_OFFICER, agency, name="Olive Ficer")


def lend(
    of: User, to: User, *, what: Stead = Stead.AUTHORISING, maker: User | None = None, first: date | None = None,
    last: date | None = None, at: datetime | None = None,
) -> Delegation:  # fmt: skip
    at = at or clock.now()
    first = first or clock.day_of(at)
    maker = maker or of
    return make_delegation(
        what=what, of_user=of, to_user=to, starts_on=first, ends_on=last or first + 6 * DAY, user=maker,
        by=maker.as_actor(), at=at,
    )  # fmt: skip


def typed(first: date, last: date, **more: str) -> dict[str, str]:
    days = {"starts_on": first, "ends_on": last}
    parts = {f"{name}_{part}": str(getattr(day, part)) for name, day in days.items() for part in ("day", "month", "year")}
    return {**parts, **more}


def told(kind: str) -> set[object]:
    return set(OutboxMessage.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_a_rank_is_held_on_its_days_only_and_by_nobody_else(inspector: User, sergeant: User, third: User) -> None:
    today = clock.today()
    lend(inspector, sergeant, first=today + DAY, last=today + 3 * DAY)
    ranks = [(rank_of(sergeant, on=today + n * DAY).rank) for n in range(5)]
    assert ranks == [Rank.SERGEANT, Rank.INSPECTOR, Rank.INSPECTOR, Rank.INSPECTOR, Rank.SERGEANT]
    assert rank_of(sergeant, on=today + DAY).in_stead_of == inspector
    assert rank_of(sergeant, on=today).in_stead_of is None
    assert rank_of(third, on=today + DAY).rank == Rank.CONSTABLE


def test_a_lower_rank_held_lowers_nobody(inspector: User, sergeant: User) -> None:
    lend(sergeant, inspector)
    assert (rank_of(inspector, on=clock.today()).rank, rank_of(inspector, on=clock.today()).in_stead_of) == (3, None)


def test_what_one_holds_is_not_passed_on(inspector: User, sergeant: User, third: User) -> None:
    lend(inspector, sergeant)
    lend(sergeant, third)
    assert rank_of(third, on=clock.today()).rank == Rank.SERGEANT


def test_looking_after_cases_gives_no_rank(inspector: User, sergeant: User) -> None:
    lend(inspector, sergeant, what=Stead.CASES)
    assert rank_of(sergeant, on=clock.today()).rank == Rank.SERGEANT
    assert [each.user for each in stood_in_for(sergeant, what=Stead.CASES, on=clock.today())] == [inspector]


@pytest.mark.parametrize("change", ["left", "no longer authorises", "moved to another agency", "deactivated", "rank taken"])
def test_what_the_giver_has_no_more_the_holder_has_not(inspector: User, sergeant: User, change: str) -> None:
    lend(inspector, sergeant)
    assert rank_of(sergeant, on=clock.today()).rank == Rank.INSPECTOR
    mine = Membership.objects.filter(user=inspector)
    if change == "left":
        mine.update(ended_at=clock.now())
    elif change == "no longer authorises":
        mine.update(role=Role.CASE_OFFICER)
    elif change == "moved to another agency":
        mine.update(organisation=make_agency())
    elif change == "rank taken":
        mine.update(rank=Rank.NONE)
    else:
        User.objects.filter(pk=inspector.pk).update(is_active=False)
    assert rank_of(sergeant, on=clock.today()).rank == Rank.SERGEANT


def test_it_is_arranged_on_the_page_and_the_delegate_is_written_to(
    inspector: User, sergeant: User, client: Client, settings: object
) -> None:
    sign_in(client, sergeant)
    first = clock.today() + DAY
    answer = client.post(
        "/agency/delegations/new/",
        typed(
            first, first + 6 * DAY, what="authorising", of_user=sergeant.membership.public_id,
            to_user=inspector.membership.public_id,
        ),
    )  # fmt: skip
    assert answer.status_code == 303
    made = Delegation.objects.get()
    assert (made.of_user, made.to_user, made.made_by, made.ends_on) == (sergeant, inspector, sergeant, first + 6 * DAY)
    event = AuditEvent.objects.get(action="delegation.made")
    assert (event.subject_id, event.actor_id, event.data["to_user"]) == (made.pk, sergeant.pk, str(inspector.pk))
    assert told("delegation-made") == {inspector.pk}
    pump(at=clock.now())
    letters = [path.read_text() for path in settings.MESSAGE_FOLDER.rglob("*") if path.is_file()]
    assert len(letters) == 1
    assert "/agency/delegations/" in letters[0]
    assert "Geant" not in letters[0]
    assert "uthoris" not in letters[0]
    page = sign_in(Client(), inspector).get("/agency/delegations/").content.decode()
    assert "Sara Geant" in page
    assert "Authorise referrals with their rank" in page


def test_an_officer_is_asked_only_who_looks_after_their_cases(officer: User, inspector: User, client: Client) -> None:
    page = sign_in(client, officer).get("/agency/delegations/new/").content.decode()
    assert "Who is away" not in page
    assert "What will they do" not in page
    first = clock.today()
    sent = typed(first, first, what="cases", to_user=inspector.membership.public_id, of_user=inspector.membership.public_id)
    assert client.post("/agency/delegations/new/", sent).status_code == 303
    assert Delegation.objects.get().of_user == officer
    forged = client.post("/agency/delegations/new/", {**sent, "what": "authorising"})
    assert forged.status_code == 422
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(-1, 3, "The first day cannot be in the past."), (3, 2, "The last day cannot be before the first.")],
)
def test_wrong_days_are_refused_beside_their_field_and_nothing_typed_is_lost(
    inspector: User, sergeant: User, client: Client, first: int, last: int, words: str
) -> None:
    today = clock.today()
    sent = typed(
        today + first * DAY, today + last * DAY, what="authorising", of_user=inspector.membership.public_id,
        to_user=sergeant.membership.public_id,
    )  # fmt: skip
    answer = sign_in(client, inspector).post("/agency/delegations/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) == 2
    assert f'value="{sergeant.membership.public_id}" selected' in page
    assert not Delegation.objects.exists()


def test_days_that_overlap_are_refused_in_words_and_the_same_again_changes_nothing(
    inspector: User, sergeant: User, third: User
) -> None:
    today = clock.today()
    first = lend(inspector, sergeant, first=today + 2 * DAY, last=today + 4 * DAY)
    assert lend(inspector, sergeant, first=today + 2 * DAY, last=today + 4 * DAY) == first
    for start, end in [(0, 2), (4, 6), (3, 3), (0, 9)]:
        with pytest.raises(SomebodyStandsInAlready, match="Sara Geant already does this from"):
            lend(inspector, third, first=today + start * DAY, last=today + end * DAY)
    lend(inspector, third, first=today, last=today + DAY)
    lend(inspector, third, first=today + 5 * DAY, last=today + 5 * DAY)
    lend(inspector, third, what=Stead.CASES, first=today + 2 * DAY, last=today + 4 * DAY)
    lend(sergeant, third, first=today + 2 * DAY, last=today + 4 * DAY)
    assert (Delegation.objects.count(), AuditEvent.objects.filter(action="delegation.made").count()) == (5, 5)


def test_who_cannot_do_it_neither_gives_nor_holds_it(inspector: User, sergeant: User, officer: User) -> None:
    elsewhere = make_user(Role.SUPERVISOR)
    analyst = make_user(Role.ANALYST, inspector.membership.organisation)
    for holder in (officer, elsewhere, inspector):
        with pytest.raises(ColleagueMayNotStandIn):
            lend(inspector, holder)
    with pytest.raises(ColleagueMayNotStandIn):
        lend(officer, analyst, what=Stead.CASES)
    with pytest.raises(NothingToGive):
        lend(officer, sergeant)
    with pytest.raises(NothingToGive):
        lend(elsewhere, sergeant, maker=inspector)
    end_membership(membership=sergeant.membership, by=inspector.as_actor(), at=clock.now())
    with pytest.raises(ColleagueMayNotStandIn):
        lend(inspector, sergeant)
    with pytest.raises(FirstDayIsPast):
        lend(officer, inspector, what=Stead.CASES, first=clock.today() - DAY)
    with pytest.raises(DaysAreTheWrongWayRound):
        lend(officer, inspector, what=Stead.CASES, last=clock.today() - DAY)
    assert not Delegation.objects.exists()


def test_for_somebody_ill_a_third_person_arranges_it_and_both_are_told(
    inspector: User, sergeant: User, third: User, officer: User
) -> None:
    made = lend(inspector, sergeant, maker=third)
    assert (made.of_user, made.made_by) == (inspector, third)
    assert told("delegation-made") == {inspector.pk, sergeant.pk}
    with pytest.raises(NotYoursToGive):
        lend(inspector, sergeant, what=Stead.CASES, maker=officer)


def test_nobody_takes_a_rank_for_themselves_and_the_database_agrees(inspector: User, sergeant: User) -> None:
    with pytest.raises(RankIsForYourself):
        lend(inspector, sergeant, maker=sergeant)
    lend(inspector, sergeant, maker=sergeant, what=Stead.CASES)
    made = lend(inspector, sergeant)
    with pytest.raises(IntegrityError, match="nobody_takes_a_rank"), transaction.atomic():
        Delegation.objects.filter(pk=made.pk).update(made_by=sergeant)


def test_it_ends_early_once_and_the_other_is_told(inspector: User, sergeant: User, client: Client) -> None:
    made = lend(inspector, sergeant)
    path = f"/agency/delegations/{made.public_id}/end/"
    assert "Sara Geant no longer stand in for Ines Pector" in sign_in(client, inspector).get(path).content.decode()
    assert [client.post(path).status_code for _ in range(2)] == [303, 303]
    assert rank_of(sergeant, on=clock.today()).rank == Rank.SERGEANT
    assert AuditEvent.objects.filter(action="delegation.ended").count() == 1
    assert told("delegation-ended") == {sergeant.pk}
    assert "Sara Geant" not in client.get("/agency/delegations/").content.decode()
    lend(inspector, sergeant)


def test_who_leaves_neither_gives_nor_holds_any_more(inspector: User, sergeant: User, third: User) -> None:
    given, held = lend(sergeant, third), lend(inspector, sergeant)
    kept = lend(third, inspector)
    end_membership(membership=sergeant.membership, by=inspector.as_actor(), at=clock.now())
    for each in (given, held, kept):
        each.refresh_from_db()
    assert [each.ended_at is None for each in (given, held, kept)] == [False, False, True]
    assert AuditEvent.objects.filter(action="delegation.ended").count() == 2


def test_who_sees_and_ends_what(inspector: User, sergeant: User, officer: User, agency: Organisation) -> None:
    colleague = make_user(Role.CASE_OFFICER, agency)
    made = lend(officer, colleague, what=Stead.CASES)
    path = f"/agency/delegations/{made.public_id}/end/"
    seen = {
        user: (
            browser.get(path).status_code,
            "Olive Ficer" in browser.get("/agency/delegations/").content.decode() or user == officer,
        )
        for user in (officer, colleague, sergeant, make_user(Role.CASE_OFFICER, agency), make_user(Role.SUPERVISOR))
        for browser in [sign_in(Client(), user)]
    }
    assert list(seen.values()) == [(200, True), (200, True), (200, True), (404, False), (404, False)]


def test_an_ended_delegation_is_not_written_of_as_made(inspector: User, sergeant: User) -> None:
    end_delegation(delegation=lend(inspector, sergeant), by=inspector.as_actor(), at=clock.now())
    pump(at=clock.now())
    assert dict(OutboxMessage.objects.values_list("kind", "state")) == {
        "delegation-made": "dropped",
        "delegation-ended": "sent",
    }
