"""Every field of every table is classified in docs/privacy/fields.csv, and what is personal is encrypted or says why not.

A history table holds copies of its model's fields and takes their classes.
"""

import csv

import pytest

from diversion.core.encryption import BlindIndexField, EncryptedField
from tests.architecture.product import is_history, own_models
from tests.architecture.source import ROOT

FIELDS = ROOT / "docs" / "privacy" / "fields.csv"
COLUMNS = ["app", "model", "field", "class", "purpose", "who sees it", "retention", "encrypted"]
CLASSES = {"none", "internal", "personal", "sensitive"}
# Personal, and yet readable in a dump. Each has its reason in the table, after "no:".
IN_THE_CLEAR = {
    "accounts.User.email",
    "accounts.User.name",
    "accounts.Invitation.email",
    "accounts.Invitation.name",
    "referrals.RiskDecision.assessor",
    "referrals.RiskDecision.level",
    "referrals.LegalFact.holds",
    "referrals.PreviousHistory.gravity_score",
    "referrals.PreviousHistory.previous_disposals",
    "referrals.VictimView.situation",
    "referrals.Referral.closure_reason",
    "referrals.Referral.disposal",
    "referrals.Referral.disposal_on",
    "referrals.Referral.offence_category",
    "referrals.Referral.offence_on",
    "referrals.OfferAnswer.answer",
    "courses.Attendance.outcome",
    "courses.DraftMark.outcome",
    "courses.WaitingEntry.latitude",
    "courses.WaitingEntry.longitude",
}


def fields():
    return {
        f"{model._meta.label}.{field.name}": field
        for model in own_models()
        if not is_history(model)
        for field in model._meta.local_fields
    }


@pytest.fixture(scope="module")
def rows():
    with FIELDS.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        found = [(f"{row['app']}.{row['model']}.{row['field']}", row) for row in reader]
        assert reader.fieldnames == COLUMNS
    assert len(dict(found)) == len(found), "a field is classified twice"
    return dict(found)


def is_protected(field):
    return isinstance(field, EncryptedField | BlindIndexField)


def test_every_field_is_classified_and_every_row_is_a_field(rows):
    assert sorted(rows) == sorted(fields())


def test_every_row_is_filled_in(rows):
    assert {row["class"] for row in rows.values()} == CLASSES
    assert [key for key, row in rows.items() if not (row["purpose"] and row["who sees it"] and row["retention"])] == []


def test_what_is_personal_is_encrypted_or_has_a_reason(rows):
    open_to_read = {
        key
        for key, field in fields().items()
        if rows[key]["class"] in {"personal", "sensitive"} and not is_protected(field)
    }
    assert open_to_read == IN_THE_CLEAR
    assert [key for key in IN_THE_CLEAR if not rows[key]["encrypted"].startswith("no: ")] == []


def test_what_is_encrypted_is_said_to_be(rows):
    said = {"sealed": EncryptedField, "keyed hash": BlindIndexField}
    assert {key for key, field in fields().items() if is_protected(field)} == {
        key for key, row in rows.items() if row["encrypted"] in said and isinstance(fields()[key], said[row["encrypted"]])
    }


def test_history_seals_what_its_model_seals():
    wrong = []
    for model in own_models():
        if is_history(model):
            tracked = {field.name: field for field in model.pgh_tracked_model._meta.local_fields}
            wrong += [
                f"{model._meta.label}.{field.name}"
                for field in model._meta.local_fields
                if field.name in tracked and is_protected(field) != is_protected(tracked[field.name])
            ]
    assert wrong == []


def test_free_text_is_never_taken_for_harmless(rows):
    """A column wide enough for a sentence about a person is either reference data or sealed."""
    from django.db import models

    wide = {key for key, field in fields().items() if isinstance(field, models.TextField) and not is_protected(field)}
    assert {key for key in wide if rows[key]["class"] != "none"} == set()
