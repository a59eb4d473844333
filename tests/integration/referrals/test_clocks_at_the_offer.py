"""The clocks as they are fixed on a requirement: the law's cap from the stored disposal, and a letter sent again (rule 1)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from diversion.core.actor import Actor
from diversion.referrals.enums import ClockOrigin, ReferralState
from diversion.referrals.models import Disposal, OffenceCategory, Referral, Requirement
from diversion.referrals.services.offers import issue_offer, reissue_offer
from tests.factories import make_referral, make_scheme

pytestmark = pytest.mark.django_db
BY = Actor.system("test")


def authorised(disposal: str, **rules: Any) -> Referral:
    law = Disposal.objects.get(code=disposal)
    return make_referral(
        ReferralState.AUTHORISED,
        scheme=make_scheme(disposal=law, version=rules),
        disposal_on=date(2026, 11, 20),
        offence_on=date(2026, 11, 1),
    )


def offered(referral: Referral, *, on: date) -> Requirement:
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    issue_offer(referral=referral, rules=referral.scheme.versions.get(), by=BY, at=at)
    return referral.requirements.get()


def test_a_conditional_caution_is_capped_by_law_whatever_its_scheme_says() -> None:
    long = {"complete_by_weeks": 30, "cap_weeks": 40}
    caution = offered(authorised("conditional-caution", **long), on=date(2026, 11, 24))
    resolution = offered(authorised("community-resolution", **long), on=date(2026, 11, 24))
    assert caution.complete_by == date(2027, 4, 9)
    assert resolution.complete_by == date(2027, 6, 18)


def test_a_letter_sent_again_counts_the_time_to_finish_anew_only_where_it_counts_from_the_offer() -> None:
    rules = {"complete_by_weeks": 12, "cap_weeks": 14}
    from_disposal = authorised("conditional-caution", **rules)
    from_offer = authorised("conditional-caution", **rules, complete_by_origin=ClockOrigin.OFFER)
    first = [offered(each, on=date(2026, 11, 24)) for each in (from_disposal, from_offer)]
    assert [each.complete_by for each in first] == [date(2027, 2, 12), date(2027, 2, 16)]
    for each in first:
        reissue_offer(referral=each.referral, replacing=1, by=BY, at=datetime(2026, 12, 14, 9, tzinfo=UTC))
        each.refresh_from_db()
    assert [each.book_by for each in first] == [date(2027, 1, 4), date(2027, 1, 4)]
    assert [each.complete_by for each in first] == [date(2027, 2, 12), date(2027, 2, 26)]


def test_a_letter_sent_again_keeps_to_the_backstop() -> None:
    referral = authorised("community-resolution")
    referral.offence_category = OffenceCategory.objects.get(code="COM-ASSLT")
    referral.offence_on = date(2026, 8, 20)
    referral.save(update_fields=["offence_category", "offence_on"])
    requirement = offered(referral, on=date(2026, 11, 24))
    assert requirement.backstop == requirement.complete_by == date(2027, 1, 23)
    reissue_offer(referral=referral, replacing=1, by=BY, at=datetime(2027, 1, 6, 9, tzinfo=UTC))
    requirement.refresh_from_db()
    assert (requirement.book_by, requirement.complete_by) == (date(2027, 1, 23), date(2027, 1, 23))
