"""Handing a complete draft to an authoriser."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.audit.transitions import move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import ReferralState, Stage
from diversion.referrals.models import Referral
from diversion.referrals.policies import check_birth
from diversion.referrals.queries import SECTIONS, clocks_for, finished_sections, rules_on
from diversion.referrals.services.drafts import ReferralIsNotADraft
from diversion.referrals.services.eligibility import Asking, disposal_for, refusals_kept, require_eligible


class ReferralIsNotComplete(Refusal):
    sentence = _("Finish every section before you submit.")


class NoRulesInForce(Refusal):
    sentence = _("This scheme has no rules in force today. Choose another scheme.")


def submit_referral(*, referral: Referral, user: User, by: Actor, at: datetime) -> Referral:
    """Send a draft for authorisation. Submitting what the same person has just submitted changes nothing.

    A refusal by the scheme's rules is kept although nothing else changes (R3).

    :raises ReferralIsNotADraft: somebody else submitted it, or it has gone further.
    :raises ReferralIsNotComplete: a section is missing.
    :raises NoRulesInForce: the scheme has no version in force today.
    :raises NotEligible: a rule of the scheme stands in the way, the level of risk among them.
    :raises DisposalIsNotInForce: the law that the scheme stands on is not in force.
    :raises NoRoomBeforeBackstop: an offer made today could not be kept.
    :raises BirthIsImpossible: the person was too young at the time of the offence.
    """
    with refusals_kept(by=by, at=at):
        return _submit(referral, user=user, by=by, at=at)


def _submit(referral: Referral, *, user: User, by: Actor, at: datetime) -> Referral:
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.state == ReferralState.AWAITING_AUTHORISATION and referral.submitted_by_id == user.pk:
        return referral
    if referral.state != ReferralState.DRAFT:
        raise ReferralIsNotADraft()
    submit_locked(referral, user=user, by=by, at=at)
    return referral


def submit_locked(referral: Referral, *, user: User, by: Actor, at: datetime) -> Asking:
    """Submit a draft that is locked, or was made in this transaction, and say what was asked; refuses as `submit_referral` does.

    Keeping the refusal is the caller's matter.
    """
    asking = check_ready(referral, stage=Stage.SUBMISSION, by=by, at=at)
    move(
        referral,
        to=ReferralState.AWAITING_AUTHORISATION,
        by=by,
        at=at,
        case_id=referral.pk,
        changes={"submitted_by": user, "submitted_at": at},
    )
    return asking


def check_ready(referral: Referral, *, stage: Stage, by: Actor, at: datetime) -> Asking:
    """Everything that must hold before an offer may follow; in the answer are the rules that it would follow under.

    Asked when a referral is submitted and again when it is authorised, since days pass in between.
    """
    if finished_sections(referral) < set(SECTIONS):
        raise ReferralIsNotComplete()
    today = clock.day_of(at)
    participant, scheme, offence_on = referral.participant, referral.scheme, referral.offence_on
    if participant is None or scheme is None or offence_on is None:
        raise ReferralIsNotComplete()
    rules = rules_on(scheme, day=today)
    if rules is None:
        raise NoRulesInForce()
    check_birth(participant.date_of_birth, on=offence_on)
    law = disposal_for(scheme, at=at)
    clocks_for(referral, rules, offered_on=today, law=law)
    return require_eligible(referral=referral, rules=rules, law=law, stage=stage, by=by, at=at)
