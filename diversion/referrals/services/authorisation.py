"""Somebody else decides whether a referral goes on (R5)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.access import sight_of
from diversion.referrals.enums import ReferralState, Sight, Stage
from diversion.referrals.models import Offer, Referral
from diversion.referrals.services.eligibility import refusals_kept
from diversion.referrals.services.offers import issue_offer
from diversion.referrals.services.submission import check_ready
from diversion.referrals.services.telling import tell_officer


class ReferralIsDecided(Refusal):
    sentence = _("This referral is no longer waiting for authorisation.")


class ProposerCannotAuthorise(Refusal):
    sentence = _("You submitted this referral, so somebody else must decide on it.")


class CaseIsKeptFromYou(Refusal):
    """The case is restricted, or its list excludes the person: only who sees it in full decides on it (T4)."""

    sentence = _("This case is restricted. Only somebody whom its list allows may decide on it.")


class ReasonIsMissing(Refusal):
    sentence = _("Say why, so that the officer knows what to do.")
    field = "reason"


def authorise_referral(*, referral: Referral, user: User, by: Actor, at: datetime) -> Offer:
    """Authorise a referral and issue its offer in the same breath. Doing it again gives the same offer.

    :raises ReferralIsDecided: it is not waiting, or somebody else decided.
    :raises ProposerCannotAuthorise: the person submitted it.
    :raises CaseIsKeptFromYou: the person does not see the case in full.
    :raises Refusal: what had to hold at submission no longer does (`submission.check_ready`).
    """
    with refusals_kept(by=by, at=at):
        return _authorise(referral, user=user, by=by, at=at)


def _authorise(referral: Referral, *, user: User, by: Actor, at: datetime) -> Offer:
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.authorised_by_id == user.pk and (issued := referral.offers.order_by("number").first()):
        offer: Offer = issued
        return offer
    _check_may_decide(referral, user)
    rules = check_ready(referral, stage=Stage.AUTHORISATION, by=by, at=at)
    move(
        referral,
        to=ReferralState.AUTHORISED,
        by=by,
        at=at,
        case_id=referral.pk,
        changes={"authorised_by": user, "authorised_at": at},
    )
    offer = issue_offer(referral=referral, rules=rules, by=by, at=at)
    _tell_officer("referral-authorised", referral, user, at=at)
    return offer


@transaction.atomic
def refuse_referral(*, referral: Referral, reason: str, user: User, by: Actor, at: datetime) -> None:
    """End a referral that should not go on.

    :raises ReferralIsDecided: it is not waiting.
    :raises ProposerCannotAuthorise: the person submitted it.
    :raises CaseIsKeptFromYou: the person does not see the case in full.
    :raises ReasonIsMissing: no reason was given.
    """
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    _check_may_decide(referral, user, reason=reason)
    move(
        referral,
        to=ReferralState.REFUSED,
        by=by,
        at=at,
        reason=reason,
        case_id=referral.pk,
        changes={"closed_at": at},
    )
    _tell_officer("referral-refused", referral, user, at=at)


@transaction.atomic
def return_referral(*, referral: Referral, reason: str, user: User, by: Actor, at: datetime) -> None:
    """Give a referral back to be changed and submitted again.

    :raises ReferralIsDecided: it is not waiting.
    :raises ProposerCannotAuthorise: the person submitted it.
    :raises CaseIsKeptFromYou: the person does not see the case in full.
    :raises ReasonIsMissing: no reason was given.
    """
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    _check_may_decide(referral, user, reason=reason)
    move(
        referral,
        to=ReferralState.DRAFT,
        by=by,
        at=at,
        reason=reason,
        case_id=referral.pk,
        changes={"edited_at": at},  # its 90 days start again
    )
    _tell_officer("referral-returned", referral, user, at=at)


def _check_may_decide(referral: Referral, user: User, *, reason: str | None = None) -> None:
    if referral.state != ReferralState.AWAITING_AUTHORISATION:
        raise ReferralIsDecided()
    if referral.submitted_by_id == user.pk:
        raise ProposerCannotAuthorise()
    if sight_of(user, referral) != Sight.FULL:
        raise CaseIsKeptFromYou()
    if reason is not None and not reason.strip():
        raise ReasonIsMissing()


def _tell_officer(kind: str, referral: Referral, user: User, *, at: datetime) -> None:
    if referral.officer_id != user.pk:
        tell_officer(kind=kind, referral=referral, subject_id=referral.pk, at=at, occurrence=at.isoformat())
