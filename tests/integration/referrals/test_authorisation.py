"""Somebody else decides; the offer is issued in the same breath, under the rules in force."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diversion.accounts.enums import Rank, Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.authority import ProposerCannotAuthorise
from diversion.referrals.enums import ReferralState, RequirementState, RiskLevel
from diversion.referrals.models import Offer, Referral, ReferralChange, Requirement, Scheme
from diversion.referrals.services.authorisation import authorise_referral
from tests.factories import make_referral, make_user, make_version
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(scheme: Scheme, officer: User) -> Referral:
    return make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer)


def decide(client: Client, referral: Referral, decision: str, reason: str = "") -> object:
    url = reverse("authorisation-decide", args=[referral.public_id])
    return client.post(url, {"decision": decision, "reason": reason})


def test_authorising_issues_the_offer_under_the_rules_in_force(bench: Client, waiting: Referral, supervisor: User) -> None:
    today = clock.today()
    now = make_version(waiting.scheme, in_force_from=today, complete_by_weeks=10)
    make_version(waiting.scheme, in_force_from=today + timedelta(days=1))
    assert decide(bench, waiting, "authorise").status_code == 303
    waiting.refresh_from_db()
    assert (waiting.state, waiting.authorised_by, waiting.scheme_version) == (ReferralState.OFFERED, supervisor, now)
    requirement, offer = waiting.requirements.get(), waiting.offers.get()
    assert requirement.state == RequirementState.PENDING
    assert requirement.complete_by == waiting.disposal_on + timedelta(weeks=10)
    assert requirement.book_by == today + timedelta(days=21)
    assert offer.expires_on == today + timedelta(days=14)
    assert len(offer.letter_pin) == 6
    assert offer.letter_pin not in offer.pin_hash
    assert OutboxMessage.objects.get(kind="referral-authorised").recipient_id == waiting.officer_id


def test_authorising_twice_is_one_offer(bench: Client, waiting: Referral) -> None:
    assert [decide(bench, waiting, "authorise").status_code for _ in range(2)] == [303, 303]
    assert Offer.objects.count() == Requirement.objects.count() == 1


def test_a_new_version_changes_no_old_case(bench: Client, waiting: Referral) -> None:
    decide(bench, waiting, "authorise")
    before = waiting.requirements.get().complete_by
    make_version(waiting.scheme, in_force_from=clock.today(), complete_by_weeks=4)
    waiting.refresh_from_db()
    assert waiting.scheme_version.number == 1
    assert waiting.requirements.get().complete_by == before


def test_the_proposer_is_refused_with_a_sentence_and_by_the_database(waiting: Referral, agency: object) -> None:
    both = make_user(Role.SUPERVISOR, agency)
    Referral.objects.filter(pk=waiting.pk).update(submitted_by=both)
    browser = sign_in(Client(), both)
    for decision in ("authorise", "return", "refuse"):
        answer = decide(browser, waiting, decision, "Because.")
        assert answer.status_code == 422
        assert "somebody else must decide" in answer.content.decode()
    waiting.refresh_from_db()
    with pytest.raises(ProposerCannotAuthorise):
        authorise_referral(referral=waiting, user=both, by=both.as_actor(), at=clock.now())
    with pytest.raises(IntegrityError, match="authoriser_is_not_proposer"), transaction.atomic():
        Referral.objects.filter(pk=waiting.pk).update(
            authorised_by=both, authorised_at=clock.now(), authorised_rank=Rank.INSPECTOR, required_rank=Rank.SERGEANT
        )


def test_the_database_refuses_an_offer_nobody_authorised(waiting: Referral) -> None:
    with pytest.raises(IntegrityError, match="offered_only_if_authorised"), transaction.atomic():
        Referral.objects.filter(pk=waiting.pk).update(state=ReferralState.AUTHORISED)


@pytest.mark.parametrize(
    ("decision", "state", "kind"),
    [
        ("return", ReferralState.DRAFT, "referral-returned"),
        ("refuse", ReferralState.REFUSED, "referral-refused"),
    ],
)
def test_returning_and_refusing_need_a_reason_that_the_officer_reads(
    bench: Client, desk: Client, waiting: Referral, decision: str, state: str, kind: str
) -> None:
    answer = decide(bench, waiting, decision)
    assert answer.status_code == 422
    assert answer.content.decode().count("Say why") == 2
    assert decide(bench, waiting, decision, "The date is wrong.").status_code == 303
    waiting.refresh_from_db()
    assert waiting.state == state
    assert AuditEvent.objects.get(new_state=state, subject_id=waiting.pk).reason == "The date is wrong."
    assert OutboxMessage.objects.get(kind=kind).recipient_id == waiting.officer_id
    page = desk.get(reverse("referral-tasks", args=[waiting.public_id])).content.decode()
    assert "The date is wrong." in page


def test_what_no_longer_holds_at_authorisation_is_refused(bench: Client, waiting: Referral) -> None:
    waiting.risk_decision.level = RiskLevel.HIGH
    waiting.risk_decision.save()
    answer = decide(bench, waiting, "authorise")
    assert answer.status_code == 422
    assert "does not take people whose risk is high" in answer.content.decode()
    assert not Offer.objects.exists()


@pytest.mark.parametrize("who", ["the same authoriser", "another authoriser"])
def test_returned_then_changed_then_submitted_again_is_decided_anew(
    bench: Client, desk: Client, waiting: Referral, agency: object, who: str
) -> None:
    decide(bench, waiting, "return", "The assessor is missing.")
    tasks = desk.get(reverse("referral-tasks", args=[waiting.public_id])).content.decode()
    assert "This referral was returned for changes" in tasks
    assert "The assessor is missing." in tasks
    day, edit = clock.today(), reverse("referral-edit", args=[waiting.public_id, "risk"])
    seen = re.search(r'name="seen" value="([^"]*)"', desk.get(edit).content.decode())[1]
    changed = {
        "seen": seen, "tool": "Triage tool", "level": "medium", "assessor": "B. Better", "rationale": "Looked at again.",
        "decided_on_day": day.day, "decided_on_month": day.month, "decided_on_year": day.year,
    }  # fmt: skip
    assert desk.post(edit, changed).status_code == 303
    assert desk.post(reverse("referral-check", args=[waiting.public_id])).status_code == 303
    browser = bench if who == "the same authoriser" else sign_in(Client(), make_user(Role.SUPERVISOR, agency))
    page = browser.get(reverse("authorisation-decide", args=[waiting.public_id])).content.decode()
    assert "B. Better" in page
    assert decide(browser, waiting, "authorise").status_code == 303
    waiting.refresh_from_db()
    assert waiting.state == ReferralState.OFFERED


def test_what_was_read_before_it_was_submitted_again_is_not_decided(bench: Client, desk: Client, waiting: Referral) -> None:
    url = reverse("authorisation-decide", args=[waiting.public_id])
    read = re.search(r'name="read" value="([^"]+)"', bench.get(url).content.decode())[1]
    decide(bench, waiting, "return", "The date is wrong.")
    assert desk.post(reverse("referral-check", args=[waiting.public_id])).status_code == 303
    answer = bench.post(url, {"decision": "authorise", "read": read})
    assert answer.status_code == 422
    assert "was changed after you opened it" in answer.content.decode()
    assert not Offer.objects.exists()
    read = re.search(r'name="read" value="([^"]+)"', bench.get(url).content.decode())[1]
    assert bench.post(url, {"decision": "authorise", "read": read}).status_code == 303


def test_what_was_read_before_it_was_changed_is_not_decided(bench: Client, waiting: Referral, officer: User) -> None:
    url = reverse("authorisation-decide", args=[waiting.public_id])
    read = re.search(r'name="read" value="([^"]+)"', bench.get(url).content.decode())[1]
    ReferralChange.objects.create(
        referral=waiting, item="risk.assessor", old="A", new="B", reason="Slip.", changed_at=clock.now(), changed_by=officer
    )
    answer = bench.post(url, {"decision": "refuse", "reason": "Not suitable.", "read": read})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "was changed after you opened it" in page
    assert "Not suitable." in page
    fresh = re.search(r'name="read" value="([^"]+)"', page)[1]
    assert bench.post(url, {"decision": "refuse", "reason": "Not suitable.", "read": fresh}).status_code == 303


def test_what_was_decided_is_not_decided_again(bench: Client, waiting: Referral) -> None:
    decide(bench, waiting, "refuse", "No.")
    answer = decide(bench, waiting, "authorise")
    assert answer.status_code == 422
    assert "no longer waiting" in answer.content.decode()


def test_the_whole_referral_is_shown_and_the_reading_recorded(bench: Client, waiting: Referral) -> None:
    page = bench.get(reverse("authorisation-decide", args=[waiting.public_id])).content.decode()
    for words in (waiting.participant.full_name, "Triage tool", "No previous history.", waiting.scheme.name, "Book by"):
        assert words in page
    assert AccessEvent.objects.get(route="authorisation-decide").participants == [waiting.participant_id]


def test_other_agencies_and_other_roles_see_nothing(waiting: Referral, desk: Client) -> None:
    url = reverse("authorisation-decide", args=[waiting.public_id])
    stranger = sign_in(Client(), make_user(Role.SUPERVISOR))
    assert stranger.get(url).status_code == stranger.post(url, {"decision": "authorise"}).status_code == 404
    assert desk.get(url).status_code == 404
    assert waiting.participant.full_name not in stranger.get(reverse("authorisation-list")).content.decode()


def test_the_list_asks_as_much_for_thirty_as_for_one(bench: Client, waiting: Referral, scheme: Scheme) -> None:
    url = reverse("authorisation-list")
    bench.get(url)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert waiting.participant.full_name in bench.get(url).content.decode()
    for _ in range(29):
        make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme)
    with CaptureQueriesContext(connection) as thirty:
        page = bench.get(url).content.decode()
    assert len(one) == len(thirty)
    assert page.count("Programme ") >= 25
    assert "page=2" in page
    assert len(AccessEvent.objects.filter(route="authorisation-list").latest("at").participants) == 25


def test_an_empty_list_says_so(bench: Client) -> None:
    assert "Nothing is waiting" in bench.get(reverse("authorisation-list")).content.decode()
