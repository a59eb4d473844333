"""The factories make rows that the database accepts, in the state asked for."""

import pytest
from django.db import IntegrityError, connection, transaction

from courses.enums import BookingState
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Referral
from tests.factories import make_booking, make_offer, make_referral, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", list(ReferralState))
def test_a_referral_can_be_made_in_any_state(state: str) -> None:
    assert Referral.objects.get(pk=make_referral(state).pk).state == state


def test_a_booking_and_an_offer_can_be_made() -> None:
    assert make_booking().state == BookingState.CONFIRMED
    assert make_offer().referral.state == ReferralState.OFFERED


def test_tests_run_as_the_application_role_which_owns_nothing() -> None:
    make_user()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_the_database_refuses_an_illegal_move() -> None:
    referral = make_referral(ReferralState.DECLINED)
    with pytest.raises(Exception, match="Invalid transition"), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(state=ReferralState.COMPLIED)


def test_the_database_refuses_an_authoriser_who_is_the_proposer() -> None:
    referral = make_referral(ReferralState.AUTHORISED)
    with pytest.raises(IntegrityError, match="authoriser_is_not_proposer"), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(authorised_by=referral.submitted_by)
