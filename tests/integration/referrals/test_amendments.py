"""A submitted referral changes with a reason: both values are kept, and the right people are told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import Referral, ReferralChange, Scheme
from diversion.referrals.queries import SECTIONS
from tests.factories import make_booking, make_course, make_referral, make_requirement, make_scheme, make_trainer, make_user
from tests.integration.referrals import typed
from tests.integration.referrals.browsers import seen_on, sign_in

pytestmark = pytest.mark.django_db
OPEN = (ReferralState.AWAITING_AUTHORISATION, ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.ACTIVE)


@pytest.fixture
def case(scheme: Scheme, officer: User) -> Referral:
    referral = make_referral(ReferralState.OFFERED, scheme=scheme, officer=officer)
    referral.participant.given_names, referral.participant.family_name = "Sam", "Okafor"
    referral.participant.save()
    return referral


@pytest.fixture
def colleague(officer: User) -> User:
    return make_user(Role.CASE_OFFICER, officer.membership.organisation, name="Casey Officer")


def change(client: Client, referral: Referral, section: str, data: dict[str, Any], *, reason: str = "They said so.") -> Any:
    """Open the page and send it filled in."""
    url = reverse("referral-change", args=[referral.public_id, section])
    return client.post(url, {"seen": seen_on(client, url), "reason": reason, **data})


def person(referral: Referral, **changes: Any) -> dict[str, Any]:
    """The person's page as it stands, but for the changes; a confirmed e-mail address is not on it."""
    as_typed = typed.person(email="", mobile="", address="", postcode="", agency_reference="")
    return {**as_typed, "family_name": referral.participant.family_name, **changes}


def kept(referral: Referral) -> list[tuple[str, str, str, str]]:
    rows = referral.changes.order_by("item")
    return [(each.item, each.old, each.new, each.reason) for each in rows]


def told(kind: str = "file-changed") -> set[Any]:
    return set(OutboxMessage.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_a_change_keeps_both_values_the_reason_who_and_when(desk: Client, case: Referral, officer: User) -> None:
    email = case.participant.email
    new = person(case, family_name="Okonkwo", **typed.split("date_of_birth", date(1991, 6, 18)), postcode="m2 2bb")
    assert change(desk, case, "person", new, reason="Passport seen.").status_code == 303
    assert kept(case) == [
        ("person.date_of_birth", "Thursday 17 May 1990", "Tuesday 18 June 1991", "Passport seen."),
        ("person.family_name", "Okafor", "Okonkwo", "Passport seen."),
        ("person.postcode", "", "M2 2BB", "Passport seen."),
    ]
    assert {each.changed_by for each in case.changes.all()} == {officer}
    event = AuditEvent.objects.get(action="referral.changed")
    assert event.data == {"section": "person", "items": ["family_name", "date_of_birth", "postcode"]}
    assert event.reason == "Passport seen."
    stored = Referral.objects.get(pk=case.pk).participant
    assert (stored.full_name, stored.postcode, stored.email) == ("Sam Okonkwo", "M2 2BB", email)
    page = desk.get(reverse("change-list", args=[case.public_id])).content.decode()
    for words in ("Last name", "Okafor", "Okonkwo", "Passport seen.", str(officer)):
        assert words in page
    assert AccessEvent.objects.filter(route="change-list", participants=[case.participant_id]).exists()


def test_a_change_without_a_reason_is_refused_and_what_was_typed_is_kept(desk: Client, case: Referral) -> None:
    answer = change(desk, case, "person", person(case, family_name="Okonkwo"), reason=" ")
    assert answer.status_code == 422
    assert answer.content.decode().count("Answer the question: Why does it change?") == 2
    assert 'value="Okonkwo"' in answer.content.decode()
    assert kept(case) == []


def test_saving_what_is_there_already_changes_nothing(desk: Client, case: Referral) -> None:
    new = person(case, family_name="Okonkwo")
    url = reverse("referral-change", args=[case.public_id, "person"])
    sent = {"seen": seen_on(desk, url), "reason": "Heard wrongly.", **new}
    assert [desk.post(url, sent).status_code for _ in range(2)] == [303, 303]
    assert len(kept(case)) == 1
    assert AuditEvent.objects.filter(action="referral.changed").count() == 1


def test_every_section_may_change_while_it_waits_and_says_what_it_was(desk: Client, scheme: Scheme, officer: User) -> None:
    waiting = make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer)
    other = make_scheme(waiting.agency)
    new = {
        "offence": typed.offence(),
        "requirement": {"scheme": other.pk},
        "victim": typed.victim(),
        "history": typed.history(gravity_score=4),
        "risk": typed.risk(level="medium"),
        "agreement": typed.agreement(scheme, consent_holds="no"),
        "conditions": typed.conditions(),
        "needs": typed.needs(),
    }
    for section, data in new.items():
        answer = change(desk, waiting, section, data)
        assert answer.status_code == 303, (section, answer.content.decode())
    changed = {item: (old, to) for item, old, to, _reason in kept(waiting)}
    assert changed["requirement.scheme"] == (scheme.name, other.name)
    assert changed["offence.offence_category"] == ("Test", "Theft from a shop")
    assert changed["victim.situation"] == ("There is no individual victim", "The victim was contacted")
    assert changed["history.gravity_score"] == ("2", "4")
    assert changed["risk.level"] == ("Low", "Medium")
    assert changed["agreement.consent_holds"] == ("Yes", "No")
    assert changed["conditions.words_1"] == ("", "Write a letter of apology.")
    assert changed["conditions.verified_by_1"] == ("", "Letter received")
    assert changed["needs.needs"] == ("", "Regular breaks, Step-free access")
    page = desk.get(reverse("change-list", args=[waiting.public_id])).content.decode()
    for words in ("Agrees to the disposal", "Condition 1", "Gravity score", "Scheme"):
        assert words in page


@pytest.mark.parametrize("section", ["offence", "requirement"])
@pytest.mark.parametrize("state", OPEN[1:])
def test_what_the_offer_counts_from_is_refused_in_words_once_it_is_made(
    desk: Client, scheme: Scheme, officer: User, section: str, state: str
) -> None:
    other = make_referral(state, scheme=scheme, officer=officer)
    url = reverse("referral-change", args=[other.public_id, section])
    words = "Withdraw the referral and refer the person again."
    page = desk.get(url).content.decode()
    assert words in page
    assert "<textarea" not in page
    data = typed.offence() if section == "offence" else {"scheme": make_scheme(other.agency).pk}
    answer = desk.post(url, {"seen": "", "reason": "Wrong.", **data})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert kept(other) == []


def test_conditions_change_until_the_person_has_agreed_to_them(desk: Client, case: Referral, scheme: Scheme) -> None:
    assert change(desk, case, "conditions", typed.conditions()).status_code == 303
    for state in (ReferralState.ACCEPTED, ReferralState.ACTIVE):
        agreed = make_referral(state, scheme=scheme, officer=case.officer)
        answer = change(desk, agreed, "conditions", typed.conditions())
        assert answer.status_code == 422
        assert "The person has agreed to these words." in answer.content.decode()
        assert agreed.conditions.count() == 0


@pytest.mark.parametrize("state", [ReferralState.COMPLIED, ReferralState.DECLINED, ReferralState.WITHDRAWN])
def test_a_case_that_has_ended_is_not_changed(desk: Client, scheme: Scheme, officer: User, state: str) -> None:
    ended = make_referral(state, scheme=scheme, officer=officer)
    for section in SECTIONS:
        url = reverse("referral-change", args=[ended.public_id, section])
        assert "can no longer be changed" in desk.get(url).content.decode()
    assert change(desk, ended, "risk", typed.risk(level="high")).status_code == 422
    assert kept(ended) == []


@pytest.mark.parametrize("section", ["risk", "history", "victim", "agreement"])
@pytest.mark.parametrize("state", OPEN[1:])
def test_what_bears_on_the_decision_goes_to_the_authoriser_and_on_the_case(
    desk: Client, scheme: Scheme, officer: User, section: str, state: str
) -> None:
    case = make_referral(state, scheme=scheme, officer=officer)
    new = {
        "risk": typed.risk(level="high"),
        "history": typed.history(gravity_score=5),
        "victim": typed.victim(),
        "agreement": typed.agreement(scheme, consent_holds="no"),
    }
    assert change(desk, case, section, new[section]).status_code == 303
    assert told() == {case.authorised_by_id}
    task = case.tasks.get()
    assert (task.kind, task.subject_id) == (
        TaskKind.FILE_CHANGED,
        AuditEvent.objects.get(action="referral.changed").pk,
    )


@pytest.mark.parametrize(("state", "tasks"), [("offered", 0), ("accepted", 0), ("active", 1)])
def test_needs_that_change_beside_a_booked_place_are_a_task(
    desk: Client, scheme: Scheme, officer: User, state: str, tasks: int
) -> None:
    case = make_referral(state, scheme=scheme, officer=officer)
    assert change(desk, case, "needs", typed.needs(needs=["step-free"])).status_code == 303
    found = [(task.kind, "still meets them" in task.detail) for task in case.tasks.all()]
    assert found == [(TaskKind.FILE_CHANGED, True)] * tasks


def test_a_colleagues_change_is_told_to_the_officer_in_the_case(case: Referral, colleague: User) -> None:
    browser = sign_in(Client(), colleague)
    assert change(browser, case, "person", person(case, address="2 Low Street")).status_code == 303
    assert told() == {case.officer_id}
    assert case.tasks.count() == 0
    context = MESSAGES["file-changed"].context(subject_id=case.pk, recipient_id=case.officer_id, at=clock.now())
    assert context is not None
    assert str(context["link"]).endswith(f"/agency/referrals/{case.public_id}/changes/")


def test_while_it_waits_the_authoriser_sees_it_on_the_page_and_no_task_is_raised(
    desk: Client, bench: Client, scheme: Scheme, officer: User
) -> None:
    waiting = make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme, officer=officer)
    assert change(desk, waiting, "risk", typed.risk(level="medium"), reason="New information.").status_code == 303
    assert (told(), waiting.tasks.count()) == (set(), 0)
    page = bench.get(reverse("authorisation-decide", args=[waiting.public_id])).content.decode()
    for words in ("Changed after submission", "Risk level", "New information."):
        assert words in page


def test_a_confirmed_contact_is_not_changed_here_and_an_unconfirmed_one_is(desk: Client, case: Referral) -> None:
    confirmed = case.participant.email
    url = reverse("referral-change", args=[case.public_id, "person"])
    page = desk.get(url).content.decode()
    assert 'name="email"' not in page
    assert 'name="mobile"' in page
    new = person(case, email="other@example.org", mobile="07700 900999")
    assert change(desk, case, "person", new).status_code == 303
    stored = Referral.objects.get(pk=case.pk).participant
    assert (stored.email, stored.mobile) == (confirmed, "+447700900999")


def test_two_officers_changing_one_section_the_second_is_told(desk: Client, case: Referral, colleague: User) -> None:
    url = reverse("referral-change", args=[case.public_id, "risk"])
    seen = seen_on(desk, url)
    change(sign_in(Client(), colleague), case, "risk", typed.risk(level="medium"))
    answer = desk.post(url, {"seen": seen, "reason": "Mine.", **typed.risk(level="high")})
    assert answer.status_code == 422
    assert "Casey Officer changed this section at" in answer.content.decode()
    assert "Mine." in answer.content.decode()
    assert [new for item, _old, new, _reason in kept(case) if item == "risk.level"] == ["Medium"]


def test_a_future_day_is_refused_as_in_a_draft(desk: Client, case: Referral) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    answer = change(desk, case, "risk", typed.risk(**typed.split("decided_on", tomorrow)))
    assert answer.status_code == 422
    assert answer.content.decode().count("The date cannot be in the future.") == 2


def test_the_referral_page_leads_to_what_may_change_and_lists_what_did(desk: Client, case: Referral) -> None:
    url = reverse("referral-tasks", args=[case.public_id])
    page = desk.get(url).content.decode()
    leads = {section for section in SECTIONS if reverse("referral-change", args=[case.public_id, section]) in page}
    assert leads == set(SECTIONS) - {"offence", "requirement"}
    assert "Nothing was changed" in page
    change(desk, case, "person", person(case, family_name="Okonkwo"))
    assert "Changed after submission, newest first" in desk.get(url).content.decode()


def test_a_stranger_changes_and_reads_nothing(case: Referral) -> None:
    stranger = sign_in(Client(), make_user(Role.CASE_OFFICER))
    assert stranger.get(reverse("change-list", args=[case.public_id])).status_code == 404
    url = reverse("referral-change", args=[case.public_id, "risk"])
    assert stranger.post(url, {"seen": "", "reason": "x", **typed.risk()}).status_code == 404
    assert not ReferralChange.objects.exists()


def test_a_name_changed_between_booking_and_identity_check_stands_on_the_register(
    desk: Client, scheme: Scheme, officer: User
) -> None:
    active = make_referral(ReferralState.ACTIVE, scheme=scheme, officer=officer)
    required = make_requirement(active)
    course = make_course(required.programme, starts_in=timedelta(hours=-1))
    make_booking(course, required, BookingState.CONFIRMED)
    session = course.sessions.get()
    door = sign_in(Client(), make_trainer(course.provider, session))
    register = reverse("register-mark", args=[session.public_id])
    before = active.participant
    assert before.short_name in door.get(register).content.decode()
    new = person(active, given_names="Samira", family_name="Okonkwo")
    assert change(desk, active, "person", new, reason="Married.").status_code == 303
    after = door.get(register).content.decode()
    assert "Samira O" in after
    assert before.short_name not in after
