"""Taking in a file: stored with its rows, worked off a few to a commit in the background, each row whole or not at all."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from celery import current_app
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.partners.entries import House, Ready, column_of, house_of, ready
from diversion.partners.enums import ImportState
from diversion.partners.models import ImportBatch, ImportRow
from diversion.partners.reading import Line
from diversion.referrals.services.intake import Outcome, Result, Trouble, take_in

BY = Actor.system("imports")
KEPT = timedelta(days=1)
AT_ONCE = 500
ROWS_A_COMMIT, SECONDS_A_COMMIT = 20, 1.0
"""How much is worked off between two commits: what a worker that is killed leaves to do again, and how long others wait."""
log = structlog.get_logger("diversion.imports")


class NothingWasChecked(Refusal):
    sentence = _("There is nothing here to take in: the check is not finished, was taken in already, or is too old.")


@transaction.atomic
def start_import(
    *, agency: Organisation, uploader: User, lines: Sequence[Line], dry_run: bool, by: Actor, at: datetime
) -> ImportBatch:
    """Store a file that could be read. Rows that could not are refused at once."""
    batch = ImportBatch(agency=agency, uploaded_by=uploader, uploaded_at=at, dry_run=dry_run, rows_total=len(lines))
    begin(batch, state=ImportState.WAITING, by=by, at=at, rows=len(lines), dry_run=dry_run)
    ImportRow.objects.bulk_create((_row(batch, line) for line in lines), batch_size=AT_ONCE)
    transaction.on_commit(_wake, robust=True)
    return batch


@transaction.atomic
def take_in_checked(*, batch: ImportBatch, by: Actor, at: datetime) -> ImportBatch:
    """Turn a finished dry run into the real one, of the same rows. Asking again changes nothing.

    :raises NothingWasChecked: it is no finished dry run.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if not batch.dry_run and batch.state != ImportState.STOPPED:
        return batch
    if batch.state != ImportState.CHECKED:
        raise NothingWasChecked()
    ImportRow.objects.filter(batch=batch, data__isnull=False).update(status="", referral=None)
    changes = {"dry_run": False, "finished_at": None, "uploaded_by_id": by.user_id}
    move(batch, to=ImportState.WAITING, by=by, at=at, changes=changes)
    transaction.on_commit(_wake, robust=True)
    return batch


def work_off(*, at: datetime, seconds: float = 50, most: int | None = None) -> int:
    """Take in waiting rows, file by file, until none is left or the time is over. Says how many.

    Any number may run at once and any may be killed: a row's lock is its lease, and its result commits with its referral. A few
    rows share a commit, each in a savepoint of its own; those of a commit that never came are simply done again.
    """
    until, done = time.monotonic() + seconds, 0
    for batch in ImportBatch.objects.filter(state__in=[ImportState.WAITING, ImportState.RUNNING]).order_by("uploaded_at"):
        house = _begin(batch, at=at)
        while house and time.monotonic() < until and (most is None or done < most):
            worked = _next_rows(
                batch, house, most=ROWS_A_COMMIT if most is None else min(ROWS_A_COMMIT, most - done), at=at
            )
            if not worked:
                _finish(batch, at=at)
                break
            done += worked
    return done


@transaction.atomic
def forget_unused(*, at: datetime) -> None:
    """Erase the rows of what was checked and not taken in within a day."""
    old = ImportBatch.objects.filter(state=ImportState.CHECKED, finished_at__lt=at - KEPT)
    for batch in old.select_for_update(skip_locked=True):
        _stop(batch, at=at)


def take_in_line(
    *, line: Line, house: House, uploader: User | None, dry_run: bool, by: Actor | None, at: datetime
) -> Result:
    """One row, through the same door as everything that comes in. Without `by`, the row's officer answers for it."""
    if line.errors:
        return Result(Outcome.REFUSED, errors=line.errors)
    found = ready(line.cells, house, uploader=uploader)
    if not isinstance(found, Ready):
        return Result(Outcome.REFUSED, errors=found)
    actor = by or found.officer.as_actor()
    result = take_in(agency=house.agency, officer=found.officer, entry=found.entry, dry_run=dry_run, by=actor, at=at)
    return Result(result.status, result.referral, [column_of(each) for each in result.errors])


def _row(batch: ImportBatch, line: Line) -> ImportRow:
    if line.errors:
        errors = [each.as_dict() for each in line.errors]
        return ImportRow(batch=batch, number=line.number, status=Outcome.REFUSED, errors=errors)
    return ImportRow(batch=batch, number=line.number, data=line.cells)


@transaction.atomic
def _begin(batch: ImportBatch, *, at: datetime) -> House | None:
    batch_now = ImportBatch.objects.select_for_update().select_related("agency", "uploaded_by").get(pk=batch.pk)
    if batch_now.state == ImportState.WAITING:
        move(batch_now, to=ImportState.RUNNING, by=BY, at=at)
    if batch_now.state != ImportState.RUNNING:
        return None
    uploader = batch_now.uploaded_by
    if not (uploader.is_active and uploader.organisation_id == batch_now.agency_id and uploader.may(Permission.IMPORT)):
        _stop(batch_now, at=at)
        return None
    batch.uploaded_by = uploader
    return house_of(batch_now.agency, day=clock.day_of(at))


def _next_rows(batch: ImportBatch, house: House, *, most: int, at: datetime) -> int:
    """Work off up to `most` rows in one transaction and say how many; 0 when no worker has any left to begin."""
    until, done = time.monotonic() + SECONDS_A_COMMIT, 0
    with transaction.atomic():
        todo = ImportRow.objects.filter(batch=batch, status="").order_by("number")
        for row in todo.select_for_update(skip_locked=True)[:most]:
            result = _result(row, batch, house, at=at)
            row.status, row.referral = result.status, result.referral
            row.errors = [each.as_dict() for each in result.errors] or None
            if not batch.dry_run:
                row.data = None
            row.save(update_fields=["status", "referral", "errors", "data"])
            done += 1
            if time.monotonic() > until:
                break
    return done


def _result(row: ImportRow, batch: ImportBatch, house: House, *, at: datetime) -> Result:
    """A fault of ours in one row is logged and told, and holds up none of the others."""
    line, uploader = Line(row.number, row.data), batch.uploaded_by
    try:
        with transaction.atomic():
            return take_in_line(
                line=line, house=house, uploader=uploader, dry_run=batch.dry_run, by=uploader.as_actor(), at=at
            )
    except Exception:
        log.exception("row failed", batch_id=str(batch.pk), row=row.number)
        words = str(_("This row failed through a fault of ours. Upload the file again later."))
        return Result(Outcome.REFUSED, errors=[Trouble("", "fault", words)])


@transaction.atomic
def _finish(batch: ImportBatch, *, at: datetime) -> None:
    """End a file of which every row has its result; another worker may hold the last one still."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == ImportState.RUNNING and not batch.rows.filter(status="").exists():
        to = ImportState.CHECKED if batch.dry_run else ImportState.DONE
        move(batch, to=to, by=BY, at=at, changes={"finished_at": at})


def _stop(batch: ImportBatch, *, at: datetime) -> None:
    move(batch, to=ImportState.STOPPED, by=BY, at=at, changes={"finished_at": at})
    ImportRow.objects.filter(batch=batch).update(data=None)


def _wake() -> None:
    # By name: the tasks stand above this module.
    current_app.send_task("diversion.run_job", kwargs={"name": "imports"}, retry=False)
