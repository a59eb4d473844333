"""Files of referrals: checked, taken in row by row, and safe to upload again (R2)."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TestCase

from diversion.accounts.enums import Role
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.compliance.queries.figures import refusals
from diversion.core import clock
from diversion.partners.enums import ImportState
from diversion.partners.models import ImportBatch, ImportRow
from diversion.partners.reading import read_rows
from diversion.partners.services.imports import (
    NothingWasChecked,
    forget_unused,
    start_import,
    take_in_checked,
    work_off,
)
from diversion.referrals.models import EligibilityCheck, Participant, Referral, Scheme
from diversion.referrals.services import drafts, intake
from diversion.referrals.services.intake import Differs
from tests.factories import make_agency, make_participant, make_referral, make_user
from tests.integration.partners.files import csv_of, make_house, row

pytestmark = pytest.mark.django_db


def upload(hub, *rows, dry_run=False):
    return start_import(
        agency=hub.membership.organisation,
        uploader=hub,
        lines=read_rows(csv_of(*rows)),
        dry_run=dry_run,
        by=hub.as_actor(),
        at=clock.now(),
    )


def work(batch, **how):
    work_off(at=clock.now(), **how)
    batch.refresh_from_db()
    return [(each.number, each.status) for each in batch.rows.order_by("number")]


def command(tmp_path, hub, content, *flags):
    file = tmp_path / "referrals.csv"
    file.write_bytes(content)
    out = io.StringIO()
    try:
        call_command("import_referrals", str(file), "--agency", hub.membership.organisation.code, *flags, stdout=out)
    except SystemExit as end:
        return end.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def all_counts():
    """How many rows every table has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(name for (name,) in cursor.fetchall())
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def errors_of(hub, **cells):
    batch = upload(hub, row(hub, **cells))
    work(batch)
    return [(each["field"], each["code"]) for each in batch.rows.get().errors or []]


def test_the_templates_example_is_taken_in_and_submitted(client):
    hub = make_house()
    batch = upload(hub, row(hub))
    assert work(batch) == [(2, "created")]
    referral = Referral.objects.get()
    assert referral.state == "awaiting_authorisation"
    assert (referral.officer, referral.submitted_by) == (hub, hub)
    assert referral.participant.mobile == "+447700900982"
    made = batch.rows.get()
    assert (made.referral, made.data, made.errors) == (referral, None, None)
    assert batch.state == ImportState.DONE
    trail = AuditEvent.objects.filter(case_id=referral.pk, actor_id=hub.pk).values_list("action", flat=True)
    assert {"referral.draft", "referral.saved", "referral.awaiting_authorisation"} <= set(trail)


def test_the_same_file_again_creates_nothing():
    hub = make_house()
    rows = [row(hub, n) for n in range(3)]
    work(upload(hub, *rows))
    before = Referral.objects.count(), Participant.objects.count()
    assert work(upload(hub, *rows)) == [(2, "unchanged"), (3, "unchanged"), (4, "unchanged")]
    assert (Referral.objects.count(), Participant.objects.count()) == before == (3, 3)


@pytest.mark.parametrize(
    "cells",
    [
        {"family_name": "Somebodyelse"}, {"offence_on": "1/1/2026"}, {"victim": "not-reached"}, {"gravity_score": "3"},
        {"risk_reasons": "Another."}, {"condition_1": "Write.", "condition_1_proof": "letter"}, {"needs": "bsl"},
        {"safe_routes": "post"},
    ],
)  # fmt: skip
def test_the_same_reference_with_other_content_is_refused_as_differs(cells):
    hub = make_house()
    work(upload(hub, row(hub)))
    assert errors_of(hub, **cells) == [("agency_reference", "differs")]
    assert str(Differs.sentence) in str(ImportRow.objects.order_by("-pk")[0].errors)
    assert Referral.objects.count() == 1


def test_a_reference_is_free_again_once_its_referral_is_void():
    hub = make_house()
    make_referral("void", scheme=Scheme.objects.get(agency=hub.membership.organisation), agency_reference="CR/1")
    assert work(upload(hub, row(hub))) == [(2, "created")]


def test_another_agency_may_have_the_same_reference():
    first, second = make_house(), make_house()
    work(upload(first, row(first)))
    assert work(upload(second, row(second))) == [(2, "created")]


def test_the_officers_own_empty_draft_is_left_alone():
    hub = make_house()
    empty = drafts.start_referral(officer=hub, by=hub.as_actor(), at=clock.now())
    work(upload(hub, row(hub)))
    empty.refresh_from_db()
    assert (empty.state, empty.participant) == ("draft", None)


def test_a_dry_run_writes_nothing(tmp_path):
    hub = make_house()
    before = all_counts()
    code, said = command(tmp_path, hub, csv_of(row(hub), row(hub, 2, risk_level="high")), "--dry-run")
    assert (code, said["created"], said["refused"]) == (0, 1, 1)
    assert all_counts() == before
    code, said = command(tmp_path, hub, csv_of(row(hub)))
    assert said["created"] == 1
    assert all_counts() != before


def test_who_was_found_by_a_check_has_it_on_their_record():
    """Whoever only checks learns yes or no of another agency's records as well (rule 13)."""
    hub = make_house()
    work(upload(hub, row(hub, family_name="Zzmarker", date_of_birth="1990-05-17"), dry_run=True))
    assert AccessEvent.objects.filter(kind="check").count() == 0
    other = make_participant(make_agency(), given_names="Sam", family_name="Zzmarker")
    work(upload(hub, row(hub, family_name="Zzmarker", date_of_birth="1990-05-17"), dry_run=True))
    assert AccessEvent.objects.get(kind="check").participants == [other.pk]


def test_a_refused_row_leaves_nothing_behind(tmp_path):
    hub = make_house()
    before = all_counts()
    code, said = command(tmp_path, hub, csv_of(row(hub, risk_level="high")))
    assert (code, said["refused"]) == (0, 1)
    assert [error["code"] for error in said["results"][0]["errors"]] == ["not-eligible"]
    after = all_counts()
    assert after.pop("referrals_eligibilitycheck") == before.pop("referrals_eligibilitycheck") + 1
    assert after == before


def test_whom_the_rules_refuse_in_a_file_is_counted_once_and_named_nowhere(tmp_path):
    hub = make_house()
    scheme = row(hub)["scheme"]
    five = [row(hub, number, risk_level="high") for number in range(1, 6)]
    for dry_run in (True, False, False):
        work(upload(hub, *five, dry_run=dry_run))
    assert [(each.scheme, each.risk, each.other) for each in refusals(hub.organisation_id)] == [
        (Scheme.objects.get(code=scheme).name, "5", "0")
    ]
    assert {each.words for each in EligibilityCheck.objects.all()} == {""}


def test_one_refused_row_does_not_hold_up_the_others():
    hub = make_house()
    batch = upload(hub, row(hub, 1), row(hub, 2, disposal_on="soon"), row(hub, 3))
    assert work(batch) == [(2, "created"), (3, "refused"), (4, "created")]


def test_the_same_reference_twice_in_one_file_is_taken_in_once():
    hub = make_house()
    batch = upload(hub, row(hub, 1), row(hub, 1), row(hub, 1, family_name="Else"))
    assert work(batch) == [(2, "created"), (3, "refused"), (4, "refused")]
    assert [each["code"] for each in batch.rows.get(number=4).errors] == ["repeated"]
    assert Referral.objects.count() == 1


def test_a_worker_that_is_killed_half_way_is_carried_on_from():
    hub = make_house()
    batch = upload(hub, *(row(hub, n) for n in range(5)))
    assert [status for _number, status in work(batch, most=2)] == ["created", "created", "", "", ""]
    assert batch.state == ImportState.RUNNING
    assert [status for _number, status in work(batch)] == ["created"] * 5
    assert batch.state == ImportState.DONE
    assert (work_off(at=clock.now()), Referral.objects.count()) == (0, 5)


def test_a_row_that_dies_in_the_middle_leaves_no_referral(monkeypatch):
    hub = make_house()
    batch = upload(hub, row(hub))

    def die(referral, **given):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(intake, "submit_locked", die)
        with pytest.raises(SystemExit):
            work_off(at=clock.now())
    assert (Referral.objects.count(), batch.rows.get().status) == (0, "")
    assert work(batch) == [(2, "created")]


def test_a_fault_in_one_row_is_told_and_holds_up_none_of_the_others(monkeypatch):
    hub = make_house()
    batch = upload(hub, row(hub, 1), row(hub, 2))
    whole = intake.submit_locked

    def break_once(referral, **given):
        if referral.agency_reference == "CR/1":
            raise RuntimeError
        return whole(referral, **given)

    monkeypatch.setattr(intake, "submit_locked", break_once)
    assert work(batch) == [(2, "refused"), (3, "created")]
    assert [each["code"] for each in batch.rows.get(number=2).errors] == ["fault"]


def test_what_was_checked_is_taken_in_without_another_upload():
    hub = make_house()
    batch = upload(hub, row(hub, 1), row(hub, 2, given_names=""), row(hub, 3), dry_run=True)
    assert work(batch) == [(2, "created"), (3, "refused"), (4, "created")]
    assert (batch.state, Referral.objects.count()) == (ImportState.CHECKED, 0)
    take_in_checked(batch=batch, by=hub.as_actor(), at=clock.now())
    take_in_checked(batch=batch, by=hub.as_actor(), at=clock.now())
    assert work(batch) == [(2, "created"), (3, "refused"), (4, "created")]
    assert (batch.state, Referral.objects.count()) == (ImportState.DONE, 2)
    assert [each.data for each in batch.rows.all()] == [None] * 3


def test_an_unfinished_check_is_not_taken_in():
    hub = make_house()
    batch = upload(hub, row(hub), dry_run=True)
    with pytest.raises(NothingWasChecked):
        take_in_checked(batch=batch, by=hub.as_actor(), at=clock.now())


def test_rows_that_nobody_takes_in_are_erased_after_a_day():
    hub = make_house()
    batch = upload(hub, row(hub), dry_run=True)
    work(batch)
    forget_unused(at=clock.now() + timedelta(hours=23))
    assert batch.rows.get().data["family_name"]
    forget_unused(at=clock.now() + timedelta(hours=25))
    batch.refresh_from_db()
    assert (batch.state, batch.rows.get().data) == (ImportState.STOPPED, None)


def test_a_file_stops_when_its_uploader_may_no_longer_upload():
    hub = make_house()
    batch = upload(hub, row(hub))
    membership = hub.membership
    membership.ended_at = clock.now()
    membership.save()
    assert work(batch) == [(2, "")]
    assert (batch.state, batch.rows.get().data, Referral.objects.count()) == (ImportState.STOPPED, None, 0)


def test_the_row_names_its_officer_by_email():
    hub = make_house()
    officer = make_user(Role.CASE_OFFICER, hub.membership.organisation)
    work(upload(hub, row(hub, officer_email=officer.email.upper())))
    referral = Referral.objects.get()
    assert (referral.officer, referral.submitted_by) == (officer, officer)
    assert AuditEvent.objects.get(case_id=referral.pk, action="referral.draft").actor_id == hub.pk


def test_nobody_but_a_colleague_who_may_refer_is_an_officer():
    hub = make_house()
    for stranger in [make_user(Role.CASE_OFFICER), make_user(Role.SUPERVISOR, hub.membership.organisation)]:
        assert errors_of(hub, officer_email=stranger.email) == [("officer_email", "unknown")]


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"date_of_birth": "31/02/1990"}, ("date_of_birth", "invalid")),
        ({"offence_on": "soon"}, ("offence_on", "invalid")),
        ({"offence_on": "1/1/2099"}, ("offence_on", "date-is-in-the-future")),
        ({"offence_category": "NONE"}, ("offence_category", "invalid_choice")),
        ({"scheme": "NONE"}, ("scheme", "unknown")),
        ({"email": "sam"}, ("email", "invalid")),
        ({"mobile": "020 7946 0000"}, ("mobile", "invalid")),
        ({"given_names": ""}, ("given_names", "required")),
        ({"family_name": "x" * 81}, ("family_name", "max_length")),
        ({"victim": "contacted"}, ("victim_contacted_on", "day-of-contact-is-missing")),
        ({"gravity_score": "6"}, ("gravity_score", "invalid_choice")),
        ({"needs": "interpreter"}, ("interpreter_language", "invalid")),
        ({"safe_routes": ""}, ("safe_routes", "invalid_choice")),
        ({"condition_1": "Write."}, ("condition_1_proof", "invalid")),
        ({"agency_reference": ""}, ("agency_reference", "reference-is-missing")),
    ],
)
def test_what_is_wrong_is_told_by_column(cells, wrong):
    assert errors_of(make_house(), **cells) == [wrong]


def test_an_error_never_repeats_the_cell(tmp_path):
    hub = make_house()
    secret = "Zqxsecret"
    names = ["offence_category", "victim", "risk_level", "gravity_score", "language", "needs", "safe_routes", "scheme"]
    names += ["officer_email", "email", "mobile", "date_of_birth", "previous_disposals", "condition_1_proof", "safe_from"]
    _code, said = command(tmp_path, hub, csv_of(row(hub, **dict.fromkeys(names, secret))))
    assert {error["field"] for error in said["results"][0]["errors"]} >= set(names) - {"safe_from"}
    assert secret.lower() not in json.dumps(said).lower()


def test_rows_lie_sealed_in_the_table():
    hub = make_house()
    upload(hub, row(hub, family_name="Zzmarker"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM partners_importrow")
        assert b"Zzmarker" not in bytes(cursor.fetchone()[0])


def test_the_commands_answer(tmp_path):
    hub = make_house()
    code, said = command(tmp_path, hub, csv_of(row(hub, 1), row(hub, 2, given_names="")))
    referral = Referral.objects.get()
    assert code == 0
    assert said == {
        "rows": 2,
        "created": 1,
        "unchanged": 0,
        "refused": 1,
        "results": [
            {"row": 2, "status": "created", "reference": referral.reference, "errors": []},
            {
                "row": 3,
                "status": "refused",
                "reference": "",
                "errors": [{"field": "given_names", "code": "required", "message": "Enter first names"}],
            },
        ],
    }
    assert command(tmp_path, hub, csv_of(row(hub, 1)))[1]["results"] == [
        {"row": 2, "status": "unchanged", "reference": referral.reference, "errors": []}
    ]


def test_the_command_says_why_a_file_cannot_be_read(tmp_path):
    hub = make_house()
    assert command(tmp_path, hub, b"")[0] == 2
    assert command(tmp_path, hub, b"")[1]["error"]["code"] == "empty"
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("import_referrals", str(tmp_path / "none.csv"), "--agency", "NOBODY", stdout=out)
    assert (end.value.code, json.loads(out.getvalue())["error"]["code"]) == (2, "unknown-agency")
    assert set(json.loads(out.getvalue())) == {"error"}


def test_an_upload_is_on_the_trail():
    hub = make_house()
    batch = upload(hub, row(hub))
    work(batch)
    trail = AuditEvent.objects.filter(subject_id=batch.pk).order_by("recorded_at").values_list("action", "actor_id")
    assert list(trail) == [("import.waiting", hub.pk), ("import.running", None), ("import.done", None)]


def test_an_upload_wakes_the_worker(monkeypatch):
    from diversion.partners.services import imports

    hub, woken = make_house(), []
    monkeypatch.setattr(imports.current_app, "send_task", lambda name, **how: woken.append((name, how["kwargs"])))
    with TestCase.captureOnCommitCallbacks(execute=True):
        upload(hub, row(hub))
    assert woken == [("diversion.run_job", {"name": "imports"})]
    assert ImportBatch.objects.count() == 1
