"""Letters on their way: printed together or alone, posted with proof or handed over, and the PIN erased once they have left."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import LetterKind
from diversion.referrals.models import Letter, Offer, PostBatch
from diversion.referrals.postal import MOST_LOOKED_AT, sort_letters

MOST_IN_A_BATCH = 200


class NothingToPrint(Refusal):
    sentence = _("There is nothing to print now. Somebody may have made the batch a moment ago.")


class LetterHasLeft(Refusal):
    sentence = _("It is already recorded that this letter was sent, or it is no longer needed.")


class PostingIsRecorded(Refusal):
    sentence = _("The posting of these letters has already been recorded.")


class PostingIsInTheFuture(Refusal):
    sentence = _("The day cannot be in the future.")
    field = "posted_on"


class PostedBeforePrinting(Refusal):
    sentence = _("The day cannot be before the letters were made.")
    field = "posted_on"


class ProofIsMissing(Refusal):
    sentence = _("Enter the number of the certificate of posting, or who took the letters.")
    field = "proof"


@transaction.atomic
def make_batch(*, user: User, by: Actor, at: datetime) -> PostBatch:
    """Take the oldest letters that may be posted and that the person may see, at most `MOST_IN_A_BATCH`, to print together.

    Each letter is in one batch, whoever presses first: the rows are locked, and who comes second finds what is left.

    :raises NothingToPrint: no letter is left.
    """
    rows = Letter.objects.visible_to(user).to_print().select_for_update(of=("self",))
    letters = sort_letters(list(rows.select_related("referral__participant")[:MOST_LOOKED_AT])).to_post[:MOST_IN_A_BATCH]
    if not letters:
        raise NothingToPrint()
    batch = PostBatch.objects.create(agency_id=letters[0].referral.agency_id, made_at=at, made_by=user)
    Letter.objects.filter(pk__in=[each.pk for each in letters]).update(batch=batch)
    record_change(action="batch.made", subject=batch, by=by, at=at, data={"letters": len(letters)})
    return batch


@transaction.atomic
def record_posting(*, batch: PostBatch, posted_on: date, proof: str, user: User, by: Actor, at: datetime) -> None:
    """Keep on every letter of a batch the day it was posted, and its proof on the batch; the PINs are erased.

    Recording the same again changes nothing.

    :raises PostingIsRecorded: another day or proof was recorded.
    :raises PostingIsInTheFuture: the day is after today.
    :raises PostedBeforePrinting: the day is before the batch was made.
    :raises ProofIsMissing: there is none.
    """
    batch = PostBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.recorded_at is not None:
        if (batch.posted_on, batch.proof) == (posted_on, proof):
            return
        raise PostingIsRecorded()
    _check_day(posted_on, since=batch.made_at, at=at)
    if not proof.strip():
        raise ProofIsMissing()
    batch.posted_on, batch.proof, batch.recorded_at, batch.recorded_by = posted_on, proof, at, user
    batch.save(update_fields=["posted_on", "proof", "recorded_at", "recorded_by"])
    offers = Offer.objects.select_for_update().filter(pk__in=batch.letters.values("subject_id"))
    for offer in offers.order_by("pk"):
        _left(offer, posted_on, proof, by=by, at=at)
    batch.letters.update(posted_on=posted_on)


@transaction.atomic
def take_out(*, letter: Letter, by: Actor, at: datetime) -> None:
    """Take a letter out of a batch that has not been posted: it waits to be printed again, or, not needed any more, is dropped.

    Doing it twice changes nothing.

    :raises PostingIsRecorded: the batch has been posted.
    """
    offer, letter = _lock(letter)
    if letter.batch_id is None:
        return
    if letter.posted_on is not None:
        raise PostingIsRecorded()
    letter.batch, letter.dropped_at = None, None if offer.letter_pin else at
    letter.save(update_fields=["batch", "dropped_at"])
    record_change(action="letter.taken-out", subject=letter, by=by, at=at, case_id=letter.referral_id)


@transaction.atomic
def send_alone(*, letter: Letter, sent_on: date, proof: str, user: User, by: Actor, at: datetime) -> None:
    """Record one letter that left outside any batch: posted, with its proof, or handed over, without one; its PIN is erased.

    A letter that was in a batch leaves it. Doing it twice changes nothing.

    :raises LetterHasLeft: another sending is recorded, or the letter is no longer needed.
    :raises PostingIsInTheFuture: the day is after today.
    :raises PostedBeforePrinting: the day is before the offer was made.
    """
    offer, letter = _lock(letter)
    if (letter.posted_on, letter.proof, letter.sent_by_id) == (sent_on, proof, user.pk):
        return
    if not letter.waits:
        raise LetterHasLeft()
    _check_day(sent_on, since=letter.made_at, at=at)
    letter.batch, letter.posted_on, letter.proof, letter.sent_by = None, sent_on, proof, user
    letter.save(update_fields=["batch", "posted_on", "proof", "sent_by"])
    _left(offer, sent_on, proof, by=by, at=at)


def drop_unprinted(*, offer: Offer, at: datetime) -> None:
    """The letter of an offer that was opened, answered, ended or issued again need not be printed. The caller holds the offer."""
    unprinted = Letter.objects.filter(
        kind=LetterKind.OFFER, subject_id=offer.pk, batch=None, posted_on=None, dropped_at=None
    )
    unprinted.update(dropped_at=at)


def _check_day(day: date, *, since: datetime, at: datetime) -> None:
    if day > clock.day_of(at):
        raise PostingIsInTheFuture()
    if day < clock.day_of(since):
        raise PostedBeforePrinting()


def _lock(letter: Letter) -> tuple[Offer, Letter]:
    """An offer and its letter, after the batch: who records the posting holds that first and then all its offers."""
    list(PostBatch.objects.select_for_update(of=("self",)).filter(letters=letter))
    offer = Offer.objects.select_for_update().get(pk=letter.subject_id)
    return offer, Letter.objects.select_for_update().get(pk=letter.pk)


def _left(offer: Offer, on: date, proof: str, *, by: Actor, at: datetime) -> None:
    if offer.letter_pin:
        offer.letter_pin = ""
        offer.save(update_fields=["letter_pin"])
    action = "offer.posted" if proof else "offer.handed-over"
    record_change(
        action=action, subject=offer, by=by, at=at, case_id=offer.referral_id, data={"on": on.isoformat(), "proof": proof}
    )
