"""How far a file is, and what became of each of its rows."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.references import spoken
from diversion.partners.enums import ImportState
from diversion.partners.models import ImportBatch, ImportRow
from diversion.partners.queries import seen_in_full, tally
from diversion.partners.services.imports import take_in_checked
from diversion.referrals.models import Referral
from diversion.referrals.services.intake import Outcome

PAGE = 50
NUMBER, STATUS = "number", "status"


@needs(Permission.IMPORT)
@require_GET
def import_show(request: StaffRequest, public_id: str) -> HttpResponse:
    """n of N, and the rows that have their result, a page at a time."""
    batch = _find(request, public_id)
    refused = request.GET.get("only") == "refused"
    rows = batch.rows.exclude(status="").select_related("referral").order_by(NUMBER)
    rows = rows.filter(status=Outcome.REFUSED) if refused else rows
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    seen = seen_in_full(list(page), request.user)
    log_access(request, kind="list", participants=[each.participant_id for each in seen.values() if each.participant_id])
    context = {
        "batch": batch,
        "tally": tally(batch),
        "running": batch.state in {ImportState.WAITING, ImportState.RUNNING},
        "refused": refused,
        "query": "only=refused&" if refused else "",
        "page_obj": page,
        "head": [{"text": text} for text in (_("Row"), _("Result"), _("Reference"), _("What is wrong"))],
        "rows": [_cells(row, seen, dry_run=batch.dry_run) for row in page],
    }
    return render(request, "partners/import_show.html", context)


@needs(Permission.IMPORT)
@require_POST
def import_take_in(request: StaffRequest, public_id: str) -> HttpResponse:
    """Take in what was checked, without another upload."""
    batch = _find(request, public_id)
    try:
        take_in_checked(batch=batch, by=request.user.as_actor(), at=clock.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.sentence))
    return see_other("import-show", public_id)


def _find(request: StaffRequest, public_id: str) -> ImportBatch:
    batch: ImportBatch | None = ImportBatch.objects.visible_to(request.user).filter(public_id=public_id).first()
    if batch is None:
        raise Http404
    return batch


def _cells(row: ImportRow, seen: dict[object, Referral], *, dry_run: bool) -> list[dict[str, Any]]:
    referral = seen.get(row.referral_id)
    created = _("Would be taken in") if dry_run else _("Taken in")
    words = {Outcome.CREATED: created, Outcome.UNCHANGED: _("Already here"), Outcome.REFUSED: _("Refused")}
    colours = {Outcome.CREATED: "green", Outcome.UNCHANGED: "grey", Outcome.REFUSED: "red"}
    status = Outcome(row.status)
    said = [f"{error['field']}: {error['message']}" if error["field"] else error["message"] for error in row.errors or []]
    return [
        {"text": str(row.number), "header": True},
        {"text": "", "tag": {"text": words[status], "colour": colours[status]}},
        {
            "text": spoken(row.referral.reference) if row.referral else "",
            "url": reverse("case-show", args=[referral.public_id]) if referral else "",
        },
        {"text": " ".join(said)},
    ]
