"""Sealing everything anew with the primary key, so that an older key can be retired.

History events are sealed values too and are rotated with the rest. Only bytes change, never what
they say, so the model's triggers (history, append-only) sleep while a batch is written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connections, models, transaction
from psycopg import sql

from diversion.core.encryption import envelope
from diversion.core.encryption.fields import EncryptedField
from diversion.core.encryption.keys import primary_key


class RotationIsBlind(Exception):
    """Row-level security may hide rows from this role; a key retired on its word could lose them."""


def encrypted_models() -> list[type[models.Model]]:
    """Every table with an encrypted column, history tables included."""
    tables = (model for model in apps.get_models(include_auto_created=True) if model._meta.managed)
    return [model for model in tables if not model._meta.proxy and encrypted_fields(model)]


def encrypted_fields(model: type[models.Model]) -> list[EncryptedField]:
    """The encrypted columns of the model's own table."""
    return [field for field in model._meta.local_concrete_fields if isinstance(field, EncryptedField)]


def rotate(*, model: type[models.Model], batch: int, using: str = "default") -> int:
    """Seal up to ``batch`` rows anew and return how many were. Rows locked by others are left out.

    Each call is one transaction, so it may be stopped and repeated at will; rows are locked while
    their bytes are read and written, so no concurrent change is overwritten.

    :raises DecryptionFailed: a row does not open; the message names its place. Nothing is changed.
    :raises RotationIsBlind: the role may not see every row.
    """
    fields, pk = encrypted_fields(model), model._meta.pk
    columns = [_column(field) for field in (pk, fields[0].row_field, *fields)]
    select = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {} FOR UPDATE SKIP LOCKED").format(
        sql.SQL(", ").join(columns), _table(model), _stale(fields), _column(pk), batch
    )
    settings = [sql.SQL("{} = %s").format(_column(field)) for field in fields]
    update = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(_table(model), sql.Composed(settings).join(", "), _column(pk))
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _check_all_is_visible(cursor, model)
        cursor.execute(select)
        changes = [
            (*(_anew(*pair, row_id) for pair in zip(fields, payloads, strict=True)), key)
            for key, row_id, *payloads in cursor.fetchall()
        ]
        with _triggers_asleep(model, using):
            for change in changes:  # one by one: pgtrigger cannot put triggers to sleep for executemany
                cursor.execute(update, change)
    return len(changes)


def count_stale(*, model: type[models.Model], using: str = "default") -> int:
    """How many rows still hold a value that the primary key did not seal.

    :raises RotationIsBlind: the role may not see every row.
    """
    query = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(_table(model), _stale(encrypted_fields(model)))
    with connections[using].cursor() as cursor:
        _check_all_is_visible(cursor, model)
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _anew(field: EncryptedField, payload: bytes | None, row_id: object) -> bytes | None:
    if payload is None or envelope.is_current(bytes(payload)):
        return payload
    place = field.place(row_id)
    return envelope.seal(envelope.unseal(bytes(payload), place=place), place=place)


def _stale(fields: list[EncryptedField]) -> sql.Composable:
    head = envelope.header(primary_key())
    test = sql.SQL("substring({} from 1 for {}) <> {}")
    return sql.Composed([test.format(_column(field), len(head), head) for field in fields]).join(" OR ")


def _column(field: "models.Field[Any, Any]") -> sql.Identifier:
    return sql.Identifier(str(field.column))


def _table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def _check_all_is_visible(cursor: Any, model: type[models.Model]) -> None:
    cursor.execute(sql.SQL("SELECT row_security_active({}::regclass)").format(_table(model).as_string()))
    if cursor.fetchone()[0]:
        raise RotationIsBlind(f"Row-level security may hide rows of {model._meta.db_table} from this role.")


@contextmanager
def _triggers_asleep(model: type[models.Model], using: str) -> Iterator[None]:
    triggers = [t.get_uri(m) for m, t in pgtrigger.registered() if m._meta.label == model._meta.label]
    if not triggers:  # ignore() without names would put every trigger of every table to sleep
        yield
        return
    with pgtrigger.ignore(*triggers, databases=[using]):
        yield
