"""A colleague leaves at the very moment when they get a case: never a case whose officer has gone (R11)."""

from collections import Counter
from functools import partial

import pytest

from diversion.accounts.enums import Role
from diversion.accounts.models import Membership
from diversion.accounts.services.memberships import end_membership
from diversion.core import clock
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Referral
from diversion.referrals.services.drafts import start_referral
from diversion.referrals.services.officers import hand_over
from tests.concurrency.test_last_place import at_once
from tests.factories import make_referral, make_scheme, make_user

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(180)]
ROUNDS = range(8)


@pytest.mark.parametrize("round_", ROUNDS)
@pytest.mark.parametrize("way", ["handed over", "begun"])
def test_nobody_is_gone_and_the_officer_in_a_case(way: str, round_: int) -> None:
    supervisor = make_user(Role.SUPERVISOR)
    agency = supervisor.membership.organisation
    giver, leaver = make_user(Role.CASE_OFFICER, agency), make_user(Role.CASE_OFFICER, agency)
    at, by = clock.now(), supervisor.as_actor()
    leave = partial(end_membership, membership=leaver.membership, by=by, at=at)
    if way == "begun":
        give = partial(start_referral, officer=leaver, by=leaver.as_actor(), at=at)
    else:
        case = make_referral(ReferralState.ACCEPTED, scheme=make_scheme(agency), officer=giver)
        give = partial(hand_over, referrals=[case], officer=leaver, reason="Leave.", user=supervisor, by=by, at=at)
    answers = Counter(at_once([leave, give] if round_ % 2 else [give, leave]))
    gone = Membership.objects.get(pk=leaver.membership.pk).ended_at is not None
    has_case = Referral.objects.open().filter(officer=leaver).exists()
    assert gone != has_case, answers
    assert answers == Counter(["yes", "CannotTakeCases" if gone else "OfficerHasCases"])
