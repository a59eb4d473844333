"""The participant's answer to an offer, kept as the exhibit."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.audit.trail import record_change
from diversion.audit.transitions import move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.outbox import queue_message
from diversion.referrals.enums import Answer, ReferralState, RequirementState
from diversion.referrals.models import Offer, OfferAnswer, Referral
from diversion.referrals.offer_text import OfferText, offer_text
from diversion.referrals.services.letters import drop_unprinted
from diversion.referrals.services.telling import tell_officer


class OfferIsOver(Refusal):
    sentence = _("The time to answer this offer has passed. Phone us to talk about what you can do.")


class OfferHasClosed(OfferIsOver):
    sentence = _("This offer has closed. You do not need to answer it.")


class OfferIsAnswered(Refusal):
    sentence = _("You have already given a different answer. Phone us if you want to change it.")


class WordsHaveChanged(Refusal):
    """What was agreed to is not what the page now says: dates, rules or language changed meanwhile."""

    sentence = _("Some of the words on this page have changed. Read them again, then answer.")


@transaction.atomic
def answer_offer(*, offer: Offer, answer: Answer, text_sha256: str, language: str, by: Actor, at: datetime) -> OfferAnswer:
    """Accept or decline in the exact words shown, named by their hash. The same answer twice is one answer.

    :raises OfferIsAnswered: the other answer was given before.
    :raises OfferIsOver: its last day has passed, or it ended otherwise.
    :raises OfferHasClosed: the agency took it back.
    :raises WordsHaveChanged: the hash is not that of today's words.
    """
    referral = Referral.objects.select_for_update().get(pk=offer.referral_id)
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    given = OfferAnswer.objects.filter(offer=offer).first()
    if given:
        if given.answer != answer:
            raise OfferIsAnswered()
        return given
    if referral.state == ReferralState.WITHDRAWN:
        raise OfferHasClosed()
    if referral.state != ReferralState.OFFERED or offer.ended_at or clock.is_over(offer.expires_on, at=at):
        raise OfferIsOver()
    text = offer_text(offer=offer, answer=answer, language=language)
    if text.sha256 != text_sha256:
        raise WordsHaveChanged()
    given = _keep(offer, answer, text, by=by, at=at)
    _forget_letter(offer, at=at)
    if answer == Answer.ACCEPTED:
        _accept(referral, by=by, at=at)
    else:
        _decline(referral, by=by, at=at)
    tell_officer(kind="offer-answered", referral=referral, subject_id=offer.pk, at=at)
    return given


def _keep(offer: Offer, answer: Answer, text: OfferText, *, by: Actor, at: datetime) -> OfferAnswer:
    given = OfferAnswer.objects.create(
        offer=offer,
        answer=answer,
        answered_at=at,
        language=text.language,
        text=text.body,
        text_sha256=text.sha256,
        scheme_version_number=text.version_number,
    )
    record_change(
        action=f"offer.{answer}",
        subject=offer,
        by=by,
        at=at,
        case_id=offer.referral_id,
        data={"sha256": text.sha256, "version": text.version_number, "language": text.language},
    )
    return given


def _forget_letter(offer: Offer, *, at: datetime) -> None:
    """Somebody who signed in for another case answers without the letter: it need not be printed any more."""
    if offer.letter_pin:
        offer.letter_pin = ""
        offer.save(update_fields=["letter_pin"])
    drop_unprinted(offer=offer, at=at)


def _accept(referral: Referral, *, by: Actor, at: datetime) -> None:
    move(referral, to=ReferralState.ACCEPTED, by=by, at=at, case_id=referral.pk)
    for requirement in referral.requirements.filter(state=RequirementState.PENDING):
        move(requirement, to=RequirementState.IN_PROGRESS, by=by, at=at, case_id=referral.pk)
    if referral.participant_id:
        queue_message(
            kind="offer-accepted",
            recipient_id=referral.participant_id,
            subject_id=referral.pk,
            at=at,
            case_id=referral.pk,
        )


def _decline(referral: Referral, *, by: Actor, at: datetime) -> None:
    move(referral, to=ReferralState.DECLINED, by=by, at=at, case_id=referral.pk, changes={"closed_at": at})
    for requirement in referral.requirements.filter(state=RequirementState.PENDING):
        move(requirement, to=RequirementState.NOT_MET, by=by, at=at, case_id=referral.pk)
