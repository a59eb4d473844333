"""What taking in a file costs in statements, and that rows which share a commit are whole all the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diversion.core import clock
from diversion.partners.services import imports
from diversion.partners.services.imports import work_off
from diversion.referrals.models import Referral
from diversion.referrals.services import intake
from tests.integration.partners.files import make_house, row
from tests.integration.partners.test_imports import upload, work

pytestmark = pytest.mark.django_db
COST = {False: 27, True: 28}
"""Statements for one row; a dry run's savepoint is undone and then released."""
FAMILY = ["Abbott", "Chowdhury", "Davies", "Fox", "Griffiths", "Hughes", "Ismail", "Jones", "Kowalska", "Mbeki", "Nowak",
          "Quigley", "Rahman", "Tudor", "Yilmaz"]  # fmt: skip
GIVEN = ["Amina", "Bethan", "Connor", "Dafydd", "Farah", "George", "Hannah", "Imran", "Jack", "Kasia", "Liam", "Olwen",
         "Priya", "Tomos", "Zofia"]  # fmt: skip


@pytest.fixture(autouse=True)
def _one_commit_however_slow(monkeypatch):
    monkeypatch.setattr(imports, "SECONDS_A_COMMIT", 1000)


def somebody(hub, number):
    """A row about whom nobody else in these files could be."""
    return row(hub, number, family_name=FAMILY[number], given_names=GIVEN[number])


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_row_costs_the_same_few_statements_however_long_the_file_and_the_table(dry_run):
    """Each row beyond the first of a commit costs the same, whether two more follow or ten, and whoever is there already."""
    hub = make_house()
    start = 0

    def statements(rows):
        nonlocal start
        batch = upload(hub, *(somebody(hub, start + n) for n in range(rows)), dry_run=dry_run)
        start += rows
        with CaptureQueriesContext(connection) as counted:
            assert {status for _number, status in work(batch)} == {"created"}
        return len(counted)

    one, few = statements(1), statements(3)
    many = statements(11)
    assert ((few - one) / 2, (many - one) / 10) == (COST[dry_run], COST[dry_run])


def test_more_rows_than_one_commit_takes_are_all_taken_in(monkeypatch):
    monkeypatch.setattr(imports, "ROWS_A_COMMIT", 2)
    hub = make_house()
    batch = upload(hub, *(row(hub, n) for n in range(5)))
    assert work(batch) == [(n, "created") for n in range(2, 7)]


def test_a_worker_killed_inside_a_commit_leaves_its_rows_to_the_next(monkeypatch):
    """The rows before it in the same commit are undone with it, results and referrals alike, and none is made twice."""
    hub = make_house()
    batch = upload(hub, *(row(hub, n) for n in range(3)))
    whole = intake.submit_locked

    def die_at_the_third(referral, **given):
        if referral.agency_reference == "CR/2":
            raise SystemExit
        return whole(referral, **given)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "submit_locked", die_at_the_third)
        with pytest.raises(SystemExit):
            work_off(at=clock.now())
    assert (Referral.objects.count(), batch.rows.filter(status="").count()) == (0, 3)
    assert [status for _number, status in work(batch)] == ["created"] * 3
    assert Referral.objects.count() == 3
