"""The three ready letters: what the demo prints, so that anybody can walk in as a participant would."""

from dataclasses import dataclass

from diversion.core.references import spoken
from diversion.demo.story.people import LETTERS
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Offer


@dataclass(frozen=True)
class Letter:
    reference: str
    pin: str
    born: str


def ready_letters() -> list[Letter]:
    """Letters of the story that nobody has opened yet, newest first. An opened letter's PIN is erased, as in life."""
    offers = Offer.objects.filter(
        referral__state=ReferralState.OFFERED, referral__agency__code="NORTH", opened_at=None, ended_at=None
    ).select_related("referral__participant")
    names = {(person.given_names, person.family_name) for person in LETTERS}
    found = [
        Letter(spoken(offer.referral.reference), offer.letter_pin, f"{person.date_of_birth:%-d %B %Y}")
        for offer in offers
        if (person := offer.referral.participant) and (person.given_names, person.family_name) in names
    ]
    return sorted(found, key=lambda letter: letter.reference)
