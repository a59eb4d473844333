"""The scheme's rules are asked while drafting, on submission, on authorisation and on the offer; each answer is kept (R3, R6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.compliance.queries.figures import RefusalFigures, refusals
from diversion.core import clock
from diversion.referrals.enums import FactKind, ReferralState, RiskLevel, Stage, VictimSituation
from diversion.referrals.models import (
    CrimeOutcome,
    Disposal,
    EligibilityCheck,
    Offer,
    PreviousHistory,
    Referral,
    Scheme,
    VictimView,
)
from diversion.referrals.queries import disposals_on, outcome_codes
from diversion.referrals.services import drafts
from diversion.referrals.services.authorisation import authorise_referral
from diversion.referrals.services.eligibility import DisposalIsNotInForce, NotEligible, refusals_kept
from diversion.referrals.services.offers import issue_offer
from diversion.referrals.services.submission import submit_referral
from tests.factories import make_referral, make_scheme, make_user, make_version
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db
ADULTS = [{"rule": "age-at-least", "years": 18}]
OLDER = [{"rule": "age-at-least", "years": 90}]


def made(scheme: Scheme, officer: User, state: str = ReferralState.DRAFT, *, risk: str = RiskLevel.LOW) -> Referral:
    referral = make_referral(state, scheme=scheme, officer=officer)
    referral.risk_decision.level = risk
    referral.risk_decision.save()
    return referral


def submit(referral: Referral) -> Referral:
    officer = referral.officer
    return submit_referral(referral=referral, user=officer, by=officer.as_actor(), at=clock.now())


def authorise(referral: Referral, user: User) -> Offer:
    return authorise_referral(referral=referral, user=user, by=user.as_actor(), at=clock.now())


def checks(referral: Referral) -> list[tuple[str, bool, list[str]]]:
    rows = EligibilityCheck.objects.filter(referral=referral).order_by("checked_at", "pk")
    return [(each.stage, each.eligible, each.unmet) for each in rows]


def stricter(scheme: Scheme, rules: list[dict[str, Any]], **fields: Any) -> None:
    make_version(scheme, in_force_from=clock.today(), eligibility=rules, **fields)


def test_a_high_risk_person_is_never_offered_a_course_and_is_counted(
    scheme: Scheme, officer: User, supervisor: User
) -> None:
    for level in (RiskLevel.HIGH, RiskLevel.VERY_HIGH):
        drafted = made(scheme, officer, risk=level)
        for _again in range(2):
            with pytest.raises(NotEligible, match="does not take people whose risk is"):
                submit(drafted)
        waiting = made(scheme, officer, ReferralState.AWAITING_AUTHORISATION, risk=level)
        with pytest.raises(NotEligible):
            authorise(waiting, supervisor)
        for referral in (drafted, waiting):
            before = referral.state
            referral.refresh_from_db()
            assert referral.state == before
    assert not Offer.objects.exists()
    assert checks(drafted) == [(Stage.SUBMISSION, False, ["risk-level-in"])] * 2
    assert checks(waiting) == [(Stage.AUTHORISATION, False, ["risk-level-in"])]
    # Four people, six tries; a fifth person makes the figure one that is shown.
    assert refusals(scheme.agency_id) == [RefusalFigures(scheme.name, risk="fewer than 5", other="0")]
    with pytest.raises(NotEligible):
        submit(made(scheme, officer, risk=RiskLevel.HIGH))
    assert refusals(scheme.agency_id) == [RefusalFigures(scheme.name, risk="5", other="0")]


def test_the_offer_itself_is_refused_whoever_asks_for_it(scheme: Scheme, officer: User, supervisor: User) -> None:
    referral = made(scheme, officer, ReferralState.AUTHORISED, risk=RiskLevel.HIGH)
    by, at = supervisor.as_actor(), clock.now()
    with pytest.raises(NotEligible), refusals_kept(by=by, at=at):
        issue_offer(referral=referral, rules=scheme.versions.get(), by=by, at=at)
    assert checks(referral) == [(Stage.OFFER, False, ["risk-level-in"])]
    assert not Offer.objects.exists()


def test_the_rules_are_asked_once_at_each_stage(scheme: Scheme, officer: User, supervisor: User) -> None:
    stricter(scheme, ADULTS)
    referral = made(scheme, officer)
    drafts.save_requirement(referral=referral, scheme=scheme, by=officer.as_actor(), at=clock.now())
    submit(referral)
    referral.refresh_from_db()
    authorise(referral, supervisor)
    assert checks(referral) == [(stage, True, []) for stage in Stage]
    assert set(EligibilityCheck.objects.values_list("scheme_version__number", flat=True)) == {2}


def test_a_refusal_outlives_the_attempt_with_its_words_and_a_row_in_the_trail(scheme: Scheme, officer: User) -> None:
    stricter(scheme, OLDER, admitted_risk_levels=["low"])
    referral = made(scheme, officer, risk=RiskLevel.MEDIUM)
    with pytest.raises(NotEligible) as refused:
        submit(referral)
    check = EligibilityCheck.objects.get(referral=referral)
    assert check.unmet == ["age-at-least", "risk-level-in"]
    for words in check.words.splitlines():
        assert words in str(refused.value.sentence)
    assert str(refused.value.sentence).startswith("Not eligible: ")
    event = AuditEvent.objects.get(action="referral.not-eligible", case_id=referral.pk)
    assert event.data == {"stage": "submission", "unmet": check.unmet}
    assert refusals(scheme.agency_id) == [RefusalFigures(scheme.name, risk="fewer than 5", other="fewer than 5")]


def test_other_rules_are_counted_apart_and_other_agencies_not_at_all(scheme: Scheme, officer: User) -> None:
    stricter(scheme, OLDER)
    with pytest.raises(NotEligible):
        submit(made(scheme, officer))
    theirs = make_scheme(version={"admitted_risk_levels": []})
    with pytest.raises(NotEligible):
        submit(made(theirs, make_user(Role.CASE_OFFICER, theirs.agency)))
    assert refusals(scheme.agency_id) == [RefusalFigures(scheme.name, risk="0", other="fewer than 5")]


def test_what_a_draft_is_told_is_no_refusal(scheme: Scheme, officer: User) -> None:
    stricter(scheme, OLDER)
    referral = made(scheme, officer)
    drafts.save_requirement(referral=referral, scheme=scheme, by=officer.as_actor(), at=clock.now())
    assert checks(referral) == [(Stage.DRAFT, False, ["age-at-least"])]
    assert refusals(scheme.agency_id) == []
    assert not AuditEvent.objects.filter(action="referral.not-eligible").exists()


def test_the_statistics_page_shows_whom_the_rules_refused(scheme: Scheme, officer: User) -> None:
    for _ in range(5):
        with pytest.raises(NotEligible):
            submit(made(scheme, officer, risk=RiskLevel.HIGH))
    analyst = sign_in(Client(), make_user(Role.ANALYST, scheme.agency))
    page = analyst.get(reverse("statistics-show")).content.decode()
    assert "Level of risk not admitted" in page
    assert f'{scheme.name}</th><td class="govuk-table__cell govuk-table__cell--numeric"' in page
    assert 'data-label="Level of risk not admitted">5</td>' in page
    assert 'data-label="Other rules">0</td>' in page


def test_every_recorded_fact_is_read(scheme: Scheme, officer: User) -> None:
    Disposal.objects.filter(pk=scheme.disposal_id).update(required_facts=[FactKind.ADMISSION])
    rules: list[dict[str, Any]] = [
        {"rule": "facts-hold"},
        {"rule": "victim-asked"},
        {"rule": "gravity-at-most", "score": 3},
        {"rule": "previous-disposals-at-most", "count": 1},
        {"rule": "offence-category-in", "codes": ["TEST"]},
        {"rule": "offence-at-most-days-old", "days": 20},
    ]
    stricter(scheme, rules)
    referral = made(scheme, officer)
    for holds, gravity, previous, unmet in (
        (False, 4, 2, ["facts-hold", "gravity-at-most", "previous-disposals-at-most"]),
        (True, 3, 2, ["previous-disposals-at-most"]),
    ):
        referral.legal_facts.filter(kind=FactKind.ADMISSION).update(holds=holds)
        PreviousHistory.objects.filter(referral=referral).update(gravity_score=gravity, previous_disposals=previous)
        with pytest.raises(NotEligible):
            submit(referral)
        assert checks(referral)[-1][2] == unmet
    PreviousHistory.objects.filter(referral=referral).update(previous_disposals=1)
    assert submit(referral).state == ReferralState.AWAITING_AUTHORISATION


def test_a_warning_is_shown_and_stands_in_nobodys_way(bench: Client, scheme: Scheme, officer: User) -> None:
    stricter(scheme, [{"rule": "victim-asked"}])
    referral = made(scheme, officer)
    VictimView.objects.filter(referral=referral).update(situation=VictimSituation.NOT_REACHED)
    submit(referral)
    check = EligibilityCheck.objects.get()
    assert (check.eligible, check.unmet) == (True, [])
    assert "could not be reached" in check.words
    page = bench.get(reverse("authorisation-decide", args=[referral.public_id])).content.decode()
    assert "Look at this" in page
    assert "The victim could not be reached" in page


def test_the_card_says_what_stands_in_the_way_or_that_every_rule_is_met(
    desk: Client, bench: Client, scheme: Scheme, officer: User
) -> None:
    drafted, waiting = made(scheme, officer), made(scheme, officer, ReferralState.AWAITING_AUTHORISATION)
    pages = [
        (desk, reverse("referral-check", args=[drafted.public_id])),
        (bench, reverse("authorisation-decide", args=[waiting.public_id])),
    ]
    for browser, url in pages:
        assert "Every rule is met." in browser.get(url).content.decode()
    PreviousHistory.objects.all().delete()
    stricter(scheme, [*OLDER, {"rule": "gravity-at-most", "score": 2}])
    for browser, url in pages:
        page = browser.get(url).content.decode()
        assert "Every rule is met." not in page
        for words in ("Not eligible", "The person is too young", "Still to record", "the gravity score"):
            assert words in page
    assert not EligibilityCheck.objects.exists()  # reading asks, and keeps nothing


def test_what_stands_in_the_way_is_said_beside_the_scheme(desk: Client, scheme: Scheme, officer: User) -> None:
    stricter(scheme, [*OLDER, {"rule": "gravity-at-most", "score": 2}])
    draft = made(scheme, officer)
    url = reverse("referral-edit", args=[draft.public_id, "requirement"])
    with CaptureQueriesContext(connection) as one:
        page = desk.get(url).content.decode()
    assert "Not eligible: The person is too young" in page
    assert "gravity" not in page  # what is only not written yet stands in nobody's way here
    for _ in range(5):
        make_scheme(scheme.agency)
    with CaptureQueriesContext(connection) as six:
        desk.get(url)
    assert len(six) == len(one)


def test_the_law_of_the_day_is_pinned_at_the_offer(scheme: Scheme, officer: User, supervisor: User) -> None:
    old = scheme.disposal
    today = clock.today()
    new = Disposal.objects.create(**{**_copied(old), "in_force_from": today, "if_completed": "New words."})
    Disposal.objects.create(**{**_copied(old), "in_force_from": today + timedelta(days=1)})
    referral = made(scheme, officer, ReferralState.AWAITING_AUTHORISATION)
    assert referral.disposal == old
    authorise(referral, supervisor)
    referral.refresh_from_db()
    assert referral.disposal == new


def test_a_draft_asks_what_the_law_of_the_day_asks(scheme: Scheme, officer: User) -> None:
    new = Disposal.objects.create(**{**_copied(scheme.disposal), "in_force_from": clock.today()})
    referral = made(scheme, officer)
    drafts.save_requirement(referral=referral, scheme=scheme, by=officer.as_actor(), at=clock.now())
    referral.refresh_from_db()
    assert referral.disposal == new


def test_a_disposal_no_longer_in_force_is_refused_in_words(scheme: Scheme, officer: User, supervisor: User) -> None:
    yesterday = clock.today() - timedelta(days=1)
    Disposal.objects.filter(code=scheme.disposal.code).update(in_force_until=clock.today())
    authorise(made(scheme, officer, ReferralState.AWAITING_AUTHORISATION), supervisor)  # the last day is a day
    Disposal.objects.filter(code=scheme.disposal.code).update(in_force_until=yesterday)
    with pytest.raises(DisposalIsNotInForce, match="“Conditional caution” is not in force today"):
        authorise(made(scheme, officer, ReferralState.AWAITING_AUTHORISATION), supervisor)
    with pytest.raises(DisposalIsNotInForce):
        submit(made(scheme, officer))
    assert Offer.objects.count() == 1


def test_outcome_codes_are_those_of_the_day() -> None:
    day = clock.today()
    assert [each.code for each in outcome_codes("outcome-22", day=day)] == ["22"]
    assert outcome_codes("voluntary", day=day) == []
    CrimeOutcome.objects.filter(code="22").update(in_force_until=day)
    later = CrimeOutcome.objects.create(
        code="22A", name="After", disposal_code="outcome-22", after_completion_only=True,
        in_force_from=day + timedelta(days=1),
    )  # fmt: skip
    assert [each.code for each in outcome_codes("outcome-22", day=day)] == ["22"]
    assert outcome_codes("outcome-22", day=day + timedelta(days=1)) == [later]


def test_the_law_is_one_row_for_each_kind(scheme: Scheme) -> None:
    assert disposals_on(["conditional-caution", "nothing"], day=clock.today()) == {"conditional-caution": scheme.disposal}


def _copied(disposal: Disposal) -> dict[str, Any]:
    names = [each.name for each in Disposal._meta.fields if each.name != "id"]
    return {name: getattr(disposal, name) for name in names}
