"""Several referrals from one page: read in full, decided one by one, never chosen beforehand (R5)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diversion.accounts.enums import Rank, Role
from diversion.accounts.models import Organisation, User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.referrals.enums import Decision, ReferralState, RiskLevel
from diversion.referrals.models import Condition, Disposal, Offer, Referral, Scheme
from diversion.referrals.services.authorisation import (
    AT_ONCE,
    Choice,
    TooManyAtOnce,
    authorise_referral,
    decide_many,
    refuse_referral,
)
from tests.factories import make_participant, make_referral, make_scheme, make_user
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db
URL = "/agency/authorise/several/"


@pytest.fixture
def three(scheme: Scheme, officer: User) -> list[Referral]:
    people = [make_participant(scheme.agency, given_names=name) for name in ("Anna", "Ben", "Cem")]
    return [
        make_referral(
            ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer, participant=person,
            submitted_at=clock.now() - timedelta(hours=10 - n),
        )
        for n, person in enumerate(people)
    ]  # fmt: skip


def path(referrals: list[Referral]) -> str:
    return URL + "?" + "&".join(f"referral={each.public_id}" for each in referrals)


def post(client: Client, referrals: list[Referral], *decisions: str, reason: str = "") -> HttpResponse:
    data = {}
    for referral, decision in zip(referrals, decisions, strict=True):
        data[f"{referral.public_id}-decision"] = decision
        data[f"{referral.public_id}-reason"] = reason if decision != "authorise" else ""
    return client.post(path(referrals), data)


def states(referrals: list[Referral]) -> list[str]:
    return [Referral.objects.get(pk=each.pk).state for each in referrals]


def test_bulk_decisions_are_one_by_one_and_never_preselected(bench: Client, three: list[Referral]) -> None:
    page = bench.get(path(three)).content.decode()
    assert page.count('type="radio"') == 9
    assert "checked" not in page
    answer = post(bench, three, "authorise", "", "refuse", reason="Not suitable.")
    assert answer.status_code == 422
    assert answer.content.decode().count(f"Choose a decision on {three[1].participant.full_name}") == 2
    assert states(three) == ["awaiting_authorisation"] * 3
    answer = post(bench, three, "authorise", "return", "refuse", reason="Not suitable.")
    assert (answer.status_code, answer.headers["Location"]) == (303, path(three))
    assert states(three) == ["offered", "draft", "refused"]
    events = AuditEvent.objects.filter(old_state="awaiting_authorisation").order_by("recorded_at", "pk")
    assert [(each.subject_id, each.new_state) for each in events] == [
        (three[0].pk, "authorised"), (three[1].pk, "draft"), (three[2].pk, "refused"),
    ]  # fmt: skip
    done = bench.get(path(three)).content.decode()
    for words in ("Authorised: 1. Returned: 1. Refused: 1.", "Returned for changes", "Not suitable."):
        assert words in done
    assert 'type="radio"' not in done


def test_what_one_is_refused_stops_no_other(three: list[Referral], supervisor: User) -> None:
    three[1].risk_decision.level = RiskLevel.HIGH
    three[1].risk_decision.save()
    choices = [Choice(each, Decision.AUTHORISE) for each in three]
    results = decide_many(choices=choices, user=supervisor, by=supervisor.as_actor(), at=clock.now())
    assert [each.refusal is None for each in results] == [True, False, True]
    assert states(three) == ["offered", "awaiting_authorisation", "offered"]


def test_what_could_not_be_decided_is_said_beside_it_and_nothing_typed_is_lost(
    bench: Client, three: list[Referral]
) -> None:
    three[1].risk_decision.level = RiskLevel.HIGH
    three[1].risk_decision.save()
    answer = post(bench, three, "authorise", "authorise", "refuse", reason="Not suitable.")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Authorised: 1. Refused: 1. Could not be decided: 1." in page
    name = three[1].participant.full_name
    assert page.count(f"{name}: Not eligible: ") == 2
    assert page.count('type="radio"') == 3
    assert re.search(rf'id="id_{three[1].public_id}-decision_0" value="authorise" checked', page)
    assert f'href="#id_{three[1].public_id}-decision_0"' in page
    assert states(three) == ["offered", "awaiting_authorisation", "refused"]
    again = post(bench, three, "authorise", "return", "refuse", reason="Too risky.")
    assert again.status_code == 303
    assert states(three) == ["offered", "draft", "refused"]
    assert AuditEvent.objects.get(new_state="refused").reason == "Not suitable."


def test_a_missing_reason_keeps_every_other_answer(bench: Client, three: list[Referral]) -> None:
    data = {
        f"{three[0].public_id}-decision": "authorise",
        f"{three[1].public_id}-decision": "refuse",
        f"{three[2].public_id}-decision": "return",
        f"{three[2].public_id}-reason": "Say more.",
    }
    answer = bench.post(path(three), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(f"Say why for {three[1].participant.full_name}") == 2
    assert page.count("checked") == 3
    assert "Say more." in page
    assert states(three) == ["awaiting_authorisation"] * 3


def test_sent_twice_is_done_once(bench: Client, three: list[Referral]) -> None:
    answers = [post(bench, three, "authorise", "return", "refuse", reason="Because.") for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert Offer.objects.count() == 1
    assert AuditEvent.objects.filter(old_state="awaiting_authorisation").count() == 3


def test_what_somebody_else_decided_meanwhile_is_shown_as_theirs(
    bench: Client, three: list[Referral], agency: Organisation, supervisor: User
) -> None:
    other = make_user(Role.SUPERVISOR, agency, name="Otto Ther")
    refuse_referral(referral=three[0], reason="Mine.", user=other, by=other.as_actor(), at=clock.now())
    assert post(bench, three, "authorise", "authorise", "authorise").status_code == 303
    assert states(three) == ["refused", "offered", "offered"]
    page = bench.get(path(three)).content.decode()
    assert "by Otto Ther" in page
    assert page.count(f"by {supervisor.name}") == 2
    stale = Referral.objects.get(pk=three[1].pk)
    results = decide_many(
        choices=[Choice(stale, Decision.REFUSE, reason="No.")], user=other, by=other.as_actor(), at=clock.now()
    )
    assert [str(each.refusal) for each in results] == ["This referral is no longer waiting for authorisation."]


def test_what_came_back_changed_is_not_decided_from_the_old_page(
    bench: Client, three: list[Referral], desk: Client
) -> None:
    page = bench.get(path(three[:1])).content.decode()
    read = re.search(r'name="[0-9a-z]+-read" value="([^"]+)"', page)[1]
    post(bench, three[:1], "return", reason="Look again.")
    assert desk.post(reverse("referral-check", args=[three[0].public_id])).status_code == 303
    key = three[0].public_id
    answer = bench.post(path(three[:1]), {f"{key}-decision": "authorise", f"{key}-read": read})
    assert answer.status_code == 422
    assert "was changed after you opened it" in answer.content.decode()
    assert states(three[:1]) == ["awaiting_authorisation"]


def test_the_decisive_facts_of_each_are_there_and_the_reading_is_recorded(bench: Client, three: list[Referral]) -> None:
    first = three[0]
    history, victim = first.previous_history, first.victim_view
    history.previous_disposals, history.history, history.rationale = 1, "A caution in 2024.", "Low value."
    history.save()
    victim.situation, victim.contacted_on, victim.views = "contacted", clock.today(), "Would like an apology."
    victim.save()
    Condition.objects.create(referral=first, position=1, words="Pay for the window.", verified_by="receipt")
    page = bench.get(path(three)).content.decode()
    for words in (
        first.participant.full_name, "17 May 1990", "No previous history.", "Low · Triage tool", "Low value.",
        "A caution in 2024.", "Would like an apology.", "Pay for the window.", "1 disposal before", "Book by", "Finish by", "Every rule is met.",
        first.scheme.programme.name, first.offence_category.name,
    ):  # fmt: skip
        assert words in page, words
    reading = AccessEvent.objects.get(route="authorisation-decide-many")
    assert set(reading.participants) == {each.participant_id for each in three}


def test_who_may_not_decide_one_of_them_reads_why_and_decides_the_others(
    three: list[Referral], agency: Organisation
) -> None:
    constable = make_user(Role.SUPERVISOR, agency, rank=Rank.CONSTABLE)
    easy = make_scheme(agency, disposal=Disposal.objects.get(code="driver-retraining"))
    mine = make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=easy)
    browser = sign_in(Client(), constable)
    both = [three[0], mine]
    page = browser.get(path(both)).content.decode()
    assert page.count('type="radio"') == 3
    assert "is authorised by a sergeant or above" in page
    assert post(browser, both, "authorise", "authorise").status_code == 303
    assert states(both) == ["awaiting_authorisation", "offered"]


def test_at_most_25_at_once(bench: Client, scheme: Scheme, officer: User, supervisor: User) -> None:
    many = [make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer) for _ in range(AT_ONCE + 1)]
    assert bench.get(path(many[:AT_ONCE])).status_code == 200
    for chosen, words in ((many, "Choose at most 25"), ([], "Choose at least one")):
        answer = bench.get(path(chosen), follow=True)
        assert answer.request["PATH_INFO"] == "/agency/authorise/"
        assert words in answer.content.decode()
    with pytest.raises(TooManyAtOnce):
        decide_many(
            choices=[Choice(each, Decision.AUTHORISE) for each in many], user=supervisor, by=supervisor.as_actor(),
            at=clock.now(),
        )  # fmt: skip
    assert set(states(many)) == {"awaiting_authorisation"}


def test_all_on_this_page_leads_to_those_one_may_decide(bench: Client, three: list[Referral], supervisor: User) -> None:
    Referral.objects.filter(pk=three[2].pk).update(submitted_by=supervisor)
    page = bench.get("/agency/authorise/").content.decode()
    link = re.search(r'href="(/agency/authorise/several/[^"]+)"', page)[1].replace("&amp;", "&")
    assert link == path(three[:2])
    assert page.count('type="checkbox" name="referral"') == 2


def test_strangers_drafts_and_restricted_cases_are_not_there(bench: Client, three: list[Referral], scheme: Scheme) -> None:
    draft = make_referral(ReferralState.DRAFT, scheme=scheme)
    hidden = make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, restricted=True)
    assert bench.get(path([draft])).status_code == bench.get(path([hidden])).status_code == 404
    assert AuditEvent.objects.get(action="case.access-refused").subject_id == hidden.pk
    page = bench.get(path([draft, hidden, three[0]])).content.decode()
    shown = [each.participant.full_name in page for each in (draft, hidden, three[0])]
    assert shown == [False, False, True]
    post(bench, [draft, hidden, three[0]], "authorise", "authorise", "authorise")
    assert states([draft, hidden, three[0]]) == ["draft", "awaiting_authorisation", "offered"]
    stranger = sign_in(Client(), make_user(Role.SUPERVISOR))
    assert stranger.get(path(three)).status_code == post(stranger, three, *["refuse"] * 3, reason="No.").status_code == 404


def test_the_page_asks_as_much_for_twenty_five_as_for_one(bench: Client, scheme: Scheme, officer: User) -> None:
    many = [make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer) for _ in range(AT_ONCE)]
    bench.get(path(many[:1]))
    with CaptureQueriesContext(connection) as one:
        bench.get(path(many[:1]))
    with CaptureQueriesContext(connection) as all_of_them:
        assert bench.get(path(many)).content.decode().count("<h2") >= AT_ONCE
    assert len(one) == len(all_of_them)


def test_the_page_of_what_is_done_costs_the_same_too(bench: Client, three: list[Referral], supervisor: User) -> None:
    for each in three:
        authorise_referral(referral=each, user=supervisor, by=supervisor.as_actor(), at=clock.now())
    counts = set()
    for chosen in (three[:1], three):
        with CaptureQueriesContext(connection) as queries:
            bench.get(path(chosen))
        counts.add(len(queries))
    assert len(counts) == 1
