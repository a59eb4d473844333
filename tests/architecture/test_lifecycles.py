"""The tables are the machines: complete, connected, and the same in the database and in the document."""

import re

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from diversion.core.lifecycle import Lifecycle, Stateful
from tests.architecture.generate import LIFECYCLES
from tests.architecture.lifecycle_page import page
from tests.architecture.product import lifecycles, own_models, stateful_models
from tests.architecture.specimens import specimen

ALL = {each.noun: each for each in lifecycles()}
STATEFUL = {model._meta.label: model for model in stateful_models()}
each_lifecycle = pytest.mark.parametrize("noun", sorted(ALL))
each_model = pytest.mark.parametrize("label", sorted(STATEFUL))


def reachable(lifecycle: Lifecycle) -> set[Stateful]:
    found, ahead = set(), list(lifecycle.starts)
    while ahead:
        state = ahead.pop()
        if state not in found:
            found.add(state)
            ahead += lifecycle.moves[state]
    return found


@each_lifecycle
def test_every_state_is_in_the_table(noun):
    lifecycle = ALL[noun]
    assert set(lifecycle.moves) == set(lifecycle.states)
    assert lifecycle.starts
    assert {new for ways in lifecycle.moves.values() for new in ways} | lifecycle.starts == set(lifecycle.states)


@each_lifecycle
def test_every_state_is_reached_from_a_start(noun):
    assert reachable(ALL[noun]) == set(ALL[noun].states)


@each_lifecycle
def test_every_move_has_its_sentence_and_leads_elsewhere(noun):
    for old, ways in ALL[noun].moves.items():
        assert old not in ways
        assert all(len(sentence) > 10 and not sentence.endswith(".") for sentence in ways.values())


def test_every_model_with_a_state_has_a_lifecycle():
    fields = {model for model in own_models() if any(field.name == "state" for field in model._meta.local_fields)}
    history = {model for model in fields if hasattr(model, "pgh_tracked_model")}
    assert fields - history == set(STATEFUL.values())


def test_every_enum_of_states_belongs_to_a_lifecycle():
    assert set(Stateful.__subclasses__()) >= {each.states for each in ALL.values()}
    product = {enum for enum in Stateful.__subclasses__() if not enum.__module__.startswith("tests.")}
    assert product == {each.states for each in ALL.values()}


def test_an_island_is_seen():
    class Two(Stateful):
        HERE = "here"
        THERE = "there"

    island = Lifecycle(noun="x", states=Two, starts=frozenset({Two.HERE}), moves={Two.HERE: {}, Two.THERE: {}})
    assert reachable(island) == {Two.HERE}
    with pytest.raises(ValueError, match="no row for"):
        Lifecycle(noun="x", states=Two, starts=frozenset({Two.HERE}), moves={Two.HERE: {}})


@each_model
@pytest.mark.django_db
def test_the_trigger_in_the_database_has_the_same_pairs(label):
    model = STATEFUL[label]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
               WHERE t.tgrelid = %s::regclass AND t.tgname LIKE 'pgtrigger_legal_moves%%' AND t.tgenabled <> 'D'""",
            [model._meta.db_table],
        )
        (source,) = cursor.fetchone()
    pairs = re.search(r"ANY\('\{(.*)\}'::text\[\]\)", source)[1].split(",")
    assert sorted(pairs) == sorted(f"{old}:{new}" for old, new in model.lifecycle.pairs())


@each_model
@pytest.mark.django_db
def test_the_database_refuses_what_the_table_does_not_have(label):
    row = specimen(STATEFUL[label])
    forbidden = [
        state for state in row.lifecycle.states if state != row.state and not row.lifecycle.allows(row.state, state)
    ]
    assert forbidden
    for state in forbidden:
        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(state=state)


@each_model
@pytest.mark.django_db
def test_the_database_lets_through_what_the_table_has(label):
    """A control: the trigger refuses by the table, not everything. Another constraint may then still refuse the row."""
    row = specimen(STATEFUL[label])
    refusals = []
    for state in row.lifecycle.moves[row.lifecycle.states(row.state)]:
        try:
            with transaction.atomic():
                type(row).objects.filter(pk=row.pk).update(state=state)
                transaction.set_rollback(True)
        except IntegrityError as refusal:
            refusals.append(str(refusal))
    assert [said for said in refusals if "Invalid transition" in said] == []


def test_the_document_is_current():
    assert LIFECYCLES.read_text(encoding="utf-8") == page(list(lifecycles())), "run `make docs`"
