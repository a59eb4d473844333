"""Somebody else, of sufficient rank, decides whether a referral goes on (R5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.audit.transitions import move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.access import sight_of
from diversion.referrals.authority import Warrant, authority_of
from diversion.referrals.enums import Decision, ReferralState, Sight, Stage
from diversion.referrals.models import Offer, Referral
from diversion.referrals.services.eligibility import refusals_kept
from diversion.referrals.services.offers import issue_offer
from diversion.referrals.services.submission import check_ready
from diversion.referrals.services.telling import tell_officer

AT_ONCE = 25
"""How many may be decided from one page: no more than somebody can read."""


class CaseIsKeptFromYou(Refusal):
    """The case is restricted, or its list excludes the person: only who sees it in full decides on it (T4)."""

    sentence = _("This case is restricted. Only somebody whom its list allows may decide on it.")


class ReasonIsMissing(Refusal):
    sentence = _("Say why, so that the officer knows what to do.")
    field = "reason"


class ChangedSinceRead(Refusal):
    """What the person read is not what is waiting now: it was changed, or returned and submitted again."""

    sentence = _("This referral was changed after you opened it. Read it again before you decide.")


class TooManyAtOnce(Refusal):
    sentence = _("Choose at most 25 referrals at once.")


@dataclass(frozen=True)
class Choice:
    """What somebody chose for one referral, and the `last_word` on what they had read."""

    referral: Referral
    decision: Decision
    reason: str = ""
    read: datetime | None = None


@dataclass(frozen=True)
class Result:
    """What became of a choice; `refusal` is empty when it was done."""

    choice: Choice
    refusal: Refusal | None = None


def authorise_referral(*, referral: Referral, user: User, by: Actor, at: datetime, read: datetime | None = None) -> Offer:
    """Authorise a referral and issue its offer in the same breath. Doing it again gives the same offer.

    `read` is the `last_word` on what the person read; without it nothing is compared.

    :raises ReferralIsDecided: it is not waiting, or somebody else decided.
    :raises ProposerCannotAuthorise: the person submitted it.
    :raises CaseIsKeptFromYou: the person does not see the case in full.
    :raises RankIsTooLow: the disposal asks for a higher rank than they have, or hold, that London day.
    :raises ChangedSinceRead: it says something else than what they read.
    :raises Refusal: what had to hold at submission no longer does (`submission.check_ready`).
    """
    with refusals_kept(by=by, at=at):
        return _authorise(referral, user=user, read=read, by=by, at=at)


def _authorise(referral: Referral, *, user: User, read: datetime | None, by: Actor, at: datetime) -> Offer:
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.authorised_by_id == user.pk and (issued := referral.offers.order_by("number").first()):
        offer: Offer = issued
        return offer
    warrant = _check_may_decide(referral, user, read=read, at=at)
    rules = check_ready(referral, stage=Stage.AUTHORISATION, by=by, at=at).rules
    move(
        referral,
        to=ReferralState.AUTHORISED,
        by=by,
        at=at,
        case_id=referral.pk,
        changes={
            "authorised_by": user,
            "authorised_at": at,
            "authorised_rank": warrant.rank,
            "required_rank": warrant.required,
        },
        **_facts(warrant),
    )
    offer = issue_offer(referral=referral, rules=rules, by=by, at=at)
    _tell_officer("referral-authorised", referral, user, at=at)
    return offer


@transaction.atomic
def refuse_referral(
    *, referral: Referral, reason: str, user: User, by: Actor, at: datetime, read: datetime | None = None
) -> None:
    """End a referral that should not go on.

    :raises ReferralIsDecided: it is not waiting.
    :raises ProposerCannotAuthorise: the person submitted it.
    :raises CaseIsKeptFromYou: the person does not see the case in full.
    :raises RankIsTooLow: as for authorising: who may not say yes may not say no.
    :raises ChangedSinceRead: it says something else than what they read.
    :raises ReasonIsMissing: no reason was given.
    """
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    warrant = _check_may_decide(referral, user, read=read, at=at, reason=reason)
    move(
        referral,
        to=ReferralState.REFUSED,
        by=by,
        at=at,
        reason=reason,
        case_id=referral.pk,
        changes={"closed_at": at},
        **_facts(warrant),
    )
    _tell_officer("referral-refused", referral, user, at=at)


@transaction.atomic
def return_referral(
    *, referral: Referral, reason: str, user: User, by: Actor, at: datetime, read: datetime | None = None
) -> None:
    """Give a referral back to be changed and submitted again; the same or another person may then decide.

    :raises ReferralIsDecided: it is not waiting.
    :raises ProposerCannotAuthorise: the person submitted it.
    :raises CaseIsKeptFromYou: the person does not see the case in full.
    :raises RankIsTooLow: as for authorising.
    :raises ChangedSinceRead: it says something else than what they read.
    :raises ReasonIsMissing: no reason was given.
    """
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    warrant = _check_may_decide(referral, user, read=read, at=at, reason=reason)
    move(
        referral,
        to=ReferralState.DRAFT,
        by=by,
        at=at,
        reason=reason,
        case_id=referral.pk,
        changes={"edited_at": at},  # its 90 days start again
        **_facts(warrant),
    )
    _tell_officer("referral-returned", referral, user, at=at)


def decide(*, choice: Choice, user: User, by: Actor, at: datetime) -> None:
    """Carry out one choice, in a transaction of its own.

    :raises Refusal: as the service of that decision.
    """
    given: dict[str, Any] = {"referral": choice.referral, "user": user, "by": by, "at": at, "read": choice.read}
    if choice.decision == Decision.AUTHORISE:
        authorise_referral(**given)
    elif choice.decision == Decision.REFUSE:
        refuse_referral(reason=choice.reason, **given)
    else:
        return_referral(reason=choice.reason, **given)


def decide_many(*, choices: Sequence[Choice], user: User, by: Actor, at: datetime) -> list[Result]:
    """Carry out one choice after the other, each in a transaction of its own: what one is refused stops no other.

    :raises TooManyAtOnce: there are more than anybody can have read on one page.
    """
    if len(choices) > AT_ONCE:
        raise TooManyAtOnce()
    results = []
    for choice in choices:
        try:
            decide(choice=choice, user=user, by=by, at=at)
            results.append(Result(choice))
        except Refusal as refusal:
            results.append(Result(choice, refusal))
    return results


def _check_may_decide(
    referral: Referral, user: User, *, read: datetime | None, at: datetime, reason: str | None = None
) -> Warrant:
    warrant = authority_of(user, on=clock.day_of(at)).over(referral)
    if sight_of(user, referral) != Sight.FULL:
        raise CaseIsKeptFromYou()
    if read is not None and read != Referral.objects.with_last_word().get(pk=referral.pk).last_word:
        raise ChangedSinceRead()
    if reason is not None and not reason.strip():
        raise ReasonIsMissing()
    return warrant


def _facts(warrant: Warrant) -> dict[str, Any]:
    """For the trail: with which rank, and in whose stead."""
    facts: dict[str, Any] = {"rank": warrant.rank}
    return facts | {"in_stead_of": str(warrant.in_stead_of.pk)} if warrant.in_stead_of else facts


def _tell_officer(kind: str, referral: Referral, user: User, *, at: datetime) -> None:
    if referral.officer_id != user.pk:
        tell_officer(kind=kind, referral=referral, subject_id=referral.pk, at=at, occurrence=at.isoformat())
