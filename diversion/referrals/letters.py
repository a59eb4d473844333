"""The offer's letter: one set of words, for the screen and for a tagged PDF that a screen reader can read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from diversion.core import clock
from diversion.core.documents import tagged_pdf
from diversion.core.references import spoken
from diversion.referrals.models import Offer
from diversion.referrals.offer_text import long_day

TEMPLATE = Path(__file__).with_name("letter.typ")
MOST_ADDRESS_LINES = 6
"""Beside the name: what the window of a DL envelope shows."""


@dataclass(frozen=True, slots=True)
class LetterWords:
    """What the letter says, in the person's language. Nothing in it names a subject or a reason: others open post."""

    language: str
    title: str
    sender: str
    address: list[str]
    date: str
    greeting: str
    opening: list[str]
    facts: list[tuple[str, str]]
    steps_title: str
    steps: list[str]
    after_title: str
    after: list[str]
    closing: str


def letter_for(offer: Offer) -> LetterWords:
    """The letter of an offer whose PIN is still kept.

    :raises ValueError: the PIN was erased: the letter can no longer be written.
    """
    participant = offer.referral.participant
    if participant is None or not offer.letter_pin:
        raise ValueError("the letter's PIN is no longer kept")
    agency = offer.referral.agency
    site = settings.SITE_URL.removeprefix("https://").removeprefix("http://").rstrip("/")
    phone = agency.help_phone or settings.HELP_PHONE
    with translation.override(participant.language):
        return LetterWords(
            language=participant.language.split("-")[0],
            title=_("Your letter"),
            sender=agency.name,
            address=[participant.full_name, *address_lines(participant.address, participant.postcode)],
            date=long_day(clock.day_of(offer.issued_at)),
            greeting=_("Dear %(name)s") % {"name": participant.full_name},
            opening=[
                _("We have an offer for you. It is private, so this letter does not say what it is about."),
                _("Please read it and answer by %(day)s. You can say yes or no.") % {"day": long_day(offer.expires_on)},
            ],
            facts=[
                (_("Reference"), spoken(offer.referral.reference)),
                (_("PIN"), offer.letter_pin),
                (_("Answer by"), long_day(offer.expires_on)),
            ],
            steps_title=_("How to read your offer"),
            steps=[
                _("On a phone, tablet or computer go to %(site)s") % {"site": site},
                _("Type the reference and the PIN above, and your date of birth."),
                _("Give an email address or a mobile number. We send a code to it, so that only you can read the offer."),
            ],
            after_title=_("If you need help"),
            after=[
                _("Phone %(phone)s. We can read the offer to you and do every step with you.") % {"phone": phone},
                _("You can ask for this letter in large print, in Welsh or in English, or in another way."),
                _("Keep this letter safe. Never give the PIN to anybody who phones you."),
            ],
            closing=_("Yours sincerely"),
        )


def address_lines(address: str, postcode: str) -> list[str]:
    """An address as it stands in the window, the postcode last: what is too long for it shares lines, nothing is left out."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    room = MOST_ADDRESS_LINES - bool(postcode)
    if len(lines) > room:
        lines = [*lines[: room - 1], ", ".join(lines[room - 1 :])]
    return [*lines, postcode] if postcode else lines


def letters_pdf(letters: Sequence[LetterWords]) -> bytes:
    """Letters as one PDF/UA-1, each in its own language and on its own sheets. The file's title says no more than "letter".

    :raises ValueError: there are none.
    """
    if not letters:
        raise ValueError("an empty file is no letter")
    first = letters[0]
    with translation.override(first.language):
        title = first.title if len(letters) == 1 else _("Letters")
    file = {"title": title, "language": first.language, "letters": [asdict(letter) for letter in letters]}
    return tagged_pdf(TEMPLATE, file)
