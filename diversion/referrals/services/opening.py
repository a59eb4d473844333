"""The way in with a letter: reference, PIN and date of birth."""

from datetime import date, datetime
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.encryption import blind
from diversion.core.errors import Refusal
from diversion.core.references import canonical, new_pin
from diversion.referrals import throttle
from diversion.referrals.closure_text import closure_words
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Offer
from diversion.referrals.services.letters import drop_unprinted


class LetterDoesNotMatch(Refusal):
    """Any one of the three is wrong, or there is no such letter: never said which."""

    sentence = _("These details do not match a letter we sent. Check your letter and try again.")
    field = "reference"


class OfferHasEnded(Refusal):
    """Told only to somebody who knows reference, PIN and date of birth."""

    sentence = _("This offer has ended. Phone us to talk about what you can do.")


CLOSED = {ReferralState.VOID, ReferralState.EXPIRED}


def open_offer(*, reference: str, pin: str, date_of_birth: date, address: str, by: Actor, at: datetime) -> Offer:
    """Find the newest offer that the three belong to. `address` is the internet address, for slowing guesses down.

    The work is the same whether or not the reference exists. Opening erases the sealed copy of the PIN.

    :raises TooManyTries: a pause is running for this reference or address.
    :raises LetterDoesNotMatch: something is wrong; a try is counted.
    :raises OfferHasEnded: the details are right, but the offer ran out or was taken back.
    """
    tries = throttle.buckets(purpose="open", reference=canonical(reference), address=address)
    throttle.check(tries, at=at)
    offer = _newest_offer(reference)
    pin_is_right = check_password(pin, offer.pin_hash if offer else _nobodys_pin())
    if offer is None or not pin_is_right or not _born_on(offer, date_of_birth):
        throttle.count(tries, at=at)
        raise LetterDoesNotMatch()
    throttle.forgive(tries)
    if offer.referral.state == ReferralState.WITHDRAWN:
        raise OfferHasEnded(f"{_g('This offer has ended.')} {closure_words(offer.referral.closure_reason)}")
    if offer.ended_at or offer.referral.state in CLOSED:
        raise OfferHasEnded()
    return _opened(offer, by=by, at=at)


@transaction.atomic
def _opened(offer: Offer, *, by: Actor, at: datetime) -> Offer:
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.opened_at is None or offer.letter_pin:
        offer.opened_at, offer.letter_pin = offer.opened_at or at, ""
        offer.save(update_fields=["opened_at", "letter_pin"])
        drop_unprinted(offer=offer, at=at)
    record_change(action="offer.opened", subject=offer, by=by, at=at, case_id=offer.referral_id)
    return offer


def _newest_offer(reference: str) -> Offer | None:
    offers = Offer.objects.filter(referral__reference_index=blind("reference", reference))
    return offers.select_related("referral__participant").order_by("-number").first()


def _born_on(offer: Offer, date_of_birth: date) -> bool:
    participant = offer.referral.participant
    return participant is not None and participant.date_of_birth == date_of_birth


@cache
def _nobodys_pin() -> str:
    """A hash made as real ones are, so that checking against it takes as long."""
    return make_password(new_pin())
