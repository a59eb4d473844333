"""The letter: tagged, neutral, the same words on screen, and its PIN kept no longer than needed."""

import io

import pdfplumber
import pikepdf
import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse

from diversion.accounts.models import User
from diversion.audit.models import AccessEvent
from diversion.core.references import spoken
from diversion.referrals.enums import ReferralState
from diversion.referrals.letters import letter_for, letter_pdf
from diversion.referrals.models import Offer, Scheme
from tests.factories import make_offer, make_participant, make_referral, make_requirement
from tests.factories.referrals import PIN

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
    with pikepdf.open(io.BytesIO(letter_pdf(letter_for(offer)))) as pdf:
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
    assert letter_pdf(letter_for(offer)).startswith(b"%PDF")


def test_pdf_and_screen_carry_the_same_words(desk: Client, offer: Offer) -> None:
    letter = letter_for(offer)
    pdf = words_of(letter_pdf(letter))
    page = desk.get(reverse("letter-show", args=[offer.referral.public_id])).content.decode()
    sentences = [letter.greeting, *letter.opening, *letter.steps, *letter.after, letter.closing, letter.sender]
    for words in [*sentences, *letter.address, *(value for _name, value in letter.facts)]:
        assert " ".join(words.split()) in pdf
        assert words in page
    assert spoken(offer.referral.reference) in pdf
    assert PIN in pdf
    assert "Ann #[x]" in pdf  # words are data, never markup


def test_nothing_in_the_letter_tells_what_it_is_about(offer: Offer) -> None:
    said = words_of(letter_pdf(letter_for(offer))).lower()
    assert not [word for word in TELLING if word in said]
    assert offer.referral.scheme.programme.name.lower() not in said


def test_the_download_has_a_neutral_name_and_is_recorded(desk: Client, offer: Offer) -> None:
    answer = desk.get(reverse("letter-download", args=[offer.referral.public_id]))
    assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert AccessEvent.objects.get(kind="pdf").participants == [offer.referral.participant_id]


def test_marking_as_posted_erases_the_pin(desk: Client, offer: Offer) -> None:
    case = offer.referral.public_id
    assert [desk.post(reverse("letter-posted", args=[case])).status_code for _ in range(2)] == [303, 303]
    offer.refresh_from_db()
    assert offer.letter_pin == ""
    page = desk.get(reverse("letter-show", args=[case])).content.decode()
    assert PIN not in page
    assert "no longer kept" in page
    assert desk.get(reverse("letter-download", args=[case])).status_code == 404


def test_issuing_again_makes_a_new_pin_and_ends_the_old_once(desk: Client, offer: Offer) -> None:
    url = reverse("letter-reissue", args=[offer.referral.public_id])
    assert [desk.post(url, {"number": 1}).status_code for _ in range(2)] == [303, 303]
    offer.refresh_from_db()
    new = Offer.objects.get(referral=offer.referral, ended_at=None)
    assert (offer.letter_pin, new.number) == ("", 2)
    assert offer.ended_at is not None
    assert check_password(new.letter_pin, new.pin_hash)
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
