"""Abstract shapes shared by every table. This app has no tables of its own."""

from typing import Any, ClassVar

import pgtrigger
import uuid6
from django.db import models

from diversion.core.lifecycle import Lifecycle
from diversion.core.references import new_public_id


class Row(models.Model):
    """A row with a key made by us, so that encrypted fields can be bound to it before it is stored. Keys sort by time of making."""

    id = models.UUIDField(primary_key=True, default=uuid6.uuid7, editable=False)

    class Meta:
        abstract = True


class PublicRow(Row):
    """A row with an opaque id for URLs; primary keys never leave the house."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)

    class Meta:
        abstract = True


class StatefulModel(models.Model):
    """A row with a lifecycle. `state` is written by `audit.transitions` alone."""

    lifecycle: ClassVar[Lifecycle]
    state: Any

    class Meta:
        abstract = True


def state_field(lifecycle: Lifecycle) -> "models.CharField[str, str]":
    """The `state` column for a lifecycle."""
    return models.CharField(max_length=32, choices=lifecycle.states.choices(), editable=False)


def legal_moves(lifecycle: Lifecycle) -> pgtrigger.FSM:
    """The trigger by which the database refuses a move that the table does not have."""
    return pgtrigger.FSM(name="legal_moves", field="state", transitions=lifecycle.pairs())


def state_known(table: str, lifecycle: Lifecycle) -> models.CheckConstraint:
    """The constraint by which the database refuses a state that the enum does not have."""
    return models.CheckConstraint(
        condition=models.Q(state__in=[s.value for s in lifecycle.states]), name=f"{table}_state_is_known"
    )


def append_only() -> pgtrigger.Protect:
    """The trigger that lets nobody change or delete a row."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
