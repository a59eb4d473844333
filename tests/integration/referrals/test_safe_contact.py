"""An offer told by e-mail and text where the person said that it is safe: neutral words, and never the whole key at once."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.utils import translation

from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.clock import london
from diversion.core.references import spoken
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.notifications.services.pump import pump
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Letter, Offer, Scheme
from diversion.referrals.offer_text import offer_text
from diversion.referrals.services.answers import answer_offer
from diversion.referrals.services.letters import send_alone
from diversion.referrals.services.offers import expire_offer, issue_offer, reissue_offer
from diversion.referrals.services.opening import open_offer
from tests.factories import make_participant, make_referral

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")
MORNING = london(date(2026, 11, 12), 10)
BOTH, TEXT, EMAIL = {"email": True, "text": True}, {"email": False, "text": True}, {"email": True, "text": False}
TELLING = re.compile(
    r"offence|offender|police|court|caution|course|cwrs|programme|disposal|compliance|offer|heddlu|Anytown|Sam",
    re.IGNORECASE,
)
PARTS = [
    ("offer-reference", "subject"),
    ("offer-reference", "email"),
    ("offer-reference", "sms"),
    ("offer-pin", "subject"),
    ("offer-pin", "sms"),
]


@pytest.fixture(autouse=True)
def _on_a_morning() -> Any:
    with time_machine.travel(MORNING, tick=False):
        yield


def issued(scheme: Scheme, officer: User, said: dict[str, Any] | None, **person: Any) -> Offer:
    """The offer of somebody who gave both contacts, confirmed neither, and said this of them."""
    known = {"email_confirmed_at": None, "email": "sam@example.org", "mobile": "+447700900123", **person}
    who = make_participant(scheme.agency, safe_contact=said, with_account=False, **known)
    referral = make_referral(ReferralState.AUTHORISED, scheme=scheme, officer=officer, participant=who)
    return issue_offer(referral=referral, rules=scheme.versions.get(), by=BY, at=clock.now())


def told(offer: Offer) -> set[tuple[str, str]]:
    return set(OutboxMessage.objects.filter(subject_id=offer.pk).values_list("kind", "channel"))


def to_the_person(offer: Offer) -> Any:
    return OutboxMessage.objects.filter(subject_id=offer.pk, recipient_id=offer.referral.participant_id)


def sent(offer: Offer) -> dict[str, str]:
    """What reached each channel."""
    pump(at=clock.now())
    rows = to_the_person(offer).filter(state="sent")
    return {row.channel: words(row.kind, row.channel, offer) for row in rows}


def words(kind: str, part: str, offer: Offer) -> str:
    context = MESSAGES[kind].context(subject_id=offer.pk, recipient_id=offer.referral.participant_id, at=clock.now())
    assert context is not None
    return render_to_string(f"messages/{MESSAGES[kind].template}.{part}.txt", context).strip()


@pytest.mark.parametrize(
    ("said", "person", "expected"),
    [
        (None, {}, set()),
        ({}, {}, set()),
        ({"email": False, "text": False, "post": True}, {}, set()),
        (EMAIL, {}, {("offer-reference", "email")}),
        (TEXT, {}, {("offer-reference", "sms")}),
        (BOTH, {}, {("offer-reference", "email"), ("offer-pin", "sms")}),
        (BOTH, {"email": ""}, {("offer-reference", "sms")}),
        (BOTH, {"mobile": ""}, {("offer-reference", "email")}),
        (TEXT, {"mobile": ""}, set()),
    ],
)
def test_only_what_was_called_safe_is_used(
    scheme: Scheme, officer: User, said: dict[str, Any] | None, person: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    offer = issued(scheme, officer, said, **person)
    assert told(offer) == expected
    assert Letter.objects.get(subject_id=offer.pk).waits  # the letter is printed all the same
    assert offer.letter_pin


@pytest.mark.parametrize("said", [BOTH, TEXT, EMAIL])
def test_reference_and_pin_never_travel_together(scheme: Scheme, officer: User, said: dict[str, Any]) -> None:
    offer = issued(scheme, officer, said)
    reference, arrived = spoken(offer.referral.reference), sent(offer)
    assert arrived
    for text in arrived.values():
        assert (reference in text) != (offer.letter_pin in text)
    assert {channel for channel, text in arrived.items() if offer.letter_pin in text} == (
        {"sms"} if said == BOTH else set()
    )
    assert all(("A letter follows" in text) == (said != BOTH) for text in arrived.values() if reference in text)
    offer.refresh_from_db()
    assert offer.letter_pin  # a text that carried it erases nothing: the letter has still to be printed


def test_a_phone_that_was_sent_the_reference_is_never_sent_a_pin(scheme: Scheme, officer: User) -> None:
    offer = issued(scheme, officer, TEXT)
    assert set(sent(offer)) == {"sms"}
    person = offer.referral.participant
    person.safe_contact = BOTH
    person.save()
    again = reissue_offer(referral=offer.referral, replacing=1, by=BY, at=clock.now())
    assert told(again) == {("offer-reference", "email")}
    assert "A letter follows" in sent(again)["email"]


def test_it_goes_to_the_person_in_their_language_and_only_while_it_is_called_safe(scheme: Scheme, officer: User) -> None:
    offer = issued(scheme, officer, BOTH, language="cy")
    person = offer.referral.participant
    for kind, channel, to in [("offer-reference", "email", person.email), ("offer-pin", "sms", person.mobile)]:
        address = MESSAGES[kind].address(recipient_id=person.pk, channel=channel)
        assert address is not None
        assert (address.to, address.language) == (to, "cy")
    person.safe_contact = {"email": False, "text": False}
    person.save()
    assert sent(offer) == {}
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"dropped"}


@pytest.mark.parametrize(("kind", "part"), PARTS)
@pytest.mark.parametrize("language", ["en-gb", "cy"])
def test_what_is_told_of_an_offer_is_neutral(scheme: Scheme, officer: User, kind: str, part: str, language: str) -> None:
    offer = issued(scheme, officer, BOTH)
    with translation.override(language):
        text = words(kind, part, offer)
    assert text
    assert not TELLING.findall(text)
    assert "&" not in text
    assert part != "subject" or "\n" not in text


def opened(offer: Offer) -> None:
    person, reference, pin = offer.referral.participant, offer.referral.reference, offer.letter_pin
    open_offer(reference=reference, pin=pin, date_of_birth=person.date_of_birth, address="", by=BY, at=clock.now())


def issued_again(offer: Offer) -> None:
    reissue_offer(referral=offer.referral, replacing=1, by=BY, at=clock.now())


def expired(offer: Offer) -> None:
    expire_offer(offer=offer, by=BY, at=clock.end_of(offer.expires_on))


def declined(offer: Offer) -> None:
    text = offer_text(offer=offer, answer="declined", language="en-gb")
    answer_offer(offer=offer, answer="declined", text_sha256=text.sha256, language="en-gb", by=BY, at=clock.now())


@pytest.mark.parametrize("ended", [opened, issued_again, expired, declined])
def test_nothing_is_sent_of_an_offer_that_no_longer_waits(scheme: Scheme, officer: User, ended: Any) -> None:
    offer = issued(scheme, officer, BOTH)
    ended(offer)
    assert sent(offer) == {}
    assert set(to_the_person(offer).values_list("state", flat=True)) == {"dropped"}


def test_once_the_pin_is_erased_the_text_with_it_is_dropped(scheme: Scheme, officer: User) -> None:
    offer = issued(scheme, officer, BOTH)
    letter = Letter.objects.get(subject_id=offer.pk)
    send_alone(letter=letter, sent_on=clock.today(), proof="CP 1", user=officer, by=BY, at=clock.now())
    assert set(sent(offer)) == {"email"}


@pytest.mark.parametrize(
    ("at", "hours", "due"),
    [
        (MORNING, {}, MORNING),
        (london(date(2026, 11, 12), 21), {}, london(date(2026, 11, 13), 8)),
        (MORNING, {"from": "17:00", "until": "19:00"}, london(date(2026, 11, 12), 17)),
        (london(date(2026, 10, 24), 22), {"from": "09:00", "until": "15:00"}, london(date(2026, 10, 25), 9)),
        (london(date(2026, 3, 28), 22), {"from": "09:00", "until": "15:00"}, london(date(2026, 3, 29), 9)),
    ],
)
def test_messages_wait_for_the_morning_and_for_the_persons_own_hours(
    scheme: Scheme, officer: User, at: datetime, hours: dict[str, str], due: datetime
) -> None:
    with time_machine.travel(at, tick=False):
        offer = issued(scheme, officer, {**BOTH, **hours})
    assert set(OutboxMessage.objects.values_list("due_at", flat=True)) == {due}
    assert set(OutboxMessage.objects.values_list("stale_at", flat=True)) == {clock.end_of(offer.expires_on)}
    assert offer.expires_on - clock.day_of(at) <= timedelta(days=14)
