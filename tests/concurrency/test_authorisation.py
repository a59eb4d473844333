"""Supervisors at the same referral in the same moment, and two who arrange the same stead: one is heard, the other told."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from diversion.accounts.enums import Role, Stead
from diversion.accounts.models import Delegation, User
from diversion.accounts.services.delegations import make_delegation
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.referrals.enums import Decision, ReferralState
from diversion.referrals.models import Offer, Referral
from diversion.referrals.services.authorisation import (
    Choice,
    authorise_referral,
    decide_many,
    refuse_referral,
    return_referral,
)
from tests.concurrency.test_last_place import at_once
from tests.factories import make_referral, make_scheme, make_user

pytestmark = pytest.mark.usefixtures("committed_db")


def waiting_and_two() -> tuple[Referral, User, User]:
    scheme = make_scheme()
    one, two = (make_user(Role.SUPERVISOR, scheme.agency) for _ in range(2))
    return make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme), one, two


def decisions(referral: Referral) -> list[str]:
    events = AuditEvent.objects.filter(subject_id=referral.pk, old_state="awaiting_authorisation")
    return list(events.values_list("new_state", flat=True))


@pytest.mark.parametrize("service", [refuse_referral, return_referral])
def test_of_two_who_decide_differently_one_is_heard_and_the_other_told(service: object) -> None:
    for _ in range(5):
        referral, one, two = waiting_and_two()
        at = clock.now()
        yes = partial(authorise_referral, referral=referral, user=one, by=one.as_actor(), at=at)
        no = partial(service, referral=referral, reason="No.", user=two, by=two.as_actor(), at=at)
        assert Counter(at_once([yes, no])) == {"yes": 1, "ReferralIsDecided": 1}
        assert len(decisions(referral)) == 1
        assert Offer.objects.filter(referral=referral).count() == (decisions(referral) == ["authorised"])


def test_of_two_who_authorise_at_once_one_is_the_authoriser() -> None:
    referral, one, two = waiting_and_two()
    jobs = [
        partial(authorise_referral, referral=referral, user=user, by=user.as_actor(), at=clock.now()) for user in (one, two)
    ]
    assert Counter(at_once(jobs)) == {"yes": 1, "ReferralIsDecided": 1}
    assert Offer.objects.count() == 1
    assert AuditEvent.objects.get(new_state="authorised").actor_id == Referral.objects.get().authorised_by_id


def test_a_double_click_many_times_over_is_one_offer() -> None:
    referral, one, _two = waiting_and_two()
    job = partial(authorise_referral, referral=referral, user=one, by=one.as_actor(), at=clock.now())
    assert Counter(at_once([job] * 10)) == {"yes": 10}
    assert (Offer.objects.count(), decisions(referral)) == (1, ["authorised"])


def test_two_who_stand_in_for_the_same_person_on_the_same_days_are_one() -> None:
    _referral, giver, one = waiting_and_two()
    two = make_user(Role.SUPERVISOR, giver.membership.organisation)
    at = clock.now()
    first = clock.day_of(at)
    jobs = [
        partial(
            make_delegation, what=Stead.AUTHORISING, of_user=giver, to_user=holder, starts_on=first,
            ends_on=first + timedelta(days=3), user=giver, by=giver.as_actor(), at=at,
        )
        for holder in (one, two)
    ]  # fmt: skip
    assert Counter(at_once(jobs)) == {"yes": 1, "SomebodyStandsInAlready": 1}
    assert Delegation.objects.count() == 1


def test_what_was_decided_before_a_fault_stays_decided() -> None:
    """Each of many is a transaction of its own: a fault in the second takes nothing back of the first."""
    referral, one, _two = waiting_and_two()
    nobody = Choice(referral=Referral(), decision=Decision.AUTHORISE)
    choices = [Choice(referral, Decision.AUTHORISE), nobody]
    with pytest.raises(Referral.DoesNotExist):
        decide_many(choices=choices, user=one, by=one.as_actor(), at=clock.now())
    assert decisions(referral) == ["authorised"]
