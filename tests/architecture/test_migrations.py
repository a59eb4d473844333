"""Every change of a model has its migration, and nothing in the tree of migrations hangs loose."""

import io

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

pytestmark = pytest.mark.django_db


def test_no_change_of_a_model_waits_for_its_migration():
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1, stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_each_app_has_one_last_migration():
    graph = MigrationLoader(connection).graph
    leaves = [app for app, _name in graph.leaf_nodes()]
    assert sorted(leaves) == sorted(set(leaves))


def test_every_trigger_is_in_the_database_as_it_is_written():
    # Django's own check sees only what migrations say of the models: a table made without its trigger looks complete to it.
    triggers = pgtrigger.registered()
    found = {
        f"{model._meta.label}: {trigger.name}": trigger.get_installation_status(model)[0] for model, trigger in triggers
    }
    assert len(found) > 80
    assert {name for name, status in found.items() if status != "INSTALLED"} == set()
