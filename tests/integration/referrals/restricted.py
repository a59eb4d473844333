"""A case of an officer's, restricted, and colleagues who stand in every relation to it."""

import re
from typing import Any

from diversion.accounts.models import User
from diversion.core import clock
from diversion.referrals.enums import Access, ReferralState
from diversion.referrals.models import CaseAccess, Referral, Scheme
from tests.factories import make_participant, make_referral, make_requirement

SURNAME = "Qqhidden"


def make_restricted(
    scheme: Scheme, officer: User, state: str = ReferralState.ACCEPTED, *, name: str = SURNAME, **fields: Any
) -> Referral:
    person = make_participant(scheme.agency, given_names="Zanzibar", family_name=name)
    given = {"restricted": True, **fields}
    referral = make_referral(state, scheme=scheme, officer=officer, participant=person, **given)
    if state == ReferralState.ACCEPTED:
        make_requirement(referral)
    return referral


def put_on_list(referral: Referral, user: User, access: Access) -> CaseAccess:
    return CaseAccess.objects.create(
        referral=referral, user=user, access=access, reason="Said so.", made_at=clock.now(), made_by=referral.officer
    )


def words(answer: Any) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
