"""Needs and safe contact are asked once, kept sealed, and carried as needs, never as diagnoses."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.models import Organisation, User
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.notifications.enums import Channel
from diversion.referrals.addresses import participant_address
from diversion.referrals.models import NonAssociation, Referral, Scheme
from diversion.referrals.needs import needs_in_words, safe_contact_in_words
from tests.factories import make_participant, make_referral, make_scheme
from tests.integration.referrals import typed
from tests.integration.referrals.browsers import seen_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(scheme: Scheme, officer: User) -> Referral:
    return make_referral("draft", scheme=scheme, officer=officer)


def test_everything_said_is_kept_and_shown_again(desk: Client, draft: Referral) -> None:
    page = reverse("referral-edit", args=[draft.public_id, "needs"])
    said = typed.needs(needs=["interpreter", "religious-check"], interpreter_language="Polish")
    assert desk.post(page, {"seen": seen_on(desk, page), **said}).status_code == 303
    person = Referral.objects.get(pk=draft.pk).participant
    assert person is not None
    assert needs_in_words(person) == ["Interpreter (Polish)", "Identity checked in private by somebody of the same sex"]
    assert person.safe_contact == {
        "email": True, "text": True, "voicemail": False, "post": True, "from": "09:00", "until": "18:00"
    }  # fmt: skip
    assert safe_contact_in_words(person) == "e-mail, text message, post between 09:00 and 18:00"
    shown = desk.get(page).content.decode()
    assert 'value="Polish"' in shown
    assert sorted(re.findall(r'value="([\w-]+)"[^>]* checked', shown)) == [
        "email",
        "interpreter",
        "post",
        "religious-check",
        "text",
    ]


def test_an_interpreter_has_a_language_and_hours_have_an_order(desk: Client, draft: Referral) -> None:
    page = reverse("referral-edit", args=[draft.public_id, "needs"])
    said = typed.needs(needs=["interpreter"], safe_from="18:00", safe_until="09:00", needs_notes="Kept words")
    answer = desk.post(page, said)
    assert answer.status_code == 422
    html = answer.content.decode()
    for words in ("Enter the language of the interpreter", "Choose both hours", "Kept words"):
        assert words in html


def test_a_way_that_is_not_safe_is_not_used_even_when_it_was_confirmed(agency: Organisation) -> None:
    person = make_participant(agency, mobile="+447700900123", mobile_confirmed_at=clock.now())
    assert participant_address(participant_id=person.pk, channel=Channel.SMS) is not None
    person.safe_contact = {"email": True, "text": False}
    person.save()
    assert participant_address(participant_id=person.pk, channel=Channel.SMS) is None
    assert participant_address(participant_id=person.pk, channel=Channel.EMAIL) is not None


def test_somebody_to_keep_apart_is_added_once_and_taken_off(desk: Client, draft: Referral) -> None:
    page = reverse("association-list", args=[draft.public_id])
    for _ in range(2):
        assert desk.post(page, {"other_family_name": "Other", "other_given_names": "Olly"}).status_code == 303
    note = NonAssociation.objects.get()
    assert "Olly Other" in desk.get(page).content.decode()
    for _ in range(2):
        assert desk.post(reverse("association-end", args=[draft.public_id, note.public_id])).status_code == 303
    assert "Olly Other" not in desk.get(page).content.decode()
    actions = AuditEvent.objects.filter(case_id=draft.pk).values_list("action", flat=True)
    assert sorted(actions) == ["non-association.ended", "non-association.made"]


def test_a_first_name_alone_names_nobody(desk: Client, draft: Referral) -> None:
    answer = desk.post(reverse("association-list", args=[draft.public_id]), {"other_given_names": "Olly"})
    assert answer.status_code == 422
    assert "Enter their last name, or the incident number" in answer.content.decode()
    assert 'value="Olly"' in answer.content.decode()


def test_a_note_of_another_case_is_not_found(desk: Client, draft: Referral) -> None:
    elsewhere = make_referral("draft", scheme=make_scheme())
    note = NonAssociation.objects.create(participant=elsewhere.participant, incident="I/1", made_at=clock.now())
    assert desk.post(reverse("association-end", args=[draft.public_id, note.public_id])).status_code == 404
    assert NonAssociation.objects.live().count() == 1
