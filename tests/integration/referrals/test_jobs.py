"""The minute's jobs, and the reference data every deployment starts with."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from diversion.accounts.enums import Nation
from diversion.core import clock
from diversion.notifications.ticks import JOBS
from diversion.referrals.enums import ReferralState, RequirementState, TaskKind
from diversion.referrals.models import BankHoliday, CaseTask, Disposal, OffenceCategory, Offer
from diversion.referrals.tasks import ask_about_unopened_offers, expire_offers
from tests.factories import make_offer, make_referral, make_requirement, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(db: None) -> Offer:
    referral = make_referral(ReferralState.OFFERED)
    make_requirement(referral, RequirementState.PENDING)
    return make_offer(referral, letter_pin="123456", issued_at=clock.now())


def test_an_offer_runs_out_at_midnight_after_its_last_day_and_nothing_is_breached(offer: Offer) -> None:
    midnight = clock.end_of(offer.expires_on)
    expire_offers(midnight - timedelta(seconds=1))
    offer.referral.refresh_from_db()
    assert offer.referral.state == ReferralState.OFFERED
    for _ in range(2):
        expire_offers(midnight)
    offer.refresh_from_db()
    offer.referral.refresh_from_db()
    assert (offer.referral.state, offer.ended_at, offer.letter_pin) == (ReferralState.EXPIRED, midnight, "")
    assert offer.referral.requirements.get().state == RequirementState.PENDING


def test_an_unopened_offer_is_asked_about_on_the_tenth_day_once(offer: Offer) -> None:
    tenth = clock.start_of(clock.day_of(offer.issued_at) + timedelta(days=10))
    ask_about_unopened_offers(tenth - timedelta(seconds=1))
    assert not CaseTask.objects.exists()
    for _ in range(2):
        ask_about_unopened_offers(tenth)
    task = CaseTask.objects.get()
    assert (task.kind, task.referral) == (TaskKind.OFFER_NOT_OPENED, offer.referral)
    CaseTask.objects.update(done_at=tenth)
    ask_about_unopened_offers(tenth + timedelta(days=1))
    assert CaseTask.objects.count() == 1


def test_the_days_until_it_is_asked_about_are_those_of_the_pinned_version(offer: Offer) -> None:
    referral = offer.referral
    quick = make_version(referral.scheme, unopened_days=3, in_force_from=clock.today())
    other = make_referral(ReferralState.OFFERED, scheme=referral.scheme, scheme_version=quick)
    make_offer(other, issued_at=offer.issued_at)
    third = clock.start_of(clock.day_of(offer.issued_at) + timedelta(days=3))
    ask_about_unopened_offers(third - timedelta(seconds=1))
    assert not CaseTask.objects.exists()
    ask_about_unopened_offers(third)
    assert CaseTask.objects.get().referral == other


def test_an_opened_offer_is_not_asked_about(offer: Offer) -> None:
    Offer.objects.update(opened_at=clock.now())
    ask_about_unopened_offers(clock.now() + timedelta(days=12))
    assert not CaseTask.objects.exists()


def test_the_jobs_are_known_to_the_tick() -> None:
    assert {"expire-offers", "unopened-offers", "old-codes"} <= JOBS.keys()


def test_the_law_as_it_stands_is_there_from_the_start() -> None:
    found = {each.code: each for each in Disposal.objects.all()}
    assert found.keys() >= {"conditional-caution", "community-resolution", "outcome-22", "voluntary"}
    assert not found["community-resolution"].enforceable
    assert found["conditional-caution"].enforceable
    assert found["conditional-caution"].requires_admission
    assert OffenceCategory.objects.filter(summary_only=True).exists()
    assert OffenceCategory.objects.filter(summary_only=False).count() >= 4


def test_bank_holidays_are_stored_for_each_nation_and_year() -> None:
    for nation in Nation.values:
        years = {day.year for day in BankHoliday.objects.filter(nation=nation).values_list("day", flat=True)}
        assert years == set(range(2025, 2031))
    assert BankHoliday.objects.filter(nation=Nation.SCOTLAND, day=date(2026, 11, 30)).exists()
    assert not BankHoliday.objects.filter(nation=Nation.ENGLAND_AND_WALES, day=date(2026, 11, 30)).exists()


def test_the_stored_holidays_are_the_files() -> None:
    path = Path(settings.BASE_DIR) / "diversion/referrals/migrations/data/bank_holidays.csv"
    with path.open(newline="") as rows:
        assert BankHoliday.objects.count() == sum(1 for _ in csv.DictReader(rows))
