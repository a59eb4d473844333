"""A file of referrals from upload to the last row's result: real commits, every check, the whole trail."""

import csv
import io
import time
from datetime import date, timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.report import Figure
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.partners.columns import COLUMNS
from diversion.partners.models import ImportBatch
from diversion.partners.queries import example_row
from diversion.partners.reading import read_rows
from diversion.partners.services.imports import start_import, work_off
from diversion.referrals.models import OffenceCategory, Participant
from tests.factories import make_agency, make_scheme, make_user

ROWS = 200
SHORT = 20
LONGEST = 600
NAMES = [column.name for column in COLUMNS]
GIVEN = ["Amina", "Bethan", "Connor", "Dafydd", "Eleri", "Farah", "George", "Hannah", "Imran", "Jack", "Kasia", "Liam"]
FAMILY = ["Abbott", "Bevan", "Chowdhury", "Davies", "Evans", "Fox", "Griffiths", "Hughes", "Ismail", "Jones", "Kowalska"]
FIRST_BIRTH, LAST_BIRTH = date(1955, 1, 1), date(2003, 12, 31)


def measure_intake() -> list[Figure]:
    """Rows a second in one process on one connection, beside a transaction that stores one person with encrypted names."""
    OffenceCategory.objects.get_or_create(code="B-BENCH", defaults={"name": "Bench", "summary_only": False})
    hub = make_user(Role.HUB, make_agency())
    make_scheme(hub.membership.organisation)
    example = dict(zip(NAMES, example_row(hub.membership.organisation, day=clock.today()), strict=True))
    _take_in(hub, _file(example, range(SHORT)))
    started = time.perf_counter()
    _take_in(hub, _file(example, range(SHORT, SHORT + ROWS)))
    ours = ROWS / (time.perf_counter() - started)
    with CaptureQueriesContext(connection) as counted:
        _take_in(hub, _file(example, range(SHORT + ROWS, SHORT * 2 + ROWS)))
    return [
        Figure("referrals taken in from a file", ours, "rows per s", _floor(hub), ">= 1000"),
        Figure("one row of a file: queries", len(counted) / SHORT, "SQL", 1, "<= 30"),
    ]


def _file(example: dict[str, str], numbers: range) -> bytes:
    """The template's example, each time for somebody else."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(NAMES)
    writer.writerows([(example | _person(n))[name] for name in NAMES] for n in numbers)
    return text.getvalue().encode()


def _person(n: int) -> dict[str, str]:
    born = FIRST_BIRTH + timedelta(days=n * 7919 % (LAST_BIRTH - FIRST_BIRTH).days)
    return {
        "agency_reference": f"BENCH/{n}",
        "given_names": GIVEN[n % len(GIVEN)],
        "family_name": FAMILY[n % len(FAMILY)],
        "date_of_birth": born.isoformat(),
        "email": f"person{n}@example.org",
    }


def _take_in(hub: User, content: bytes) -> ImportBatch:
    """:raises RuntimeError: not every row became a referral."""
    lines, agency = read_rows(content), hub.membership.organisation
    batch = start_import(agency=agency, uploader=hub, lines=lines, dry_run=False, by=hub.as_actor(), at=clock.now())
    work_off(at=clock.now(), seconds=LONGEST)
    if batch.rows.filter(status="created").count() != len(lines):
        raise RuntimeError("not every row was taken in")
    return batch


def _floor(hub: User) -> float:
    started = time.perf_counter()
    for n in range(ROWS):
        with transaction.atomic():
            Participant.objects.create(
                agency=hub.membership.organisation, given_names=GIVEN[n % len(GIVEN)], family_name="Floor",
                date_of_birth=FIRST_BIRTH + timedelta(days=n), language="en-gb",
            )  # fmt: skip
    return ROWS / (time.perf_counter() - started)
