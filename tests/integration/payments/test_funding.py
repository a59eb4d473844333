"""Unable to pay is not refusal (rule 7): asked in the person's words, decided by a named person, the clock flagged meanwhile."""

from datetime import timedelta

import pytest
from django.test import Client

from courses.enums import BookingState
from courses.services.booking import hold_place
from diversion.accounts.enums import Role
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.compliance.queries.caseload import cases, row, with_parts
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Requirement
from payments.enums import ChargeState, FundingState
from payments.models import Charge, FundingRequest, PaymentAttempt
from payments.services.checkout import open_checkout
from payments.services.funding import (
    NothingToFund,
    ReasonIsMissing,
    RequestIsDecided,
    ask_for_funding,
    decide_funding,
)
from tests.factories import (
    make_booking,
    make_course,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
    make_volunteer,
)
from tests.integration.payments.bank import BY
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ask(requirement, *, at=None):
    return ask_for_funding(requirement=requirement, words="I have no card.", by=BY, at=at or clock.now())


def decide(request, *, granted=True, reason="No card.", user=None, at=None):
    user = user or make_user(Role.SUPERVISOR)
    return decide_funding(request=request, granted=granted, reason=reason, user=user, by=BY, at=at or clock.now())


def accepted(**fields):
    return make_requirement(make_referral(ReferralState.ACCEPTED), **fields)


def test_asked_twice_it_is_one_request():
    requirement = accepted()
    assert ask(requirement) == ask(requirement)
    assert FundingRequest.objects.count() == 1


def test_granted_a_held_place_is_theirs_at_once_without_a_card():
    requirement = accepted()
    booking = hold_place(course=make_course(requirement.programme), requirement=requirement, by=BY, at=clock.now())
    decide(ask(requirement))
    booking.refresh_from_db()
    assert (booking.state, Charge.objects.get().state) == (BookingState.CONFIRMED, ChargeState.FUNDED)
    assert not PaymentAttempt.objects.exists()
    assert OutboxMessage.objects.filter(kind="funding-decided").count() == 2


def test_granted_before_a_place_is_held_the_later_place_costs_nothing():
    requirement = accepted()
    decide(ask(requirement))
    booking = hold_place(course=make_course(requirement.programme), requirement=requirement, by=BY, at=clock.now())
    open_checkout(booking=booking, by=BY, at=clock.now())
    booking.refresh_from_db()
    assert (booking.state, Charge.objects.get().state) == (BookingState.CONFIRMED, ChargeState.FUNDED)


def test_declined_the_place_is_still_to_be_paid_for_and_the_person_reads_why():
    requirement = accepted()
    booking = hold_place(course=make_course(requirement.programme), requirement=requirement, by=BY, at=clock.now())
    decide(ask(requirement), granted=False, reason="Ask your college fund first.")
    booking.refresh_from_db()
    assert booking.state == BookingState.HELD
    client = sign_in(Client(), requirement.referral.participant.user)
    page = client.get("/my/funding/").content.decode()
    assert "Ask your college fund first." in page
    assert client.post("/my/funding/", {"words": "They said no."}).status_code == 303
    assert FundingRequest.objects.asked().count() == 1


def test_a_decision_is_made_once_and_says_why():
    request = ask(accepted())
    with pytest.raises(ReasonIsMissing):
        decide(request, reason="  ")
    decide(request)
    with pytest.raises(RequestIsDecided):
        decide(request, granted=False)


def test_what_was_asked_ends_with_the_requirement():
    request = ask(accepted())
    Requirement.objects.filter(pk=request.requirement_id).update(state="not_met")
    assert not FundingRequest.objects.asked().exists()
    with pytest.raises(RequestIsDecided):
        decide(request)


@pytest.mark.parametrize("state", ["met", "not_met"])
def test_there_is_nothing_to_fund_when_nothing_runs(state):
    with pytest.raises(NothingToFund):
        ask(accepted(state=state))


def test_nor_when_the_place_is_paid_for():
    requirement = accepted()
    make_booking(requirement=requirement)
    with pytest.raises(NothingToFund):
        ask(requirement)


def rag(requirement, officer, *, at):
    return row(with_parts(cases(officer)).get(pk=requirement.referral_id), at=at).rag


def test_while_somebody_decides_the_clock_is_flagged_not_run_out():
    requirement = accepted(book_by=clock.today() + DAY)
    officer, late = requirement.referral.officer, clock.now() + 3 * DAY
    assert "date to book by has passed" in rag(requirement, officer, at=late).reason
    request = ask(requirement)
    assert (rag(requirement, officer, at=late).colour, rag(requirement, officer, at=late).reason) == (
        "Amber",
        "Asked for a funded place",
    )
    decide(request, granted=False, at=late)
    assert Requirement.objects.get(pk=requirement.pk).book_by == clock.day_of(late) + DAY
    assert "still time to book" in rag(requirement, officer, at=late).reason


def test_the_day_to_finish_by_never_moves():
    today = clock.today()
    requirement = accepted(book_by=today + 5 * DAY, complete_by=today + 6 * DAY)
    decide(ask(requirement), at=clock.now() + 4 * DAY)
    after = Requirement.objects.get(pk=requirement.pk)
    assert (after.book_by, after.complete_by) == (today + 6 * DAY, today + 6 * DAY)


def test_the_service_team_sees_what_volunteers_ask_and_nobody_else():
    support = make_user(Role.SUPPORT)
    theirs = ask(make_requirement(make_volunteer()))
    agencys = ask(accepted())
    assert list(FundingRequest.objects.visible_to(support)) == [theirs]
    client = sign_in(Client(), support)
    assert client.get(f"/funding/{agencys.public_id}/").status_code == 404
    page = client.get(f"/funding/{theirs.public_id}/").content.decode()
    person = theirs.requirement.referral.participant
    assert "I have no card." in page
    assert person.given_names not in page
    assert person.email not in page
    assert AccessEvent.objects.get(route="funding-decide").participants == [person.pk]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HUB])
def test_an_agency_decides_for_its_own_and_never_sees_a_volunteer(role):
    requirement = accepted()
    ours, _theirs = ask(requirement), ask(accepted())
    ask(make_requirement(make_volunteer()))
    user = make_user(role, requirement.referral.agency)
    assert list(FundingRequest.objects.visible_to(user)) == [ours]
    answer = sign_in(Client(), user).post(f"/funding/{ours.public_id}/", {"decision": "grant", "reason": "No card."})
    assert answer.status_code == 303
    ours.refresh_from_db()
    assert (ours.state, ours.decided_by, ours.reason) == (FundingState.GRANTED, user, "No card.")


def test_only_an_agencys_trail_keeps_the_reason():
    """A volunteer's trail outlives their leaving, so it holds ids alone."""
    ours, theirs = ask(accepted()), ask(make_requirement(make_volunteer()))
    decide(ours, reason="Out of work.")
    decide(theirs, reason="Out of work.")
    events = {each.subject_id: each.reason for each in AuditEvent.objects.filter(action="funding request.granted")}
    assert events == {ours.pk: "Out of work.", theirs.pk: ""}


def test_a_restricted_case_is_not_shown_to_whoever_may_not_see_it():
    referral = make_referral(ReferralState.ACCEPTED, scheme=make_scheme(), restricted=True)
    request = ask(make_requirement(referral))
    assert request not in FundingRequest.objects.visible_to(make_user(Role.SUPERVISOR, referral.agency))
