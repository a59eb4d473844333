"""Which letters wait, whether one may go by post, and what can still be printed of a batch."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.referrals.models import Letter, Offer, Participant, PostBatch

MOST_LOOKED_AT = 1000
"""Addresses are sealed, so each waiting letter is looked at in turn; the oldest come first and none is lost by waiting."""


@dataclass(frozen=True, slots=True)
class WaitingLetters:
    """The oldest first. `by_hand`: no address is known, or the person said that post is not safe."""

    to_post: list[Letter]
    by_hand: list[Letter]


def may_be_posted(participant: Participant | None) -> bool:
    """There is an address, and the person did not say that post is unsafe."""
    return (
        participant is not None and bool(participant.address.strip()) and (participant.safe_contact or {}).get("post", True)
    )


def waiting_letters(user: User) -> WaitingLetters:
    """The letters that somebody may see and that are still to print, as the addresses stand now."""
    rows = Letter.objects.visible_to(user).to_print().select_related("referral__participant")[:MOST_LOOKED_AT]
    return sort_letters(list(rows))


def sort_letters(letters: list[Letter]) -> WaitingLetters:
    """Those that may be posted, and the rest."""
    to_post = [each for each in letters if may_be_posted(each.referral.participant)]
    posted = {each.pk for each in to_post}
    return WaitingLetters(to_post, [each for each in letters if each.pk not in posted])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter of a batch with its offer. `why_not`: why it can no longer be printed; empty when it can."""

    letter: Letter
    offer: Offer
    why_not: str | Promise


def sheets(batch: PostBatch) -> list[Sheet]:
    """The letters of a batch in the order in which they are printed."""
    letters = list(batch.letters.order_by("made_at", "pk"))
    offers = Offer.objects.select_related("referral__participant", "referral__agency")
    found = offers.in_bulk([each.subject_id for each in letters])
    return [Sheet(each, found[each.subject_id], _why_not(found[each.subject_id])) for each in letters]


def _why_not(offer: Offer) -> str | Promise:
    if offer.ended_at is not None:
        return _("The offer has ended or was issued again: take the letter out.")
    if offer.opened_at is not None:
        return _("Opened already")
    if not may_be_posted(offer.referral.participant):
        return _("Post is not safe, or there is no address: take the letter out.")
    return "" if offer.letter_pin else _("The PIN is no longer kept.")
