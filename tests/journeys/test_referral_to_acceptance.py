"""From an officer's first click to an accepted offer, through every page between, with messages handed over for real."""

import pytest
from django.urls import reverse

from diversion.audit.models import AuditEvent
from diversion.referrals.enums import ReferralState, RequirementState
from tests.journeys.telling import referred_and_authorised, sent_to

pytestmark = pytest.mark.django_db


def test_referral_to_acceptance() -> None:
    referral, phone = referred_and_authorised("offer-accept")
    requirement = referral.requirements.get()
    assert (referral.state, requirement.state) == (ReferralState.ACCEPTED, RequirementState.IN_PROGRESS)
    thanks = [each for each in sent_to("sam.o@example.org") if "Thank you for your answer" in each]
    assert len(thanks) == 1
    moves = AuditEvent.objects.filter(case_id=referral.pk, action__startswith="referral.").exclude(new_state="")
    assert list(moves.order_by("recorded_at").values_list("new_state", flat=True)) == [
        "draft",
        "awaiting_authorisation",
        "authorised",
        "offered",
        "accepted",
    ]
    answered = AuditEvent.objects.get(action="offer.accepted")
    assert answered.actor_id == referral.participant.user_id
    assert phone.get("/").status_code == 303


def test_decline() -> None:
    referral, phone = referred_and_authorised("offer-decline")
    assert referral.state == ReferralState.DECLINED
    assert "You said no" in phone.get(reverse("offer-show")).content.decode()
    assert not [each for each in sent_to("sam.o@example.org") if "Thank you" in each]
