"""The day's letters: each printed once, posted with proof, and shown only to those who may see every one of them."""

import io
from datetime import timedelta
from typing import Any

import pdfplumber
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.accounts.models import Organisation, User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.references import spoken
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Letter, Offer, PostBatch, Scheme
from diversion.referrals.offer_text import offer_text
from diversion.referrals.services.answers import answer_offer
from diversion.referrals.services.letters import MOST_IN_A_BATCH, NothingToPrint, make_batch
from diversion.referrals.services.offers import expire_offer, reissue_offer
from diversion.referrals.services.opening import open_offer
from tests.factories import (
    make_agency,
    make_offer,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
)
from tests.factories.referrals import PIN
from tests.integration.referrals.browsers import sign_in
from tests.integration.referrals.typed import split

pytestmark = pytest.mark.django_db
BY = Actor.system("tests")


def waiting(scheme: Scheme, officer: User, *, referral: dict[str, Any] | None = None, **person: Any) -> Offer:
    """An offer whose letter waits to be printed."""
    known = {"address": "1 High Street\nManchester", "postcode": "M1 1AA", **person}
    who = make_participant(scheme.agency, **known)
    case = make_referral(ReferralState.OFFERED, scheme=scheme, officer=officer, participant=who, **(referral or {}))
    make_requirement(case, "pending")
    return make_offer(case, letter_pin=PIN)


@pytest.fixture
def hub(agency: Organisation) -> User:
    return make_user(Role.HUB, agency)


@pytest.fixture
def counter(hub: User) -> Client:
    """The hub's browser."""
    return sign_in(Client(), hub)


def press(desk: Client) -> Any:
    return desk.post(reverse("batch-create"))


def record(desk: Client, batch: PostBatch, **typed: Any) -> Any:
    sent = {**split("posted_on", clock.today()), "proof": "CP 77", **typed}
    return desk.post(reverse("posting-record", args=[batch.public_id]), sent)


def words_of(desk: Client, batch: PostBatch) -> list[str]:
    """The pages of the batch's file that have words."""
    answer = desk.get(reverse("batch-download", args=[batch.public_id]))
    assert answer["Content-Disposition"] == 'attachment; filename="letters.pdf"'
    with pdfplumber.open(io.BytesIO(answer.content)) as document:
        assert len(document.pages) % 2 == 0 or len(document.pages) == 1
        return [page.extract_text() for page in document.pages if page.chars]


def test_a_batch_prints_each_letter_once_whoever_presses(
    scheme: Scheme, officer: User, desk: Client, counter: Client
) -> None:
    offers = [waiting(scheme, officer) for _ in range(3)]
    assert press(desk).status_code == 303
    batch = PostBatch.objects.get()
    assert set(batch.letters.values_list("subject_id", flat=True)) == {offer.pk for offer in offers}
    late = waiting(scheme, officer)
    assert press(counter).status_code == 303
    assert PostBatch.objects.exclude(pk=batch.pk).get().letters.get().subject_id == late.pk
    page = desk.post(reverse("batch-create"), follow=True).content.decode()
    assert "There is nothing to print now" in page
    assert PostBatch.objects.count() == 2
    assert len(words_of(desk, batch)) == 3
    assert len(words_of(counter, batch)) == 3  # a jammed batch is printed again, until posting is recorded


def test_proof_of_posting_is_kept_on_every_letter(scheme: Scheme, officer: User, desk: Client, hub: User) -> None:
    offers = [waiting(scheme, officer) for _ in range(3)]
    batch = make_batch(user=hub, by=BY, at=clock.now())
    assert [record(desk, batch).status_code for _ in range(2)] == [303, 303]
    day = f"{clock.today():%A %-d %B %Y}"
    assert set(Letter.objects.values_list("batch", "posted_on")) == {(batch.pk, clock.today())}
    assert [offer.letter_pin for offer in Offer.objects.all()] == [""] * 3
    events = AuditEvent.objects.filter(action="offer.posted")
    assert {event.case_id for event in events} == {offer.referral_id for offer in offers}
    assert [event.data for event in events] == [{"on": clock.today().isoformat(), "proof": "CP 77"}] * 3
    for offer in offers:
        page = desk.get(reverse("letter-show", args=[offer.referral.public_id])).content.decode()
        assert f"Posted on {day}. Proof: CP 77." in page
    assert f"Posted on {day}. Proof: CP 77." in desk.get(reverse("batch-show", args=[batch.public_id])).content.decode()
    assert desk.get(reverse("batch-download", args=[batch.public_id])).status_code == 404
    again = record(desk, batch, proof="CP 78")
    assert (again.status_code, "already been recorded" in again.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"proof": " "}, "Enter proof of posting"),
        (split("posted_on", clock.today() + timedelta(days=1)), "cannot be in the future"),
        (split("posted_on", clock.today() - timedelta(days=1)), "cannot be before the letters were made"),
    ],
)
def test_posting_is_recorded_exactly(
    scheme: Scheme, officer: User, desk: Client, typed: dict[str, Any], words: str
) -> None:
    offer = waiting(scheme, officer)
    batch = make_batch(user=officer, by=BY, at=clock.now())
    answer = record(desk, batch, **typed)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    offer.refresh_from_db()
    assert (offer.letter_pin, Letter.objects.get().posted_on) == (PIN, None)


@pytest.mark.parametrize("person", [{"address": "", "postcode": ""}, {"safe_contact": {"post": False}}])
def test_who_cannot_be_written_to_is_handed_the_letter(
    scheme: Scheme, officer: User, desk: Client, person: dict[str, Any]
) -> None:
    offer = waiting(scheme, officer, **person)
    name = offer.referral.participant.full_name
    assert name not in desk.get(reverse("letter-list")).content.decode()
    page = desk.get(reverse("letter-carry")).content.decode()
    assert name in page
    assert reverse("letter-posted", args=[offer.referral.public_id]) in page
    with pytest.raises(NothingToPrint), transaction.atomic():
        make_batch(user=officer, by=BY, at=clock.now())
    assert "Hand this letter over" in desk.get(reverse("letter-show", args=[offer.referral.public_id])).content.decode()


def test_an_address_that_is_no_longer_safe_is_not_printed_from_its_batch(
    scheme: Scheme, officer: User, desk: Client
) -> None:
    safe, unsafe = waiting(scheme, officer), waiting(scheme, officer, given_names="Unsafe")
    batch = make_batch(user=officer, by=BY, at=clock.now())
    assert len(words_of(desk, batch)) == 2
    person = unsafe.referral.participant
    person.safe_contact = {"post": False}
    person.save()
    (only,) = words_of(desk, batch)
    assert spoken(safe.referral.reference) in only
    assert "Post is not safe" in desk.get(reverse("batch-show", args=[batch.public_id])).content.decode()
    letter = Letter.objects.get(subject_id=unsafe.pk)
    taken = reverse("letter-take-out", args=[letter.public_id])
    assert desk.get(taken).status_code == 200
    assert [desk.post(taken).status_code for _ in range(2)] == [303, 303]
    letter.refresh_from_db()
    assert (letter.batch, letter.waits) == (None, True)
    assert "Unsafe" in desk.get(reverse("letter-carry")).content.decode()
    record(desk, batch)
    letter.refresh_from_db()
    unsafe.refresh_from_db()
    assert (letter.posted_on, unsafe.letter_pin) == (None, PIN)


def test_a_letter_of_a_posted_batch_is_not_taken_out(scheme: Scheme, officer: User, desk: Client) -> None:
    waiting(scheme, officer)
    batch = make_batch(user=officer, by=BY, at=clock.now())
    record(desk, batch)
    letter = Letter.objects.get()
    assert desk.post(reverse("letter-take-out", args=[letter.public_id])).status_code == 422
    letter.refresh_from_db()
    assert letter.batch == batch


def test_a_batch_is_no_larger_than_one_printing(scheme: Scheme, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_IN_A_BATCH == 200
    monkeypatch.setattr("diversion.referrals.services.letters.MOST_IN_A_BATCH", 2)
    offers = [waiting(scheme, officer) for _ in range(3)]
    for age, offer in enumerate(offers):
        Letter.objects.filter(subject_id=offer.pk).update(made_at=clock.now() - timedelta(hours=age))
    first = make_batch(user=officer, by=BY, at=clock.now())
    assert set(first.letters.values_list("subject_id", flat=True)) == {offers[1].pk, offers[2].pk}


def opened(offer: Offer) -> None:
    person = offer.referral.participant
    open_offer(
        reference=offer.referral.reference, pin=PIN, date_of_birth=person.date_of_birth, address="", by=BY, at=clock.now()
    )


def issued_again(offer: Offer) -> None:
    reissue_offer(referral=offer.referral, replacing=1, by=BY, at=clock.now())


def expired(offer: Offer) -> None:
    assert expire_offer(offer=offer, by=BY, at=clock.end_of(offer.expires_on))


def answered(offer: Offer) -> None:
    text = offer_text(offer=offer, answer="declined", language="en-gb")
    answer_offer(offer=offer, answer="declined", text_sha256=text.sha256, language="en-gb", by=BY, at=clock.now())


@pytest.mark.parametrize("ended", [opened, issued_again, expired, answered])
def test_a_letter_that_is_no_longer_needed_is_not_printed(scheme: Scheme, officer: User, desk: Client, ended: Any) -> None:
    offer = waiting(scheme, officer)
    letter = Letter.objects.get(subject_id=offer.pk)
    assert list(Letter.objects.to_print()) == [letter]
    ended(offer)
    letter.refresh_from_db()
    offer.refresh_from_db()
    assert (letter.waits, offer.letter_pin) == (False, "")
    assert letter not in Letter.objects.to_print()
    assert "no longer needed" in desk.get(reverse("letter-show", args=[offer.referral.public_id])).content.decode()


@pytest.mark.parametrize("ended", [opened, issued_again, expired])
def test_a_printed_letter_keeps_its_batch_and_can_be_taken_out(
    scheme: Scheme, officer: User, desk: Client, ended: Any
) -> None:
    offer = waiting(scheme, officer)
    batch = make_batch(user=officer, by=BY, at=clock.now())
    ended(offer)
    letter = Letter.objects.get(subject_id=offer.pk)
    assert (letter.batch, letter.dropped_at) == (batch, None)
    assert desk.get(reverse("batch-download", args=[batch.public_id])).status_code == 404
    assert desk.post(reverse("letter-take-out", args=[letter.public_id])).status_code == 303
    letter.refresh_from_db()
    assert (letter.batch, letter.waits) == (None, False)


def test_the_letters_of_another_agency_and_of_a_restricted_case_stay_out(
    scheme: Scheme, officer: User, agency: Organisation, counter: Client, desk: Client
) -> None:
    waiting(scheme, officer, given_names="Ours")
    hidden = waiting(scheme, officer, referral={"restricted": True}, given_names="Hidden")
    elsewhere = make_scheme(make_agency())
    waiting(elsewhere, make_user(Role.CASE_OFFICER, elsewhere.agency), given_names="Foreign")
    page = counter.get(reverse("letter-list")).content.decode()
    assert [name in page for name in ("Ours", "Hidden", "Foreign")] == [True, False, False]
    press(counter)
    assert PostBatch.objects.get().letters.count() == 1
    press(desk)
    batch = PostBatch.objects.exclude(letters__referral__restricted=False).get()
    assert batch.letters.get().subject_id == hidden.pk
    for name in ("batch-show", "batch-download", "posting-record"):
        assert counter.get(reverse(name, args=[batch.public_id])).status_code == 404
        assert desk.get(reverse(name, args=[batch.public_id])).status_code == 200
    assert record(counter, batch).status_code == 404
    assert batch.public_id in desk.get(reverse("batch-list")).content.decode()
    assert batch.public_id not in counter.get(reverse("batch-list")).content.decode()


def test_who_reads_a_batch_is_recorded_with_everybody_in_it(scheme: Scheme, officer: User, desk: Client) -> None:
    people = {waiting(scheme, officer).referral.participant_id for _ in range(3)}
    batch = make_batch(user=officer, by=BY, at=clock.now())
    desk.get(reverse("batch-download", args=[batch.public_id]))
    assert set(AccessEvent.objects.get(kind="pdf").participants) == people


def test_nothing_in_a_batch_tells_what_it_is_about(scheme: Scheme, officer: User, desk: Client) -> None:
    waiting(scheme, officer, language="cy")
    waiting(scheme, officer)
    batch = make_batch(user=officer, by=BY, at=clock.now())
    said = " ".join(words_of(desk, batch)).lower()
    assert not [word for word in ("offence", "disposal", "caution", "course", "programme", "crime") if word in said]
