"""Drafts that nobody touches end at 90 days, and their officer is told a week before."""

from datetime import date, datetime, timedelta

import pytest

from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Referral, Scheme
from diversion.referrals.services.authorisation import return_referral
from diversion.referrals.services.drafts import save_requirement
from diversion.referrals.services.expiry import expire_draft
from diversion.referrals.tasks import BY, end_untouched_drafts
from tests.factories import make_referral

pytestmark = pytest.mark.django_db
TOUCHED = clock.london(date(2026, 1, 5), 15)
LAST = date(2026, 4, 5)  # 90 days later, after the clocks went forward


@pytest.fixture
def draft(scheme: Scheme, officer: User) -> Referral:
    return make_referral(ReferralState.DRAFT, scheme=scheme, officer=officer, created_at=TOUCHED)


def state_after(draft: Referral, at: datetime) -> str:
    end_untouched_drafts(at)
    draft.refresh_from_db()
    return draft.state


def notices() -> list[str]:
    return list(OutboxMessage.objects.filter(kind="draft-ends-soon").values_list("occurrence", flat=True))


def test_a_draft_ends_at_the_midnight_after_its_ninetieth_day_and_says_why(draft: Referral) -> None:
    assert state_after(draft, clock.london(LAST, 23, 59)) == ReferralState.DRAFT
    assert state_after(draft, clock.end_of(LAST)) == ReferralState.VOID
    assert draft.closed_at == clock.end_of(LAST)
    event = AuditEvent.objects.get(subject_id=draft.pk, action="referral.void")
    assert (event.reason, event.data) == ("Nobody changed this draft for 90 days.", {"untouched_days": 90})
    assert state_after(draft, clock.end_of(LAST) + timedelta(minutes=1)) == ReferralState.VOID
    assert AuditEvent.objects.filter(subject_id=draft.pk, action="referral.void").count() == 1


def test_the_officer_is_told_a_week_before_once_for_each_time_it_is_left(
    draft: Referral, officer: User, scheme: Scheme
) -> None:
    notice_day = LAST - timedelta(days=7)
    end_untouched_drafts(clock.start_of(notice_day) - timedelta(minutes=1))
    assert notices() == []
    for minutes in range(3):
        end_untouched_drafts(clock.start_of(notice_day) + timedelta(minutes=minutes))
    assert notices() == [TOUCHED.isoformat()]
    assert OutboxMessage.objects.get(kind="draft-ends-soon").recipient_id == officer.pk

    again = clock.london(notice_day, 12)
    save_requirement(referral=draft, scheme=scheme, by=officer.as_actor(), at=again)
    assert state_after(draft, clock.end_of(LAST)) == ReferralState.DRAFT
    end_untouched_drafts(again + timedelta(days=84))
    assert sorted(notices()) == sorted([TOUCHED.isoformat(), again.isoformat()])


def test_the_notice_is_neutral_and_dropped_where_somebody_touched_the_draft(
    draft: Referral, officer: User, scheme: Scheme
) -> None:
    message = MESSAGES["draft-ends-soon"]
    at = clock.start_of(LAST - timedelta(days=7))
    given = {"subject_id": draft.pk, "recipient_id": officer.pk}
    context = message.context(**given, at=at)
    assert context is not None
    assert context["ends_on"] == LAST
    save_requirement(referral=draft, scheme=scheme, by=officer.as_actor(), at=at)
    assert message.context(**given, at=at) is None


def test_a_returned_referral_has_its_ninety_days_again(scheme: Scheme, officer: User, supervisor: User) -> None:
    waiting = make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer, created_at=TOUCHED)
    later = clock.end_of(LAST) + timedelta(days=3)
    return_referral(referral=waiting, reason="More detail.", user=supervisor, by=supervisor.as_actor(), at=later)
    assert state_after(waiting, later + timedelta(minutes=1)) == ReferralState.DRAFT


def test_a_draft_touched_while_the_job_runs_is_kept(draft: Referral, officer: User, scheme: Scheme) -> None:
    over = clock.end_of(LAST)
    found = Referral.objects.get(pk=draft.pk)
    save_requirement(referral=draft, scheme=scheme, by=officer.as_actor(), at=over)
    assert not expire_draft(referral=found, by=BY, at=over)
    draft.refresh_from_db()
    assert draft.state == ReferralState.DRAFT


def test_no_other_state_is_touched(scheme: Scheme, officer: User) -> None:
    states = [ReferralState.AWAITING_AUTHORISATION, ReferralState.OFFERED, ReferralState.ACTIVE]
    rows = [make_referral(state, scheme=scheme, officer=officer, created_at=TOUCHED) for state in states]
    end_untouched_drafts(clock.end_of(LAST))
    assert [Referral.objects.get(pk=row.pk).state for row in rows] == states
    assert notices() == []
