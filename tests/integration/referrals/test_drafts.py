"""A referral as a task list: saved section by section, refused beside the field, submitted when it may be."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.moments import day_words
from diversion.referrals.clocks import add_months
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Disposal, Referral, Scheme
from diversion.referrals.queries import SECTIONS, finished_sections
from tests.factories import make_agency, make_referral, make_scheme, make_user
from tests.integration.referrals import typed
from tests.integration.referrals.browsers import seen_on, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(desk: Client, officer: User) -> Referral:
    desk.post(reverse("referral-create"))
    return Referral.objects.get(officer=officer)


def save(client: Client, referral: Referral, section: str, data: dict) -> object:
    """Open the page and send it filled in."""
    url = reverse("referral-edit", args=[referral.public_id, section])
    return client.post(url, {"seen": seen_on(client, url), **data})


def complete(client: Client, referral: Referral, scheme: Scheme, **changes: dict) -> None:
    for section, data in {**typed.everything(scheme), **changes}.items():
        answer = save(client, referral, section, data)
        assert answer.status_code == 303, (section, answer.content.decode())
    referral.refresh_from_db()


def test_starting_twice_gives_the_same_empty_draft(desk: Client, officer: User) -> None:
    first, second = (desk.post(reverse("referral-create")) for _ in range(2))
    assert first.status_code == 303
    assert first["Location"] == second["Location"]
    assert Referral.objects.filter(officer=officer).count() == 1


def test_every_section_is_saved_and_shown_again(desk: Client, draft: Referral, scheme: Scheme) -> None:
    complete(desk, draft, scheme)
    person = draft.participant
    assert person is not None
    assert (person.full_name, person.email, person.mobile) == ("Sam Okafor", "sam@example.org", "+447700900123")
    assert (person.postcode, person.needs) == ("M1 1AA", ["breaks", "step-free"])
    assert (draft.scheme, draft.disposal) == (scheme, scheme.disposal)
    page = desk.get(reverse("referral-check", args=[draft.public_id])).content.decode()
    for words in ("Sam Okafor", "17 May 1990", "Theft from a shop", "Triage tool", "Step-free access", scheme.name):
        assert words in page
    for title in ("Book by", "Finish by", "Last safe date for court"):
        assert title in page
    again = desk.get(reverse("referral-edit", args=[draft.public_id, "person"])).content.decode()
    assert 'value="Okafor"' in again


def test_saving_a_section_again_changes_the_same_person(desk: Client, draft: Referral) -> None:
    save(desk, draft, "person", typed.person())
    save(desk, draft, "person", typed.person(family_name="Okonkwo"))
    draft.refresh_from_db()
    assert draft.participant is not None
    assert draft.participant.family_name == "Okonkwo"
    assert AuditEvent.objects.filter(action="referral.saved", case_id=draft.pk).count() == 2


@pytest.mark.parametrize(
    ("section", "changes", "says"),
    [
        ("person", {"date_of_birth_year": clock.today().year + 1}, "must be in the past"),
        ("person", {"date_of_birth_year": clock.today().year - 9}, "at least 10 years old"),
        ("person", {"date_of_birth_year": 1890}, "Check the year of birth"),
        ("person", {"date_of_birth_month": 13}, "Enter a real date"),
        ("person", {"email": "sam@"}, "email address in the correct format"),
        ("person", {"mobile": "0161 496 0000"}, "Enter a mobile number"),
        ("person", {"family_name": ""}, "Enter last name"),
        ("offence", typed.split("offence_on", clock.today() + timedelta(days=1)), "cannot be in the future"),
        ("offence", typed.split("disposal_on", clock.today() + timedelta(days=1)), "cannot be in the future"),
        ("offence", typed.split("disposal_on", clock.today() - timedelta(days=30)), "cannot be before the date"),
        ("offence", {"offence_category": ""}, "Choose category"),
        ("risk", typed.split("decided_on", clock.today() + timedelta(days=1)), "cannot be in the future"),
        ("risk", {"level": "none"}, "Select a valid choice"),
        ("requirement", {"scheme": ""}, "Choose scheme"),
        ("victim", {"situation": ""}, "Answer the question: Is there a victim?"),
        ("victim", {"contacted_on_day": "", "contacted_on_month": "", "contacted_on_year": ""}, "Enter the day on which"),
        ("victim", typed.split("contacted_on", clock.today() + timedelta(days=1)), "cannot be in the future"),
        ("history", {"gravity_score": "6"}, "Select a valid choice"),
        ("history", {"rationale": ""}, "Enter why this score"),
        ("history", {"previous_disposals": "-1"}, "greater than or equal to 0"),
        ("conditions", {"verified_by_1": ""}, "Choose how you will know that it was kept."),
        ("conditions", {"verified_by_2": "letter"}, "Enter what the person must do."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_what_was_typed_is_kept(
    desk: Client, draft: Referral, scheme: Scheme, section: str, changes: dict, says: str
) -> None:
    data = {**typed.everything(scheme)[section], **changes}
    answer = save(desk, draft, section, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(says) == 2  # in the summary and beside the field
    assert "Error:" in page
    if section == "person":
        assert 'value="Sam"' in page
    draft.refresh_from_db()
    assert (draft.participant, draft.offence_on, draft.scheme) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"consent_holds": ""}, "Say yes or no: Agrees to the disposal"),
        ({"admission_said_to": ""}, "Enter to whom: Admits the offence"),
        (typed.split("admission_said_on", clock.today() + timedelta(days=1)), "cannot be in the future"),
        (typed.split("sharing_said_on", clock.today() - timedelta(days=21)), "cannot be before the date of the offence"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_beside_its_field(
    desk: Client, draft: Referral, scheme: Scheme, changes: dict, says: str
) -> None:
    save(desk, draft, "offence", typed.offence())
    save(desk, draft, "requirement", {"scheme": scheme.pk})
    answer = save(desk, draft, "agreement", typed.agreement(scheme, **changes))
    assert answer.status_code == 422
    assert answer.content.decode().count(says) == 2
    assert draft.legal_facts.count() == 0


def test_needs_wait_for_the_person(desk: Client, draft: Referral) -> None:
    answer = save(desk, draft, "needs", typed.needs())
    assert answer.status_code == 422
    assert "Enter the person’s details first." in answer.content.decode()


def test_another_agencys_scheme_is_not_a_choice(desk: Client, draft: Referral, scheme: Scheme) -> None:
    assert save(desk, draft, "requirement", {"scheme": make_scheme(make_agency()).pk}).status_code == 422


def test_clocks_are_worked_out_beside_each_scheme(desk: Client, draft: Referral, scheme: Scheme) -> None:
    save(desk, draft, "offence", typed.offence("COM-ASSLT"))
    page = desk.get(reverse("referral-edit", args=[draft.public_id, "requirement"])).content.decode()
    assert "Book by" in page
    assert "Last safe date for court" in page


def test_an_unfinished_referral_cannot_be_submitted(desk: Client, draft: Referral) -> None:
    save(desk, draft, "person", typed.person())
    answer = desk.post(reverse("referral-check", args=[draft.public_id]))
    assert answer.status_code == 422
    assert "Finish every section" in answer.content.decode()


def test_a_risk_the_scheme_does_not_admit_is_refused_in_words_and_counted(
    desk: Client, draft: Referral, scheme: Scheme
) -> None:
    complete(desk, draft, scheme, risk=typed.risk(level="high"))
    answer = desk.post(reverse("referral-check", args=[draft.public_id]))
    assert answer.status_code == 422
    assert "does not take people whose risk is high. It takes: low, medium." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == ReferralState.DRAFT
    assert AuditEvent.objects.filter(action="referral.not-eligible", case_id=draft.pk).count() == 1


def test_no_room_before_the_backstop_is_refused(desk: Client, draft: Referral, scheme: Scheme) -> None:
    old = typed.offence("COM-ASSLT", **typed.split("offence_on", clock.today() - timedelta(days=150)))
    complete(desk, draft, scheme, offence=old)
    answer = desk.post(reverse("referral-check", args=[draft.public_id]))
    assert answer.status_code == 422
    last = add_months(clock.today() - timedelta(days=150), 6) - timedelta(days=28)
    earliest = clock.today() + timedelta(days=14)
    said = (
        f"There is no room before the backstop: the last safe date for this case is {day_words(last)}. "
        f"A course offered now could not be finished before {day_words(earliest)}."
    )
    assert said in answer.content.decode()


def test_a_scheme_without_rules_in_force_is_refused(desk: Client, draft: Referral, agency: object) -> None:
    later = make_scheme(agency, version={"in_force_from": clock.today() + timedelta(days=1)})
    complete(desk, draft, later)
    assert "no rules in force" in desk.post(reverse("referral-check", args=[draft.public_id])).content.decode()


def test_submitting_twice_is_once_and_ends_the_editing(desk: Client, draft: Referral, scheme: Scheme) -> None:
    complete(desk, draft, scheme)
    check = reverse("referral-check", args=[draft.public_id])
    answers = [desk.post(check) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert AuditEvent.objects.filter(action="referral.awaiting_authorisation").count() == 1
    assert "What happens next" in desk.get(answers[0]["Location"]).content.decode()
    save(desk, draft, "person", typed.person(family_name="Changed"))
    draft.refresh_from_db()
    assert draft.participant is not None
    assert draft.participant.family_name == "Okafor"


def test_a_draft_is_shared_in_the_agency_and_unknown_outside(draft: Referral, officer: User) -> None:
    url = reverse("referral-tasks", args=[draft.public_id])
    colleague = sign_in(Client(), make_user(Role.CASE_OFFICER, officer.membership.organisation))
    stranger = sign_in(Client(), make_user(Role.CASE_OFFICER))
    assert colleague.get(url).status_code == 200
    theirs, nothing = stranger.get(url), stranger.get(reverse("referral-tasks", args=["0" * 26]))
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    for section in SECTIONS:
        assert save(stranger, draft, section, {}).status_code == 404
    for name in ("referral-check", "referral-submitted", "referral-discard", "letter-show", "letter-download"):
        assert stranger.get(reverse(name, args=[draft.public_id])).status_code == 404


def test_discarding_asks_first_and_happens_once(desk: Client, draft: Referral) -> None:
    url = reverse("referral-discard", args=[draft.public_id])
    assert "Discard this draft?" in desk.get(url).content.decode()
    assert [desk.post(url).status_code for _ in range(2)] == [303, 303]
    draft.refresh_from_db()
    assert draft.state == ReferralState.VOID


def test_reading_a_referral_is_recorded(desk: Client, draft: Referral, officer: User) -> None:
    save(desk, draft, "person", typed.person())
    desk.get(reverse("referral-tasks", args=[draft.public_id]))
    draft.refresh_from_db()
    event = AccessEvent.objects.filter(route="referral-tasks").latest("at")
    assert (event.actor_id, event.participants) == (officer.pk, [draft.participant_id])


@pytest.mark.parametrize("field", ["participant", "scheme", "disposal", "offence_on", "offence_category", "submitted_by"])
def test_the_database_refuses_an_incomplete_referral_beyond_draft(field: str) -> None:
    referral = make_referral(ReferralState.AWAITING_AUTHORISATION)
    with pytest.raises(IntegrityError, match="complete_when_submitted"), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**{field: None})


def test_what_was_said_is_kept_with_day_and_officer_and_what_is_left_empty_is_as_above(
    desk: Client, draft: Referral, scheme: Scheme
) -> None:
    save(desk, draft, "offence", typed.offence())
    save(desk, draft, "requirement", {"scheme": scheme.pk})
    other = {**typed.split("sharing_said_on", clock.today() - timedelta(days=1)), "sharing_said_to": "PC Other"}
    assert save(desk, draft, "agreement", typed.agreement(scheme, consent_holds="no", **other)).status_code == 303
    said = {fact.kind: (fact.holds, fact.said_on, fact.said_to) for fact in draft.legal_facts.all()}
    first = clock.today() - timedelta(days=2)
    assert said == {
        "admission": (True, first, "PC Example"),
        "consent": (False, first, "PC Example"),
        "explained": (True, first, "PC Example"),
        "legal-advice": (True, first, "PC Example"),
        "sharing": (True, clock.today() - timedelta(days=1), "PC Other"),
    }


def test_the_agreement_waits_for_the_scheme(desk: Client, draft: Referral) -> None:
    url = reverse("referral-edit", args=[draft.public_id, "agreement"])
    assert "Choose the scheme first" in desk.get(url).content.decode()
    answer = desk.post(url, {})
    assert answer.status_code == 422
    assert "Choose the scheme first" in answer.content.decode()


def test_a_scheme_of_another_disposal_asks_for_its_own_facts(desk: Client, draft: Referral, scheme: Scheme) -> None:
    complete(desk, draft, scheme)
    other = Disposal.objects.get(code="community-resolution")
    save(desk, draft, "requirement", {"scheme": make_scheme(draft.agency, disposal=other).pk})
    draft = Referral.objects.get(pk=draft.pk)
    assert set(SECTIONS) - finished_sections(draft) == {"agreement"}
    assert desk.post(reverse("referral-check", args=[draft.public_id])).status_code == 422
    assert save(desk, draft, "agreement", typed.agreement(draft.scheme)).status_code == 303
    assert finished_sections(Referral.objects.get(pk=draft.pk)) == set(SECTIONS)


def test_only_the_course_is_one_click(desk: Client, draft: Referral) -> None:
    url = reverse("referral-edit", args=[draft.public_id, "conditions"])
    assert "Only the course" in desk.get(url).content.decode()
    assert desk.post(url, {"words_1": ""}).status_code == 303
    draft.refresh_from_db()
    assert draft.conditions_set_at is not None
    assert draft.conditions.count() == 0


def test_conditions_are_kept_in_order_and_agreed_to_in_plain_words(desk: Client, draft: Referral) -> None:
    two = typed.conditions(words_3="Pay £20 to the shop.", verified_by_3="receipt")
    assert save(desk, draft, "conditions", two).status_code == 303
    assert [(each.position, each.words, each.verified_by) for each in draft.conditions.all()] == [
        (1, "Write a letter of apology.", "letter"),
        (2, "Pay £20 to the shop.", "receipt"),
    ]


def test_offence_date_in_the_future_is_said_beside_the_field_and_all_that_was_typed_is_kept(
    desk: Client, draft: Referral
) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    data = typed.offence(**typed.split("offence_on", tomorrow))
    answer = save(desk, draft, "offence", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("The date cannot be in the future.") == 2
    for name, value in data.items():
        kept = rf'value="{value}" selected' if name == "offence_category" else rf'name="{name}"[^>]*value="{value}"'
        assert re.search(kept, page), name
    draft.refresh_from_db()
    assert draft.offence_on is None
