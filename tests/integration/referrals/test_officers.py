"""Cases change hands with their history; nobody's case is ever without an officer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role, Stead
from diversion.accounts.models import Delegation, Organisation, User
from diversion.accounts.services.memberships import end_membership
from diversion.accounts.services.teams import join_team
from diversion.audit.models import AuditEvent
from diversion.compliance.queries.caselist import filtered
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.models import OfficerAssignment, Referral, Scheme
from diversion.referrals.policies import NotYoursToHandOver
from diversion.referrals.services.drafts import start_referral
from diversion.referrals.services.officers import CannotTakeCases, OfficerHasCases, hand_over
from diversion.referrals.services.telling import tell_officer
from tests.factories import make_referral, make_user
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(agency: Organisation) -> User:
    return make_user(Role.CASE_OFFICER, agency)


def give(referrals: list[Referral], to: User, by: User, reason: str = "Moved to another station.") -> int:
    return hand_over(referrals=referrals, officer=to, reason=reason, user=by, by=by.as_actor(), at=clock.now())


def list_of(user: User, *whose: str) -> list[Referral]:
    return list(filtered(user, show="", whose=list(whose), search=None, at=clock.now()))


def test_a_case_is_handed_over_with_its_history(officer: User, colleague: User) -> None:
    referral = start_referral(officer=officer, by=officer.as_actor(), at=clock.now())
    assert give([referral], colleague, officer) == 1
    referral.refresh_from_db()
    assert referral.officer == colleague
    held = OfficerAssignment.objects.filter(referral=referral).order_by("since_at")
    assert [(each.officer, each.until_at is None, each.reason) for each in held] == [
        (officer, False, ""),
        (colleague, True, "Moved to another station."),
    ]
    assert AuditEvent.objects.get(action="referral.handed-over").reason == "Moved to another station."
    assert [(each.kind, each.recipient_id) for each in OutboxMessage.objects.all()] == [("cases-handed-over", colleague.pk)]


def test_many_go_at_once_or_none(scheme: Scheme, officer: User, colleague: User, supervisor: User) -> None:
    mine = [make_referral("accepted", scheme=scheme, officer=officer) for _ in range(3)]
    elsewhere = make_referral("accepted")
    with pytest.raises(CannotTakeCases):
        give([*mine, elsewhere], colleague, supervisor)
    assert Referral.objects.filter(officer=officer).count() == 3
    assert give(mine, colleague, supervisor) == 3
    assert give(mine, colleague, supervisor) == 0
    kinds = OutboxMessage.objects.order_by("kind").values_list("kind", "recipient_id")
    assert list(kinds) == [("cases-handed-over", colleague.pk), ("cases-taken-over", officer.pk)]


def test_a_case_officer_hands_over_only_their_own(scheme: Scheme, officer: User, colleague: User) -> None:
    theirs = make_referral("accepted", scheme=scheme, officer=colleague)
    with pytest.raises(NotYoursToHandOver):
        give([theirs], officer, officer)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR])
def test_who_makes_no_referrals_takes_no_cases(scheme: Scheme, officer: User, agency: Organisation, role: Role) -> None:
    referral = make_referral("accepted", scheme=scheme, officer=officer)
    with pytest.raises(CannotTakeCases):
        give([referral], make_user(role, agency), officer)
    with pytest.raises(CannotTakeCases):
        give([referral], make_user(Role.CASE_OFFICER), officer)


def test_nobody_leaves_while_they_are_the_officer_in_a_case(
    scheme: Scheme, officer: User, colleague: User, supervisor: User
) -> None:
    referral = make_referral("accepted", scheme=scheme, officer=officer)
    membership = officer.membership
    assert membership is not None
    with pytest.raises(OfficerHasCases, match="1 open case"):
        end_membership(membership=membership, by=supervisor.as_actor(), at=clock.now())
    membership.refresh_from_db()
    assert membership.ended_at is None
    give([referral], colleague, supervisor)
    end_membership(membership=membership, by=supervisor.as_actor(), at=clock.now())
    membership.refresh_from_db()
    assert membership.ended_at is not None


def test_whoever_stands_in_sees_the_cases_as_their_own_and_is_written_to(
    scheme: Scheme, officer: User, colleague: User
) -> None:
    referral = make_referral("accepted", scheme=scheme, officer=officer)
    assert list_of(colleague, "mine") == []
    today = clock.today()
    days = {"starts_on": today, "ends_on": today}
    cover = Delegation.objects.create(
        what=Stead.CASES, of_user=officer, to_user=colleague, made_at=clock.now(), made_by=officer, **days
    )
    assert list_of(colleague, "mine") == [referral]
    tell_officer(kind="offer-answered", referral=referral, subject_id=referral.pk, at=clock.now())
    assert set(OutboxMessage.objects.values_list("recipient_id", flat=True)) == {officer.pk, colleague.pk}
    yesterday = today - timedelta(days=1)
    Delegation.objects.filter(pk=cover.pk).update(starts_on=yesterday, ends_on=yesterday)
    assert list_of(colleague, "mine") == []


def test_a_team_sees_its_cases_as_one_list(scheme: Scheme, officer: User, colleague: User, supervisor: User) -> None:
    mine = make_referral("accepted", scheme=scheme, officer=officer)
    make_referral("accepted", scheme=scheme, officer=colleague)
    third = make_user(Role.CASE_OFFICER, scheme.agency)
    theirs = make_referral("accepted", scheme=scheme, officer=third)
    for person in (officer, third):
        assert person.membership is not None
        join_team(membership=person.membership, name=" North  team ", by=supervisor.as_actor(), at=clock.now())
        del person._membership
    assert {each.pk for each in list_of(officer, "team")} == {mine.pk, theirs.pk}
    assert len(list_of(officer)) == 3


def test_the_page_hands_over_what_is_ticked(scheme: Scheme, officer: User, colleague: User, desk: Client) -> None:
    first, second = (make_referral("accepted", scheme=scheme, officer=officer) for _ in range(2))
    page = reverse("officer-change")
    assert colleague.membership is not None
    typed = {"cases": [first.public_id], "officer": colleague.membership.pk, "reason": "Leave."}
    assert desk.post(page, typed | {"cases": []}).status_code == 422
    assert desk.post(page, typed).status_code == 303
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.officer, second.officer) == (colleague, officer)


def test_every_open_case_goes_with_one_tick_and_ended_ones_stay(
    scheme: Scheme, officer: User, colleague: User, bench: Client
) -> None:
    for state in ("draft", "accepted", "withdrawn"):
        make_referral(state, scheme=scheme, officer=officer)
    assert officer.membership is not None
    assert colleague.membership is not None
    page = f"{reverse('officer-change')}?from={officer.membership.public_id}"
    typed = {"everything": "on", "officer": colleague.membership.pk, "reason": "Leaves the service."}
    assert bench.post(page, typed).status_code == 303
    assert Referral.objects.filter(officer=colleague).count() == 2
    assert Referral.objects.get(officer=officer).state == "withdrawn"


def test_one_case_is_handed_over_from_its_own_page(scheme: Scheme, officer: User, colleague: User, desk: Client) -> None:
    referral = make_referral("accepted", scheme=scheme, officer=officer)
    page = reverse("case-officer-change", args=[referral.public_id])
    assert f'value="{referral.public_id}"' in desk.get(page).content.decode()
    assert colleague.membership is not None
    typed = {"cases": [referral.public_id], "officer": colleague.membership.pk, "reason": "Leave."}
    assert desk.post(page, typed).status_code == 303
    referral.refresh_from_db()
    assert referral.officer == colleague


def test_a_stranger_to_the_agency_finds_no_case(scheme: Scheme, officer: User) -> None:
    referral = make_referral("accepted", scheme=scheme, officer=officer)
    other = sign_in(Client(), make_user(Role.SUPERVISOR))
    assert other.get(reverse("case-officer-change", args=[referral.public_id])).status_code == 404
    assert officer.membership is not None
    assert other.get(f"{reverse('officer-change')}?from={officer.membership.public_id}").status_code == 404
