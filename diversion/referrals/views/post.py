"""The day's letters: what waits, a batch to print, and the proof that it was posted."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.forms import GovukForm
from diversion.core.http import see_other
from diversion.referrals.forms.post import PostingForm
from diversion.referrals.letters import letter_for, letters_pdf
from diversion.referrals.models import Letter, PostBatch
from diversion.referrals.postal import Sheet, sheets, waiting_letters
from diversion.referrals.services.letters import MOST_IN_A_BATCH, make_batch, record_posting, take_out
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page
from diversion.referrals.views.post_parts import (
    batch_row,
    pdf_answer,
    sheet_head,
    sheet_row,
    tabs,
    waiting_head,
    waiting_row,
)

PAGE = 25


@needs(Permission.POST_LETTERS)
@require_GET
def letter_list(request: StaffRequest) -> HttpResponse:
    return _waiting(request, "letter-list", by_hand=False)


@needs(Permission.POST_LETTERS)
@require_GET
def letter_carry(request: StaffRequest) -> HttpResponse:
    return _waiting(request, "letter-carry", by_hand=True)


@needs(Permission.POST_LETTERS)
@require_GET
def batch_list(request: StaffRequest) -> HttpResponse:
    batches = PostBatch.objects.visible_to(request.user).select_related("made_by").order_by("-made_at", "pk")
    page = Paginator(batches, PAGE).get_page(request.GET.get("page"))
    counts = Letter.objects.visible_to(request.user).filter(batch__in=[each.pk for each in page])
    sizes = dict(counts.order_by().values_list("batch").annotate(Count("pk")))
    context = {
        "page_obj": page,
        "head": [{"text": text} for text in (_("Made"), _("By"))]
        + [{"text": _("Letters"), "numeric": True}]
        + [{"text": text} for text in (_("Posted"), _("Proof"))],
        "rows": [batch_row(each, letters=sizes.get(each.pk, 0)) for each in page],
        "tabs": tabs(waiting_letters(request.user), "batch-list"),
    }
    return render(request, "referrals/batch_list.html", context)


@needs(Permission.POST_LETTERS)
@require_POST
def batch_create(request: StaffRequest) -> HttpResponse:
    try:
        batch = make_batch(user=request.user, by=request.user.as_actor(), at=clock.now())
        return see_other("batch-show", batch.public_id)
    except Refusal as refusal:
        messages.warning(request, str(refusal.sentence))
        return see_other("letter-list")


@needs(Permission.POST_LETTERS)
@require_GET
def batch_show(request: StaffRequest, public_id: str) -> HttpResponse:
    batch = _batch(request, public_id)
    held, is_open = sheets(batch), batch.recorded_at is None
    page = Paginator(held, PAGE).get_page(request.GET.get("page"))
    _log(request, "list", list(page))
    context = {
        "batch": batch,
        "page_obj": page,
        "count": len(held),
        "printable": sum(not each.why_not for each in held),
        "head": sheet_head(is_open=is_open),
        "rows": [sheet_row(each, is_open=is_open) for each in page],
    }
    return render(request, "referrals/batch_show.html", context)


@needs(Permission.POST_LETTERS)
@require_GET
def batch_download(request: StaffRequest, public_id: str) -> HttpResponse:
    printed = [each for each in sheets(_batch(request, public_id)) if not each.why_not]
    if not printed:
        raise Http404
    _log(request, "pdf", printed)
    return pdf_answer(letters_pdf([letter_for(each.offer) for each in printed]), name="letters.pdf")


@needs(Permission.POST_LETTERS)
def posting_record(request: StaffRequest, public_id: str) -> HttpResponse:
    batch = _batch(request, public_id)
    form = PostingForm(request.POST if request.method == "POST" else None, initial={"posted_on": clock.today()})
    form.cancel_url = reverse("batch-show", args=[public_id])
    if form.is_bound and form.is_valid():
        try:
            record_posting(batch=batch, **form.cleaned_data, user=request.user, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("Posting recorded. The PINs are no longer kept here."))
            return see_other("batch-show", public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/posting_record.html", form, batch=batch, count=batch.letters.count())


@needs(Permission.POST_LETTERS)
def letter_take_out(request: StaffRequest, public_id: str) -> HttpResponse:
    rows = Letter.objects.visible_to(request.user).select_related("batch", "referral__participant")
    letter: Letter = find_on_case(request, rows, public_id)
    if letter.batch is None:
        return see_other("letter-show", letter.referral.public_id)
    log_access(request, kind="page", participants=filter(None, [letter.referral.participant_id]))
    form = GovukForm(request.POST if request.method == "POST" else None)
    form.submit_text, form.submit_style = _("Take it out"), "warning"
    form.cancel_url = reverse("batch-show", args=[letter.batch.public_id])
    if form.is_bound and form.is_valid():
        try:
            take_out(letter=letter, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("The letter was taken out of the batch."))
            return see_other("batch-show", letter.batch.public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/letter_take_out.html", form, letter=letter)


def _waiting(request: StaffRequest, name: str, *, by_hand: bool) -> HttpResponse:
    waiting = waiting_letters(request.user)
    page = Paginator(waiting.by_hand if by_hand else waiting.to_post, PAGE).get_page(request.GET.get("page"))
    log_access(request, kind="list", participants=filter(None, [each.referral.participant_id for each in page]))
    context = {
        "page_obj": page,
        "count": page.paginator.count,
        "most": MOST_IN_A_BATCH,
        "by_hand": by_hand,
        "head": waiting_head(by_hand=by_hand),
        "rows": [waiting_row(each, by_hand=by_hand) for each in page],
        "tabs": tabs(waiting, name),
    }
    return render(request, "referrals/letter_list.html", context)


def _batch(request: StaffRequest, public_id: str) -> Any:
    batches = PostBatch.objects.visible_to(request.user).select_related("made_by", "recorded_by")
    return get_object_or_404(batches, public_id=public_id)


def _log(request: StaffRequest, kind: str, shown: list[Sheet]) -> None:
    people = [each.offer.referral.participant_id for each in shown]
    log_access(request, kind=kind, participants=filter(None, people))
