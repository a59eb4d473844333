"""The pieces that the pages of letters share."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.core import clock
from diversion.core.references import spoken
from diversion.referrals.models import Letter, PostBatch
from diversion.referrals.offer_text import long_day
from diversion.referrals.postal import Sheet, WaitingLetters

Cells = list[dict[str, Any]]


def pdf_answer(pdf: bytes, *, name: str) -> HttpResponse:
    """A file to save, under a name that tells nothing."""
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": disposition})


def tabs(waiting: WaitingLetters, active: str) -> list[dict[str, Any]]:
    """The three pages of letters, with how many each holds."""
    pages = [
        ("letter-list", _("To post (%(count)s)") % {"count": len(waiting.to_post)}),
        ("letter-carry", _("To hand over (%(count)s)") % {"count": len(waiting.by_hand)}),
        ("batch-list", _("Batches")),
    ]
    return [{"text": text, "url": reverse(name), "active": name == active} for name, text in pages]


def waiting_row(letter: Letter, *, by_hand: bool) -> Cells:
    """A line of the letters that wait."""
    person = letter.referral.participant
    case = letter.referral.public_id
    row: Cells = [
        {"text": person.full_name if person else "", "url": reverse("letter-show", args=[case]), "header": True},
        {"text": spoken(letter.referral.reference)},
        {"text": long_day(clock.day_of(letter.made_at))},
    ]
    if by_hand:
        no_address = person is None or not person.address.strip()
        row.append({"text": _("No address") if no_address else _("Post is not safe")})
        row.append({"text": _("Handed over"), "url": reverse("letter-posted", args=[case])})
    return row


def waiting_head(*, by_hand: bool) -> Cells:
    """The heads of those lines."""
    titles = [_("Person"), _("Reference"), _("Made"), *([_("Why not by post"), _("Record")] if by_hand else [])]
    return [{"text": title} for title in titles]


def sheet_row(sheet: Sheet, *, is_open: bool) -> Cells:
    """A line of a batch."""
    referral = sheet.offer.referral
    person = referral.participant
    row: Cells = [
        {
            "text": person.full_name if person else "",
            "url": reverse("letter-show", args=[referral.public_id]),
            "header": True,
        },
        {"text": spoken(referral.reference)},
    ]
    if is_open:
        row.append({"text": sheet.why_not or _("Will be printed")})
        row.append({"text": _("Take out"), "url": reverse("letter-take-out", args=[sheet.letter.public_id])})
    return row


def sheet_head(*, is_open: bool) -> Cells:
    """The heads of those lines."""
    titles = [_("Person"), _("Reference"), *([_("Printing"), _("Change")] if is_open else [])]
    return [{"text": title} for title in titles]


def batch_row(batch: PostBatch, *, letters: int) -> Cells:
    """A line of the batches."""
    made = clock.london_wall(batch.made_at)
    return [
        {"text": made.strftime("%-d %b %Y, %H:%M"), "url": reverse("batch-show", args=[batch.public_id]), "header": True},
        {"text": batch.made_by.name},
        {"text": letters, "numeric": True},
        {"text": long_day(batch.posted_on) if batch.posted_on else _("Not recorded yet")},
        {"text": batch.proof},
    ]


def fate(letter: Letter) -> str:
    """What became of a letter, in a sentence."""
    batch = letter.batch
    if letter.posted_on and letter.was_handed_over:
        who = letter.sent_by.name if letter.sent_by else ""
        return _("Handed over on %(day)s by %(who)s.") % {"day": long_day(letter.posted_on), "who": who}
    if letter.posted_on:
        proof = batch.proof if batch else letter.proof
        return _("Posted on %(day)s. Proof: %(proof)s.") % {"day": long_day(letter.posted_on), "proof": proof}
    if letter.dropped_at:
        return _("Not printed: it was no longer needed.")
    if batch:
        day = long_day(clock.day_of(batch.made_at))
        return _("In the batch of %(day)s. Posting is not recorded yet.") % {"day": day}
    return _("Waits to be printed.")
