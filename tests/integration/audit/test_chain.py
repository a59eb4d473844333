"""Whatever the owner of the database does to the trail is found, and the first bad link named."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from diversion.audit.chain import faults, head, seal
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.audit.trail import record_access, record_change
from diversion.core import clock
from diversion.core.actor import Actor
from tests.factories import make_user

BY = Actor.system("test")
AT = clock.now()


def tell(n: int) -> None:
    user = make_user()
    for _ in range(n):
        record_change(action="test.done", subject=user, by=BY, at=AT, reason="because")
    record_access(kind="page", route="x", participants=[uuid.uuid4()], by=BY, at=AT)


@pytest.mark.django_db
def test_an_untouched_trail_verifies_and_new_rows_are_sealed_once() -> None:
    tell(3)
    assert seal(at=AT) == 4
    assert seal(at=AT) == 0
    tell(1)
    assert seal(at=AT) == 2
    assert head().position == 6
    assert list(faults(at=AT + timedelta(hours=1), witness=str(head()))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("model", [AuditEvent, AccessEvent])
@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_application_cannot_change_the_trail(model: Any, deed: str) -> None:
    tell(1)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(actor_process="forged") if deed == "update" else model.objects.all().delete()


@pytest.mark.django_db
def test_a_row_nobody_seals_is_noticed_after_a_while() -> None:
    tell(1)
    assert list(faults(at=AT)) == []
    assert any("no link" in fault for fault in faults(at=AT + timedelta(minutes=11)))


def as_owner(*statements: str) -> None:
    connection.close()
    with connections["owner"].cursor() as cursor:
        for table in ("audit_auditevent", "audit_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in ("audit_auditevent", "audit_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    connections["owner"].close()


def nth(n: int) -> str:
    return f"(SELECT event_id FROM audit_auditseal WHERE trail = 'change' ORDER BY position OFFSET {n} LIMIT 1)"


TAMPERINGS: dict[str, Callable[[], None]] = {
    "one byte changed": lambda: as_owner(f"UPDATE audit_auditevent SET action = 'test.dona' WHERE id = {nth(2)}"),
    "a reason emptied": lambda: as_owner(f"UPDATE audit_auditevent SET reason_index = NULL WHERE id = {nth(2)}"),
    "a row from the middle deleted": lambda: as_owner(f"DELETE FROM audit_auditevent WHERE id = {nth(2)}"),
    "a row and its link deleted": lambda: as_owner(
        f"DELETE FROM audit_auditevent WHERE id = {nth(2)}", f"DELETE FROM audit_auditseal WHERE event_id = {nth(2)}"
    ),
    "the tail cut off": lambda: as_owner("DELETE FROM audit_auditseal WHERE position > 3"),
    "two links swapped": lambda: as_owner(
        "UPDATE audit_auditseal SET position = -1 WHERE position = 2",
        "UPDATE audit_auditseal SET position = 2 WHERE position = 3",
        "UPDATE audit_auditseal SET position = 3 WHERE position = -1",
    ),
    "a link remade without its followers": lambda: as_owner(
        "UPDATE audit_auditseal SET link = sha256('x') WHERE position = 2"
    ),
}


@pytest.mark.parametrize("name", list(TAMPERINGS))
def test_tampering_by_the_owner_is_found(name: str, committed_db: None) -> None:
    tell(6)
    seal(at=AT)
    witness = str(head())
    call_command("verify_audit", witness=witness)
    TAMPERINGS[name]()
    with pytest.raises(CommandError):
        call_command("verify_audit", witness=witness)
