"""Restricting a case, lifting that, and the names on its list."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.accounts.models import Organisation, User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.notifications.models import OutboxMessage
from diversion.referrals.access import sight_of
from diversion.referrals.enums import Access, ReferralState, Sight
from diversion.referrals.models import CaseAccess, Referral, Scheme
from diversion.referrals.policies import NotYoursToHandOver
from diversion.referrals.services import restriction
from diversion.referrals.services.officers import ColleagueIsExcluded, hand_over
from tests.factories import make_user
from tests.integration.referrals.browsers import sign_in
from tests.integration.referrals.restricted import SURNAME, make_restricted, put_on_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(scheme: Scheme, officer: User) -> Referral:
    return make_restricted(scheme, officer, restricted=False)


@pytest.fixture
def colleague(agency: Organisation) -> User:
    return make_user(Role.CASE_OFFICER, agency, name="Casey Colleague")


def acting(user: User) -> dict[str, Any]:
    return {"reason": "A relative works here.", "user": user, "by": user.as_actor(), "at": clock.now()}


def actions(case: Referral) -> list[str]:
    found = AuditEvent.objects.filter(case_id=case.pk, action__startswith="case.").order_by("recorded_at", "pk")
    return list(found.values_list("action", flat=True))


def url(name: str, case: Referral, *more: str) -> str:
    return reverse(name, args=[case.public_id, *more])


def test_the_officer_restricts_allows_excludes_and_lifts_each_with_a_reason(
    desk: Client, case: Referral, officer: User, colleague: User, supervisor: User
) -> None:
    page = desk.get(reverse("case-show", args=[case.public_id])).content.decode()
    assert (url("restriction-show", case) in page, "govuk-tag--red" in page) == (True, False)
    assert desk.post(url("case-restrict", case), {"reason": ""}).status_code == 422
    assert desk.post(url("case-restrict", case), {"reason": "Well known here."}).status_code == 303
    assert sight_of(colleague, case) == Sight.NONE
    for user, access in [(colleague, "allowed"), (supervisor, "excluded")]:
        sent = {"colleague": user.membership.public_id, "access": access, "reason": f"Reason {access}."}
        assert desk.post(url("restriction-add", case), sent).status_code == 303
    assert (sight_of(colleague, case), sight_of(supervisor, case)) == (Sight.FULL, Sight.NONE)
    page = desk.get(url("restriction-show", case)).content.decode()
    for shown in ("Well known here.", "Casey Colleague, Case officer", "Reason allowed.", "Must never see the case"):
        assert shown in page
    assert "govuk-tag--red" in desk.get(reverse("case-show", args=[case.public_id])).content.decode()
    taken = desk.post(url("restriction-remove", case, supervisor.membership.public_id), {"reason": "A mistake."})
    assert (taken.status_code, sight_of(supervisor, case)) == (303, Sight.LIMITED)
    assert desk.post(url("restriction-lift", case), {"reason": "They left."}).status_code == 303
    assert (sight_of(colleague, case), CaseAccess.objects.filter(ended_at=None).count()) == (Sight.FULL, 0)
    assert actions(case) == [
        "case.restricted", "case.colleague-allowed", "case.colleague-excluded", "case.name-taken-off",
        "case.restriction-lifted",
    ]  # fmt: skip
    reasons = [event.reason for event in AuditEvent.objects.filter(case_id=case.pk, action__startswith="case.")]
    assert sorted(reasons) == sorted(
        ["Well known here.", "Reason allowed.", "Reason excluded.", "A mistake.", "They left."]
    )
    assert not OutboxMessage.objects.exists()
    assert AccessEvent.objects.filter(route="restriction-show", participants=[case.participant_id]).exists()


def test_who_restricts_anothers_case_stays_on_its_list(bench: Client, case: Referral, supervisor: User) -> None:
    answer = bench.post(url("case-restrict", case), {"reason": "A slip."}, follow=True)
    assert (answer.status_code, SURNAME in answer.content.decode()) == (200, True)
    assert sight_of(supervisor, case) == Sight.FULL
    left = bench.post(url("restriction-remove", case, supervisor.membership.public_id), {"reason": "Done."}, follow=True)
    assert (left.status_code, SURNAME in left.content.decode()) == (200, False)
    assert sight_of(supervisor, case) == Sight.LIMITED


def test_doing_it_twice_changes_nothing(case: Referral, officer: User, colleague: User) -> None:
    for _ in range(2):
        restriction.restrict_case(referral=case, **acting(officer))
    restriction.allow_colleague(referral=case, colleague=colleague, **acting(officer))
    entry = CaseAccess.objects.get()
    for _ in range(2):
        restriction.remove_from_list(entry=entry, **acting(officer))
    for _ in range(2):
        restriction.lift_restriction(referral=case, **acting(officer))
    assert actions(case) == [
        "case.restricted", "case.colleague-allowed", "case.name-taken-off", "case.restriction-lifted"
    ]  # fmt: skip


def test_lifting_ends_what_was_allowed_and_keeps_who_is_excluded(
    case: Referral, officer: User, colleague: User, supervisor: User
) -> None:
    restriction.restrict_case(referral=case, **acting(officer))
    restriction.allow_colleague(referral=case, colleague=colleague, **acting(officer))
    restriction.exclude_colleague(referral=case, colleague=supervisor, **acting(officer))
    restriction.lift_restriction(referral=case, **acting(officer))
    assert (sight_of(colleague, case), sight_of(supervisor, case)) == (Sight.FULL, Sight.NONE)
    restriction.restrict_case(referral=case, **acting(officer))
    assert sight_of(colleague, case) == Sight.NONE


def test_the_officer_in_the_case_cannot_be_excluded(desk: Client, case: Referral, officer: User, bench: Client) -> None:
    sent = {"colleague": officer.membership.public_id, "access": "excluded", "reason": "Why not."}
    answer = bench.post(url("restriction-add", case), sent)
    assert (answer.status_code, "cannot be excluded while it is theirs" in answer.content.decode()) == (422, True)
    assert "Why not." in answer.content.decode()
    assert (CaseAccess.objects.count(), sight_of(officer, case)) == (0, Sight.FULL)


def test_a_list_refuses_in_words_what_makes_no_sense(case: Referral, officer: User, supervisor: User) -> None:
    analyst = make_user(Role.ANALYST, case.agency)
    allow, exclude = restriction.allow_colleague, restriction.exclude_colleague
    with pytest.raises(restriction.CaseIsNotRestricted):
        allow(referral=case, colleague=supervisor, **acting(officer))
    restriction.restrict_case(referral=case, **acting(officer))
    refused = [
        (allow, analyst, restriction.RoleOpensNoCases),
        (exclude, make_user(Role.CASE_OFFICER), restriction.NotAColleague),
        (exclude, case.participant.user, restriction.NotAColleague),
        (allow, make_user(Role.SUPERVISOR), restriction.NotAColleague),
        (allow, officer, restriction.OfficerCannotBeListed),
    ]
    for service, colleague, refusal in refused:
        with pytest.raises(refusal):
            service(referral=case, colleague=colleague, **acting(officer))
    allow(referral=case, colleague=supervisor, **acting(officer))
    with pytest.raises(restriction.AlreadyOnTheList):
        exclude(referral=case, colleague=supervisor, **acting(officer))
    with pytest.raises(restriction.CannotListYourself):
        exclude(referral=case, colleague=supervisor, **acting(supervisor))
    assert CaseAccess.objects.count() == 1


def test_only_who_sees_it_in_full_changes_who_sees_it(
    agency: Organisation, scheme: Scheme, officer: User, supervisor: User, colleague: User
) -> None:
    case = make_restricted(scheme, officer)
    entry = put_on_list(case, make_user(Role.CASE_OFFICER, agency), Access.ALLOWED)
    hub = make_user(Role.HUB, agency)
    put_on_list(case, hub, Access.ALLOWED)
    for user in (supervisor, colleague, hub, make_user(Role.SUPERVISOR)):
        tried: list[Any] = [
            lambda user=user: restriction.restrict_case(referral=case, **acting(user)),
            lambda user=user: restriction.lift_restriction(referral=case, **acting(user)),
            lambda user=user: restriction.allow_colleague(referral=case, colleague=user, **acting(user)),
            lambda user=user: restriction.exclude_colleague(referral=case, colleague=officer, **acting(user)),
            lambda user=user: restriction.remove_from_list(entry=entry, **acting(user)),
        ]
        for attempt in tried:
            with pytest.raises(restriction.RestrictionIsNotYours) as refusal:
                attempt()
            assert isinstance(refusal.value, Refusal)
    assert actions(case) == []


def test_whoever_sees_a_case_again_never_reads_that_they_were_kept_out(
    case: Referral, officer: User, colleague: User, supervisor: User
) -> None:
    path = reverse("case-show", args=[case.public_id])
    restriction.exclude_colleague(referral=case, colleague=colleague, **acting(officer))
    client = sign_in(Client(), colleague)
    assert client.get(path).status_code == 404
    restriction.remove_from_list(entry=CaseAccess.objects.get(), **acting(officer))
    page = client.get(path).content.decode()
    for telling in ("A colleague was excluded", "A relative works here.", "taken off", "Tried to open"):
        assert telling not in page
        assert telling in sign_in(Client(), supervisor).get(path).content.decode()


def test_the_list_offers_live_staff_of_the_agency_alone(desk: Client, case: Referral, colleague: User) -> None:
    gone, foreign = make_user(Role.CASE_OFFICER, case.agency), make_user(Role.CASE_OFFICER)
    gone.memberships.update(ended_at=clock.now())
    page = desk.get(url("restriction-add", case)).content.decode()
    assert "Casey Colleague, Case officer" in page
    for user in (gone, foreign, case.participant.user):
        assert user.memberships.get().public_id not in page
    assert desk.post(url("restriction-add", case), {"colleague": foreign.membership.public_id}).status_code == 422


def test_a_draft_can_be_restricted_before_it_has_a_name(desk: Client, scheme: Scheme, officer: User) -> None:
    draft = Referral.objects.create(
        agency=scheme.agency, officer=officer, state=ReferralState.DRAFT, created_at=clock.now()
    )
    assert desk.post(url("case-restrict", draft), {"reason": "Known here."}, follow=True).status_code == 200
    draft.refresh_from_db()
    assert draft.restricted


def test_nobody_is_given_a_case_that_keeps_them_out(
    case: Referral, officer: User, colleague: User, supervisor: User
) -> None:
    def give(user: User) -> int:
        return hand_over(referrals=[case], officer=colleague, **acting(user))

    entry = put_on_list(case, colleague, Access.EXCLUDED)
    with pytest.raises(ColleagueIsExcluded):
        give(officer)
    restriction.remove_from_list(entry=entry, **acting(officer))
    restriction.restrict_case(referral=case, **acting(officer))
    with pytest.raises(NotYoursToHandOver):
        give(supervisor)
    assert give(officer) == 1
    assert (sight_of(colleague, case), sight_of(officer, case)) == (Sight.FULL, Sight.NONE)
