"""Issuing an offer, issuing it again, and ending it when nobody answers."""

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.audit.trail import record_change
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.references import new_pin
from diversion.referrals.clocks import Clocks
from diversion.referrals.enums import LetterKind, ReferralState, RequirementState, Stage
from diversion.referrals.models import Letter, Offer, Referral, Requirement, SchemeVersion
from diversion.referrals.queries import clocks_for
from diversion.referrals.services.eligibility import disposal_for, require_eligible
from diversion.referrals.services.letters import drop_unprinted
from diversion.referrals.services.safe_contact import tell_where_safe
from diversion.referrals.services.submission import ReferralIsNotComplete


class OfferCannotBeIssued(Refusal):
    sentence = _("An offer can be sent again only while it waits for an answer, or after it ran out.")


@transaction.atomic
def issue_offer(*, referral: Referral, rules: SchemeVersion, by: Actor, at: datetime) -> Offer:
    """Make the first offer of an authorised referral: pins rules and law, sets the clocks, makes reference and PIN valid.

    Call it inside the transaction that authorises, which is `eligibility.refusals_kept`.

    :raises ReferralIsNotComplete: dates are missing that the clocks count from.
    :raises NoRoomBeforeBackstop: an offer made today could not be kept.
    :raises NotEligible: a rule of the scheme stands in the way.
    :raises DisposalIsNotInForce: the law that the scheme stands on is not in force.
    """
    clocks, law = _clocks(referral, rules, clock.day_of(at)), disposal_for(rules.scheme, at=at)
    require_eligible(referral=referral, rules=rules, law=law, stage=Stage.OFFER, by=by, at=at)
    move(
        referral,
        to=ReferralState.OFFERED,
        by=by,
        at=at,
        case_id=referral.pk,
        changes={"scheme_version": rules, "disposal": law},
        version=rules.number,
    )
    requirement = Requirement(
        referral=referral,
        programme=rules.scheme.programme,
        book_by=clocks.book_by,
        complete_by=clocks.complete_by,
        backstop=clocks.backstop,
    )
    begin(requirement, state=RequirementState.PENDING, by=by, at=at, case_id=referral.pk)
    return _issue(referral, rules, clocks, number=1, by=by, at=at)


@transaction.atomic
def reissue_offer(*, referral: Referral, replacing: int, by: Actor, at: datetime) -> Offer:
    """A new letter with a new PIN; the old one stops working, and is not printed if it waits.

    Time to answer and to book count from today; the time to finish does so only where the pinned rules count it from the
    offer, and then within the same caps.

    `replacing` is the number of the issue the officer saw: if a newer one is there already, that one is given and nothing changes.

    :raises OfferCannotBeIssued: it was answered, withdrawn or never made.
    :raises NoRoomBeforeBackstop: an offer made today could not be kept.
    """
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    rules = referral.scheme_version
    if rules is None or referral.state not in {ReferralState.OFFERED, ReferralState.EXPIRED}:
        raise OfferCannotBeIssued()
    clocks = _clocks(referral, rules, clock.day_of(at))
    last: Offer = referral.offers.select_for_update().latest("number")
    if last.number > replacing:
        return last
    if last.ended_at is None:
        last.ended_at, last.letter_pin = at, ""
        last.save(update_fields=["ended_at", "letter_pin"])
    drop_unprinted(offer=last, at=at)
    if referral.state == ReferralState.EXPIRED:
        move(referral, to=ReferralState.OFFERED, by=by, at=at, case_id=referral.pk, changes={"closed_at": None})
    referral.requirements.filter(state=RequirementState.PENDING).update(
        book_by=clocks.book_by, complete_by=clocks.complete_by, backstop=clocks.backstop
    )
    return _issue(referral, rules, clocks, number=last.number + 1, by=by, at=at)


@transaction.atomic
def expire_offer(*, offer: Offer, by: Actor, at: datetime) -> bool:
    """End an offer whose last day has passed without an answer. True when this call ended it."""
    referral = Referral.objects.select_for_update().get(pk=offer.referral_id)
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if referral.state != ReferralState.OFFERED or offer.ended_at or not clock.is_over(offer.expires_on, at=at):
        return False
    offer.ended_at, offer.letter_pin = at, ""
    offer.save(update_fields=["ended_at", "letter_pin"])
    drop_unprinted(offer=offer, at=at)
    move(referral, to=ReferralState.EXPIRED, by=by, at=at, case_id=referral.pk, changes={"closed_at": at})
    return True


def _clocks(referral: Referral, rules: SchemeVersion, today: date) -> Clocks:
    clocks = clocks_for(referral, rules, offered_on=today)
    if clocks is None:
        raise ReferralIsNotComplete()
    return clocks


def _issue(referral: Referral, rules: SchemeVersion, clocks: Clocks, *, number: int, by: Actor, at: datetime) -> Offer:
    pin = new_pin()
    offer = Offer.objects.create(
        referral=referral,
        number=number,
        pin_hash=make_password(pin),
        letter_pin=pin,
        issued_at=at,
        expires_on=min(clock.day_of(at) + timedelta(days=rules.acceptance_days), clocks.book_by),
    )
    record_change(action="offer.issued", subject=offer, by=by, at=at, case_id=referral.pk, data={"number": number})
    Letter.objects.create(referral=referral, kind=LetterKind.OFFER, subject_id=offer.pk, made_at=at)
    tell_where_safe(offer=offer, at=at)
    return offer
