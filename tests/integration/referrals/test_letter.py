"""The letter: tagged, neutral, the same words on screen, and its PIN kept no longer than needed."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pdfplumber
import pikepdf
import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse

from diversion.accounts.models import User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.references import spoken
from diversion.referrals.enums import ReferralState
from diversion.referrals.letters import LetterWords, address_lines, letter_for, letters_pdf
from diversion.referrals.models import Letter, Offer, Scheme
from tests.factories import make_offer, make_participant, make_referral, make_requirement
from tests.factories.referrals import PIN
from tests.integration.referrals.typed import split

pytestmark = pytest.mark.django_db
TELLING = ("offence", "offender", "disposal", "caution", "course", "programme", "crime", "court", "compliance")


@pytest.fixture
def offer(scheme: Scheme, officer: User) -> Offer:
    person = make_participant(scheme.agency, given_names="Ann #[x]", address="1 High Street\nManchester", postcode="M1 1AA")
    referral = make_referral(ReferralState.OFFERED, scheme=scheme, officer=officer, participant=person)
    make_requirement(referral, "pending")
    return make_offer(referral, letter_pin=PIN)


def words_of(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return " ".join("\n".join(page.extract_text() for page in document.pages).split())


@pytest.mark.parametrize(("language", "lang"), [("en-gb", "en"), ("cy", "cy")])
def test_the_pdf_is_tagged_and_says_what_it_is_to_a_screen_reader(offer: Offer, language: str, lang: str) -> None:
    offer.referral.participant.language = language
    with pikepdf.open(io.BytesIO(letters_pdf([letter_for(offer)]))) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith(lang)
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"]
            assert not any(word in str(meta["dc:title"]).lower() for word in TELLING)


def test_a_name_in_a_script_the_built_in_fonts_lack_still_gets_its_letter(offer: Offer) -> None:
    offer.referral.participant.given_names = "王小明"
    assert letters_pdf([letter_for(offer)]).startswith(b"%PDF")


def test_pdf_and_screen_carry_the_same_words(desk: Client, offer: Offer) -> None:
    letter = letter_for(offer)
    pdf = words_of(letters_pdf([letter]))
    page = desk.get(reverse("letter-show", args=[offer.referral.public_id])).content.decode()
    sentences = [letter.greeting, *letter.opening, *letter.steps, *letter.after, letter.closing, letter.sender]
    for words in [*sentences, *letter.address, *(value for _name, value in letter.facts)]:
        assert " ".join(words.split()) in pdf
        assert words in page
    assert spoken(offer.referral.reference) in pdf
    assert PIN in pdf
    assert "Ann #[x]" in pdf  # words are data, never markup


def test_nothing_in_the_letter_tells_what_it_is_about(offer: Offer) -> None:
    said = words_of(letters_pdf([letter_for(offer)])).lower()
    assert not [word for word in TELLING if word in said]
    assert offer.referral.scheme.programme.name.lower() not in said


def window(pdf: bytes, number: int = 0) -> list[str]:
    """What shows through the window of a DL envelope, with 5 mm on each side for a sheet that slides; and that it starts well."""
    mm = 72 / 25.4
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        page = document.pages[number]
        lines = page.crop((10 * mm, 40 * mm, 120 * mm, 90 * mm)).extract_text_lines()
    assert {round(line["x0"] / mm) for line in lines} == {23}
    assert 45 <= lines[0]["top"] / mm <= 50
    assert lines[-1]["bottom"] / mm <= 80
    return [line["text"] for line in lines]


LONG = "Flat 3\nTŷ Mawr\nLong House Road\n\nLlan\nYnys\nGwynedd\nWales"


@pytest.mark.parametrize("language", ["en-gb", "cy"])
@pytest.mark.parametrize("address", ["1 High Street\nManchester", LONG])
def test_the_address_alone_stands_in_the_window(offer: Offer, language: str, address: str) -> None:
    person = offer.referral.participant
    person.address, person.language = address, language
    shown = window(letters_pdf([letter_for(offer)]))
    assert shown == [person.full_name, *address_lines(address, person.postcode)]
    assert len(shown) <= 7
    assert all(line in ", ".join(shown) for line in address.splitlines() if line)


def a_batch(offer: Offer) -> list[LetterWords]:
    """English, Welsh, English, to three people."""
    letters = []
    for name, language in [("Ann", "en-gb"), ("Gwen", "cy"), ("Beth", "en-gb")]:
        offer.referral.participant.given_names, offer.referral.participant.language = name, language
        letters.append(letter_for(offer))
    return letters


def test_each_letter_of_a_file_begins_on_a_right_hand_page_and_its_address_in_the_window(offer: Offer) -> None:
    pdf = letters_pdf(a_batch(offer))
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        assert [bool(page.chars) for page in document.pages] == [True, False] * 3
    assert [window(pdf, number)[0].split()[0] for number in (0, 2, 4)] == ["Ann", "Gwen", "Beth"]


def test_a_letter_too_long_for_one_sheet_ends_before_the_next_begins_on_the_right(offer: Offer) -> None:
    first, welsh, _last = a_batch(offer)
    long = replace(first, after=[first.after[0]] * 40)
    with pdfplumber.open(io.BytesIO(letters_pdf([long, welsh]))) as document:
        assert [bool(page.chars) for page in document.pages] == [True, True, True, False]


def test_a_welsh_letter_in_an_english_file_is_marked_as_welsh(offer: Offer) -> None:
    with pikepdf.open(io.BytesIO(letters_pdf(a_batch(offer)))) as pdf:
        titles = [each for each in pdf.Root.StructTreeRoot.K[0].K if each.get("/S") == "/H1"]
        assert [str(each.get("/Lang", pdf.Root.Lang)) for each in titles] == ["en", "cy", "en"]
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as meta:
            assert (meta["pdfuaid:part"], str(meta["dc:title"])) == ("1", "Letters")


def test_a_file_of_no_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="no letter"):
        letters_pdf([])


def test_the_download_has_a_neutral_name_and_is_recorded(desk: Client, offer: Offer) -> None:
    answer = desk.get(reverse("letter-download", args=[offer.referral.public_id]))
    assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert AccessEvent.objects.get(kind="pdf").participants == [offer.referral.participant_id]


def leave(desk: Client, offer: Offer, **typed: Any) -> Any:
    today = split("posted_on", clock.today())
    url = reverse("letter-posted", args=[offer.referral.public_id])
    return desk.post(url, {"way": "posted", "proof": "CP 12", **today, **typed})


def test_a_letter_posted_alone_keeps_its_proof_and_erases_the_pin(desk: Client, offer: Offer, officer: User) -> None:
    assert [leave(desk, offer).status_code for _ in range(2)] == [303, 303]
    offer.refresh_from_db()
    letter = Letter.objects.get()
    assert (offer.letter_pin, letter.posted_on, letter.proof, letter.sent_by) == ("", clock.today(), "CP 12", officer)
    event = AuditEvent.objects.get(action="offer.posted")
    assert (event.case_id, event.data) == (offer.referral_id, {"on": clock.today().isoformat(), "proof": "CP 12"})
    page = desk.get(reverse("letter-show", args=[offer.referral.public_id])).content.decode()
    assert PIN not in page
    assert "no longer kept" in page
    assert f"Posted on {clock.today():%A %-d %B %Y}. Proof: CP 12." in page
    assert desk.get(reverse("letter-download", args=[offer.referral.public_id])).status_code == 404
    assert leave(desk, offer, proof="CP 13").status_code == 422


def test_a_letter_handed_over_says_who_and_when(desk: Client, offer: Offer, officer: User) -> None:
    assert leave(desk, offer, way="handed-over", proof="").status_code == 303
    page = desk.get(reverse("letter-show", args=[offer.referral.public_id])).content.decode()
    assert f"Handed over on {clock.today():%A %-d %B %Y} by {officer.name}." in page
    assert AuditEvent.objects.filter(action="offer.handed-over", case_id=offer.referral_id).count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"proof": ""}, "Enter the number of the certificate of posting"),
        (split("posted_on", clock.today() + timedelta(days=1)), "cannot be in the future"),
        (split("posted_on", clock.today() - timedelta(days=3)), "cannot be before the letters were made"),
        ({"way": "pigeon"}, "Select a valid choice"),
    ],
)
def test_how_a_letter_left_is_asked_exactly(desk: Client, offer: Offer, typed: dict[str, Any], words: str) -> None:
    answer = leave(desk, offer, **typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Letter.objects.get().posted_on is None


def test_issuing_again_is_asked_first_because_it_hurts(desk: Client, offer: Offer) -> None:
    url = reverse("letter-reissue", args=[offer.referral.public_id])
    assert url in desk.get(reverse("letter-show", args=[offer.referral.public_id])).content.decode()
    page = desk.get(url)
    assert (page.status_code, "The old PIN stops working at once" in page.content.decode()) == (200, True)
    assert Offer.objects.count() == 1


def test_issuing_again_makes_a_new_pin_and_ends_the_old_once(desk: Client, offer: Offer) -> None:
    url = reverse("letter-reissue", args=[offer.referral.public_id])
    assert [desk.post(url, {"number": 1}).status_code for _ in range(2)] == [303, 303]
    offer.refresh_from_db()
    new = Offer.objects.get(referral=offer.referral, ended_at=None)
    assert (offer.letter_pin, new.number) == ("", 2)
    assert offer.ended_at is not None
    assert check_password(new.letter_pin, new.pin_hash)
    old, fresh = Letter.objects.get(subject_id=offer.pk), Letter.objects.get(subject_id=new.pk)
    assert (old.dropped_at is None, fresh.waits) == (False, True)
    assert desk.post(url, {"number": "x"}).status_code == 404


def test_an_answered_offer_is_not_issued_again(desk: Client, scheme: Scheme, officer: User) -> None:
    offer = make_offer(make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer))
    url = reverse("letter-reissue", args=[offer.referral.public_id])
    page = desk.post(url, {"number": 1}, follow=True).content.decode()
    assert "only while it waits for an answer" in page
    assert Offer.objects.count() == 1


def test_an_expired_offer_comes_back_when_issued_again(desk: Client, scheme: Scheme, officer: User) -> None:
    referral = make_referral(ReferralState.EXPIRED, scheme=scheme, officer=officer)
    make_requirement(referral, "pending")
    make_offer(referral, ended_at=referral.created_at)
    desk.post(reverse("letter-reissue", args=[referral.public_id]), {"number": 1})
    referral.refresh_from_db()
    assert (referral.state, referral.offers.filter(ended_at=None).count()) == (ReferralState.OFFERED, 1)
    assert Letter.objects.get(referral=referral).waits
