"""The only writer of a `state`, and its audit row beside it, in one transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.lifecycle import Stateful
from diversion.core.models import StatefulModel


class MoveIsNotAllowed(Refusal):
    """The lifecycle has no such move, or somebody else moved the row first."""

    sentence = "This has changed since you opened the page. Look at it again before you act."


@transaction.atomic(savepoint=False)
def begin(
    row: StatefulModel, *, state: Stateful, by: Actor, at: datetime, case_id: UUID | None = None, **data: Any
) -> None:
    """Store a new row in one of its lifecycle's starting states, with its audit row.

    :raises ValueError: the lifecycle does not start there.
    """
    if state not in row.lifecycle.starts:
        raise ValueError(f"a {row.lifecycle.noun} does not start as {state}")
    row.state = state
    row.save(force_insert=True)
    record_change(
        action=f"{row.lifecycle.noun}.{state}", subject=row, by=by, at=at, case_id=case_id, new_state=state, data=data
    )


def move(
    row: StatefulModel,
    *,
    to: Stateful,
    by: Actor,
    at: datetime,
    reason: str = "",
    occurred_at: datetime | None = None,
    case_id: UUID | None = None,
    changes: dict[str, Any] | None = None,
    **data: Any,
) -> None:
    """Move a row along its lifecycle, with the plain fields in `changes`, and record who, when and why.

    The write is conditional on the state the caller saw, so of two that race one is refused.

    :raises MoveIsNotAllowed: the table has no such move, or the row is no longer in the state the caller saw.
    """
    old = row.state
    if not row.lifecycle.allows(old, to):
        raise MoveIsNotAllowed()
    values = {"state": to, **(changes or {})}
    # No savepoint of its own: it writes both or, with the whole transaction, neither; and refuses before it has written.
    with transaction.atomic(savepoint=False):
        moved = _update(row, old, values)
        if moved:
            for name, value in values.items():
                setattr(row, name, value)
            record_change(
                action=f"{row.lifecycle.noun}.{to}",
                subject=row,
                by=by,
                at=at,
                occurred_at=occurred_at,
                case_id=case_id,
                old_state=old,
                new_state=to,
                reason=reason,
                data=data,
            )
    if not moved:
        raise MoveIsNotAllowed()


def _update(row: StatefulModel, old: str, values: dict[str, Any]) -> bool:
    model: type[models.Model] = type(row)
    return bool(model._default_manager.filter(pk=row.pk, state=old).update(**values))


def shift(rows: models.QuerySet[Any], *, old: Stateful, to: Stateful, **changes: Any) -> int:
    """Move many rows of a work queue (messages, refunds) from one state to another in one UPDATE, and say how many moved.

    No audit row: a queue's rows are themselves the record of the work. Never for what concerns a person's case.

    :raises MoveIsNotAllowed: the table has no such move.
    """
    lifecycle = rows.model.lifecycle
    if not lifecycle.allows(old, to):
        raise MoveIsNotAllowed()
    return rows.filter(state=old).update(state=to, **changes)
