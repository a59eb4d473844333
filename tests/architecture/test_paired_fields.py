"""Where a row says both when and by whom, the database keeps the two together."""

import pytest
from django.db import models

from tests.architecture.product import is_history, own_models


def pairs(model):
    """Nullable `<x>_at` with a sibling `<x>_by`."""
    names = {field.name for field in model._meta.local_fields}
    return [
        (field.name, f"{field.name[:-3]}_by")
        for field in model._meta.local_fields
        if field.name.endswith("_at") and field.null and f"{field.name[:-3]}_by" in names
    ]


def names_in(condition):
    """Every field that a constraint speaks of."""
    if isinstance(condition, tuple):
        return {condition[0].split("__")[0]}
    return set().union(*(names_in(each) for each in condition.children)) if isinstance(condition, models.Q) else set()


def loose(model):
    checks = [names_in(each.condition) for each in model._meta.constraints if isinstance(each, models.CheckConstraint)]
    return [f"{model._meta.label}.{at}" for at, by in pairs(model) if not any({at, by} <= names for names in checks)]


def test_when_and_by_whom_stand_together():
    tables = [model for model in own_models() if not is_history(model)]
    assert sum(len(pairs(model)) for model in tables) >= 4
    assert [each for model in tables for each in loose(model)] == []


def test_a_loose_pair_is_seen():
    class Loose(models.Model):
        sent_at = models.DateTimeField(null=True)
        sent_by = models.CharField(max_length=1, null=True)

        class Meta:
            app_label = "loose"

        def __str__(self):
            return "x"

    assert loose(Loose) == ["loose.Loose.sent_at"]


@pytest.mark.parametrize("ending", ["_at", "_on"])
def test_fields_end_as_their_type_says(ending):
    kinds = {"_at": models.DateTimeField, "_on": models.DateField}
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.local_fields
        if isinstance(field, models.DateField) and field.name.endswith(ending) and type(field) is not kinds[ending]
    ]
    assert wrong == []
