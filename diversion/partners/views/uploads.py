"""Uploading a file of referrals, and what is needed to write one."""

import csv
import io

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other
from diversion.partners.columns import COLUMNS
from diversion.partners.forms import UploadForm
from diversion.partners.models import ImportBatch
from diversion.partners.queries import example_row, guide, uploads
from diversion.partners.services.imports import start_import
from diversion.referrals.views.pages import form_page

PAGE = 25


@needs(Permission.IMPORT)
@require_http_methods(["GET", "POST"])
def import_create(request: StaffRequest) -> HttpResponse:
    """Choose a file; below, those before, the newest first."""
    sent = request.method == "POST"
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    form = UploadForm(request.POST, request.FILES, length=length) if sent else UploadForm()
    if sent and form.is_valid():
        batch = start_import(
            agency=_agency(request),
            uploader=request.user,
            lines=form.lines,
            dry_run=form.cleaned_data["dry_run"],
            by=request.user.as_actor(),
            at=clock.now(),
        )
        return see_other("import-show", batch.public_id)
    head = [{"text": text} for text in (_("Uploaded"), _("By"), _("State"), _("Rows"))]
    page = Paginator(uploads(request.user), PAGE).get_page(request.GET.get("page"))
    rows = [_cells(batch) for batch in page]
    return form_page(request, "partners/import_create.html", form, head=head, rows=rows, page_obj=page)


@needs(Permission.IMPORT)
@require_GET
def import_template(request: StaffRequest) -> HttpResponse:
    """The header and one row that fits the agency, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO(newline="")
    example = example_row(_agency(request), day=clock.today())
    csv.writer(text).writerows([[column.name for column in COLUMNS], example])
    headers = {"Content-Disposition": 'attachment; filename="template.csv"'}
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@needs(Permission.IMPORT)
@require_GET
def import_guide(request: StaffRequest) -> HttpResponse:
    """What each column takes."""
    columns = guide(_agency(request), day=clock.today())
    return render(request, "partners/import_guide.html", {"columns": columns})


def _agency(request: StaffRequest) -> Organisation:
    if request.user.membership is None:
        raise Http404
    return request.user.membership.organisation


def _cells(batch: ImportBatch) -> list[dict[str, object]]:
    when = clock.london_wall(batch.uploaded_at)
    state = _("%(state)s (check only)") if batch.dry_run else "%(state)s"
    return [
        {"text": f"{when:%d/%m/%Y %H:%M}", "url": f"{batch.public_id}/", "header": True},
        {"text": batch.uploaded_by.name},
        {"text": state % {"state": batch.get_state_display()}},
        {"text": f"{getattr(batch, 'done', 0)} / {batch.rows_total}"},
    ]
