"""A contact proved by a code, the account that follows, and the way back in."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.references import new_reference
from diversion.notifications.models import OutboxMessage
from diversion.notifications.services.pump import pump
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import ContactClaim, Offer
from diversion.referrals.tasks import forget_old_claims
from tests.factories import make_offer, make_participant, make_referral, make_requirement
from tests.factories.referrals import PIN
from tests.integration.referrals.test_opening import BORN, body, typed
from tests.integration.referrals.typed import split

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(agency: object) -> Offer:
    person = make_participant(with_account=False, email="", email_confirmed_at=None)
    referral = make_referral(ReferralState.OFFERED, participant=person)
    make_requirement(referral, "pending")
    return make_offer(referral, letter_pin=PIN)


def sent() -> list[str]:
    """Every message handed over so far."""
    pump(at=clock.now())
    folder = Path(settings.MESSAGE_FOLDER)
    return [each.read_text() for each in sorted(folder.glob("*.txt"), key=lambda each: each.stat().st_mtime_ns)]


def newest_code() -> str:
    found = re.search(r"\b\d{6}\b", sent()[-1].split("\n\n", 1)[1])
    assert found
    return found.group()


def come_in(client: Client, offer: Offer, **contact: str) -> Any:
    client.post("/", typed(offer.referral.reference))
    client.post("/offer/contact/", contact or {"email": "Sam@Example.org"})
    return client.post("/offer/code/", {"code": newest_code()})


def ask(client: Client, reference: str, born: Any = BORN) -> Any:
    return client.post("/my/sign-in/", {"reference": reference, **split("date_of_birth", born)})


@pytest.mark.parametrize(
    ("contact", "to"),
    [({"email": "Sam@Example.org"}, "sam@example.org"), ({"mobile": "07700 900123"}, "+447700900123")],
)
def test_a_code_proves_the_contact_and_makes_the_account_once(client: Client, offer: Offer, contact: dict, to: str) -> None:
    answer = come_in(client, offer, **contact)
    assert (answer.status_code, answer["Location"]) == (303, "/my/offer/")
    person = offer.referral.participant
    person.refresh_from_db()
    assert to in (person.email, person.mobile)
    assert person.user.role == Role.PARTICIPANT
    assert person.user.organisation_id == person.agency_id
    assert (person.user.email, person.user.has_usable_password()) == (None, False)
    assert client.get("/my/offer/").status_code == 200
    assert f"To: {to}" in sent()[0]


def test_the_message_is_neutral_and_the_code_lies_nowhere_plain(client: Client, offer: Offer) -> None:
    client.post("/", typed(offer.referral.reference))
    client.post("/offer/contact/", {"email": "sam@example.org"})
    claim, message = ContactClaim.objects.get(), OutboxMessage.objects.get()
    code = claim.code
    with connection.cursor() as cursor:
        for table in ("notifications_outboxmessage", "referrals_contactclaim", "accounts_onetimecode", "audit_auditevent"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            rows = " ".join(row[0] for row in cursor.fetchall())
            assert f'"{code}"' not in rows
            assert "sam@example.org" not in rows
    assert message.stale_at == claim.expires_at
    assert not re.search("offer|course|police|offence", sent()[0].lower().replace("sam@example.org", ""))


def test_a_code_is_of_no_use_in_another_browser_or_twice(client: Client, offer: Offer) -> None:
    come_in(client, offer)
    code = newest_code()
    other = Client()
    other.post("/", typed(offer.referral.reference))
    assert other.post("/offer/code/", {"code": code})["Location"] == "/offer/contact/"
    assert client.post("/offer/code/", {"code": code}).status_code == 422


def test_wrong_codes_are_said_beside_the_field_and_five_are_enough(client: Client, offer: Offer) -> None:
    client.post("/", typed(offer.referral.reference))
    client.post("/offer/contact/", {"email": "sam@example.org"})
    code = newest_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        answer = client.post("/offer/code/", {"code": wrong})
        assert answer.status_code == 422
        assert answer.content.decode().count("not the code we sent") == 2
    assert "can no longer be used" in client.post("/offer/code/", {"code": code}).content.decode()
    assert not User.objects.filter(participant=offer.referral.participant).exists()


def test_without_an_opened_letter_there_is_nothing_to_do(client: Client, db: None) -> None:
    assert client.get("/offer/contact/")["Location"] == "/"
    assert client.post("/offer/code/", {"code": "123456"})["Location"] == "/offer/contact/"


def test_neither_contact_is_refused_in_a_sentence(client: Client, offer: Offer) -> None:
    client.post("/", typed(offer.referral.reference))
    answer = client.post("/offer/contact/", {"email": "", "mobile": ""})
    assert answer.status_code == 422
    assert "Enter an email address or a mobile number." in answer.content.decode()


def test_a_used_letter_leads_to_signing_in_and_takes_no_second_contact(client: Client, offer: Offer) -> None:
    come_in(client, offer)
    finder = Client()
    assert finder.post("/", typed(offer.referral.reference))["Location"] == "/my/sign-in/"
    answer = finder.post("/offer/contact/", {"email": "finder@example.org"})
    assert answer.status_code == 422
    assert "You have been here before" in answer.content.decode()
    assert not ContactClaim.objects.filter(confirmed_at=None).exists()


def test_a_letter_issued_later_opens_the_way_for_a_new_contact(client: Client, offer: Offer) -> None:
    come_in(client, offer)
    offer.ended_at = clock.now()
    offer.save()
    again = make_offer(offer.referral, number=2, issued_at=clock.now())
    answer = come_in(Client(), again, mobile="07700900456")
    assert answer["Location"] == "/my/offer/"
    person = offer.referral.participant
    person.refresh_from_db()
    assert person.mobile == "+447700900456"
    assert User.objects.filter(participant=person).count() == 1


def test_coming_back_takes_reference_birth_and_a_code(client: Client, offer: Offer) -> None:
    come_in(client, offer)
    back = Client()
    assert ask(back, offer.referral.reference)["Location"] == "/my/sign-in/code/"
    answer = back.post("/my/sign-in/code/", {"code": newest_code()})
    assert (answer.status_code, answer["Location"]) == (303, "/my/")
    assert not ContactClaim.objects.filter(code__isnull=False).exists()


def test_coming_back_looks_the_same_whoever_is_known(client: Client, offer: Offer) -> None:
    come_in(client, offer)
    before = len(sent())
    tries = [
        (offer.referral.reference, BORN),
        (offer.referral.reference, BORN + timedelta(days=1)),
        (new_reference(), BORN),
    ]
    seen = set()
    for reference, born in tries:
        browser = Client()
        answer = ask(browser, reference, born)
        page = browser.get(answer["Location"])
        wrong = browser.post("/my/sign-in/code/", {"code": "abc"})
        seen.add((answer.status_code, answer["Location"], body(page), wrong.status_code, body(wrong)))
    assert len(seen) == 1
    assert len(sent()) == before + 1


def test_asking_to_sign_in_is_slowed_alike(client: Client, offer: Offer) -> None:
    come_in(client, offer)
    with time_machine.travel(clock.now(), tick=False):
        pages = set()
        for reference in (offer.referral.reference, new_reference()):
            answers = [ask(Client(), reference) for _ in range(6)]
            assert [each.status_code for each in answers] == [303] * 5 + [422]
            pages.add(body(answers[-1]))
        assert len(pages) == 1


def test_run_out_claims_are_forgotten(client: Client, offer: Offer) -> None:
    client.post("/", typed(offer.referral.reference))
    client.post("/offer/contact/", {"email": "sam@example.org"})
    forget_old_claims(clock.now() + timedelta(minutes=9))
    assert ContactClaim.objects.count() == 1
    forget_old_claims(clock.now() + timedelta(minutes=11))
    assert not ContactClaim.objects.exists()
