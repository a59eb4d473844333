"""The way in with a letter: one generic answer, equal work, slowed guesses, nobody locked out."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from diversion.core import clock
from diversion.core.references import new_reference, spoken
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Offer
from tests.factories import make_offer, make_participant, make_referral, make_requirement
from tests.factories.referrals import PIN
from tests.integration.referrals.typed import split

pytestmark = pytest.mark.django_db
BORN = date(1990, 5, 17)


@pytest.fixture
def offer(agency: object) -> Offer:
    referral = make_referral(ReferralState.OFFERED, participant=make_participant(with_account=False))
    make_requirement(referral, "pending")
    return make_offer(referral, letter_pin=PIN)


def typed(reference: str, pin: str = PIN, born: date = BORN) -> dict[str, Any]:
    return {"reference": reference, "pin": pin, **split("date_of_birth", born)}


def body(answer: Any) -> str:
    """The page without what differs for everybody: the token, and what was typed."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return re.sub(r'value="[^"]*"', "", page)


def test_the_right_three_open_the_offer_and_erase_the_pin(client: Client, offer: Offer) -> None:
    before = client.session.session_key
    answer = client.post("/", typed(spoken(offer.referral.reference).lower().replace("-", " ")))
    assert (answer.status_code, answer["Location"]) == (303, "/offer/contact/")
    offer.refresh_from_db()
    assert offer.opened_at is not None
    assert offer.letter_pin == ""
    assert client.session["offer"] == offer.public_id
    assert client.session.session_key != before


def test_every_wrong_answer_has_the_same_body(offer: Offer) -> None:
    reference = offer.referral.reference
    answers = [
        Client().post("/", typed(reference, pin="000000")),
        Client().post("/", typed(reference, born=date(1990, 5, 18))),
        Client().post("/", typed(reference, pin="000000", born=date(1990, 5, 18))),
        Client().post("/", typed(new_reference())),
        Client().post("/", typed("hello")),
    ]
    assert {each.status_code for each in answers} == {422}
    assert len({body(each) for each in answers}) == 1
    assert "do not match a letter we sent" in answers[0].content.decode()


def test_the_same_work_is_done_whether_or_not_the_reference_exists(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    verify = MD5PasswordHasher.verify
    monkeypatch.setattr(MD5PasswordHasher, "verify", lambda self, *given: verified.append("") or verify(self, *given))
    Client().post("/", typed(offer.referral.reference, pin="000000"))
    known = len(verified)
    Client().post("/", typed(new_reference(), pin="000000"))
    assert known == len(verified) - known == 1


def test_guesses_are_slowed_alike_and_the_right_person_gets_in_after_the_wait(offer: Offer) -> None:
    real, made_up = offer.referral.reference, new_reference()
    with time_machine.travel(clock.now(), tick=False) as now:
        pages = {}
        for reference in (real, made_up):
            for _ in range(5):
                Client().post("/", typed(reference, pin="000000"))
            pages[reference] = Client().post("/", typed(reference))  # right for the real one, but the pause is running
        assert {each.status_code for each in pages.values()} == {422}
        assert body(pages[real]) == body(pages[made_up])
        assert "Wait 1 minute, then try again" in pages[real].content.decode()
        for _ in range(50):
            Client().post("/", typed(real, pin="000000"))
        now.shift(timedelta(seconds=61))
        assert Client().post("/", typed(real)).status_code == 303


def test_a_pin_guessed_five_times_is_slowed(offer: Offer) -> None:
    """Five tries are free; from then on nobody gets an answer for a minute, not even to the right PIN."""
    reference = offer.referral.reference
    with time_machine.travel(clock.now(), tick=False):
        for guess in range(5):
            page = Client().post("/", typed(reference, pin=f"00000{guess}")).content.decode()
            assert "do not match" in page
        for pin in ("000005", PIN):
            page = Client().post("/", typed(reference, pin=pin))
            assert (page.status_code, "Wait 1 minute" in page.content.decode()) == (422, True)
    offer.refresh_from_db()
    assert offer.opened_at is None


def test_guessing_a_pin_never_locks_the_real_person_out(offer: Offer) -> None:
    """Somebody guesses all day from everywhere; the person with the letter waits five minutes at most."""
    reference = offer.referral.reference
    with time_machine.travel(clock.now(), tick=False) as now:
        for guess in range(100):
            Client(REMOTE_ADDR=f"192.0.2.{guess}").post("/", typed(reference, pin="000000"))
            now.shift(timedelta(minutes=1))
        now.shift(timedelta(minutes=5))
        assert Client(REMOTE_ADDR="198.51.100.1").post("/", typed(reference)).status_code == 303
        assert Client(REMOTE_ADDR="198.51.100.1").post("/", typed(reference)).status_code == 303  # and starts afresh


def test_the_pause_grows_but_never_beyond_five_minutes(offer: Offer) -> None:
    reference = offer.referral.reference
    with time_machine.travel(clock.now(), tick=False) as now:
        for _ in range(20):
            Client(REMOTE_ADDR="192.0.2.1").post("/", typed(reference, pin="000000"))
            now.shift(timedelta(minutes=5, seconds=1))
        Client(REMOTE_ADDR="192.0.2.2").post("/", typed(reference, pin="000000"))
        page = Client(REMOTE_ADDR="192.0.2.3").post("/", typed(reference)).content.decode()
        assert "Wait 5 minutes" in page


def test_an_address_that_tries_many_references_is_slowed_but_others_are_not(offer: Offer) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for _ in range(20):
            Client(REMOTE_ADDR="192.0.2.1").post("/", typed(new_reference()))
        assert Client(REMOTE_ADDR="192.0.2.1").post("/", typed(offer.referral.reference)).status_code == 422
        assert Client(REMOTE_ADDR="192.0.2.2").post("/", typed(offer.referral.reference)).status_code == 303


def test_the_pin_of_an_older_letter_no_longer_opens(offer: Offer) -> None:
    offer.ended_at = clock.now()
    offer.save()
    make_offer(offer.referral, number=2, pin_hash="md5$x$x", letter_pin="")
    assert "do not match" in Client().post("/", typed(offer.referral.reference)).content.decode()


@pytest.mark.parametrize("state", [ReferralState.EXPIRED, ReferralState.WITHDRAWN])
def test_an_ended_offer_is_told_only_to_who_knows_all_three(state: str) -> None:
    referral = make_referral(state, participant=make_participant(with_account=False))
    make_offer(referral, ended_at=clock.now())
    assert "This offer has ended" in Client().post("/", typed(referral.reference)).content.decode()
    assert "This offer has ended" not in Client().post("/", typed(referral.reference, pin="000000")).content.decode()


def test_missing_and_impossible_entries_are_said_beside_their_fields(client: Client, db: None) -> None:
    page = client.post("/", {"reference": "", "pin": "", "date_of_birth_day": "31"}).content.decode()
    for words in ("Enter the reference from your letter", "Enter the PIN from your letter", "must include a month"):
        assert page.count(words) == 2


def test_the_start_page_leads_everybody_somewhere(client: Client, db: None) -> None:
    page = client.get("/").content.decode()
    assert "/my/sign-in/" in page
    assert "/account/login/" in page
