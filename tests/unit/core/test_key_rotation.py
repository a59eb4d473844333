import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, models, transaction
from django.test import override_settings

from diversion.accounts.models import SecondFactorSecret
from diversion.audit.models import AuditEvent
from diversion.core.encryption import DecryptionFailed
from diversion.core.encryption.rotation import RotationIsBlind, count_stale, encrypted_models, rotate
from diversion.core.management.commands import rotate_field_keys
from tests.unit.core.sealed_models import Person, PersonEvent

OLD, NEW = {"old": b"o" * 32}, {"new": b"n" * 32}
pytestmark = pytest.mark.usefixtures("sealed_tables", "triggers_known")


@contextmanager
def ring(keys: dict[str, bytes]) -> Iterator[None]:
    with override_settings(FIELD_KEYS=keys):
        yield


def people(number: int) -> None:
    with ring(OLD):
        Person.objects.bulk_create(Person(surname=f"name {n}", email=f"{n}@example.org") for n in range(number))


def write_reasons(number: int) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with ring(OLD):
        for n in range(number):
            AuditEvent.objects.create(
                occurred_at=at,
                recorded_at=at,
                action="x",
                subject_type="x",
                subject_id=uuid4(),
                actor_kind="system",
                reason=f"reason {n}",
            )


def bytes_of(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return cursor.fetchall()


def rotate_all(model: type[models.Model], batch: int) -> list[int]:
    counts = []
    while count := rotate(model=model, batch=batch):
        counts.append(count)
    return counts


@pytest.mark.usefixtures("db")
class TestBatches:
    def test_batches_go_on_until_nothing_is_left_and_the_old_key_may_go(self) -> None:
        people(7)
        with ring(NEW | OLD):
            assert count_stale(model=Person) == 7
            assert rotate_all(Person, batch=3) == [3, 3, 1]
            assert count_stale(model=Person) == 0
        with ring(NEW):
            assert {person.surname for person in Person.objects.all()} == {f"name {n}" for n in range(7)}
            assert {person.email for person in Person.objects.all()} == {f"{n}@example.org" for n in range(7)}

    def test_a_named_primary_need_not_be_first(self) -> None:
        people(1)
        with override_settings(FIELD_KEYS=OLD | NEW, FIELD_KEY_PRIMARY="new"):
            assert rotate(model=Person, batch=10) == 1
        with ring(NEW):
            assert Person.objects.get().surname == "name 0"

    def test_a_half_rotated_row_is_finished(self) -> None:
        people(1)
        with ring(NEW | OLD):
            person = Person.objects.get()
            person.surname = "changed"
            person.save(update_fields=["surname", "sounds_index"])
            assert rotate_all(Person, batch=10) == [1]
        with ring(NEW):
            assert (Person.objects.get().surname, Person.objects.get().email) == ("changed", "0@example.org")

    def test_a_slow_writer_does_not_bring_the_old_key_back(self) -> None:
        people(1)
        with ring(NEW | OLD):
            person = Person.objects.get()
            assert person.surname == "name 0"
            rotate(model=Person, batch=10)
            person.save()
            assert count_stale(model=Person) == 0

    def test_rotation_is_no_event_and_history_is_rotated_too(self) -> None:
        people(2)
        with ring(NEW | OLD):
            assert rotate_all(Person, batch=10) == [2]
            assert rotate_all(PersonEvent, batch=10) == [2]
        with ring(NEW):
            assert [event.surname for event in PersonEvent.objects.order_by("pgh_id")] == ["name 0", "name 1"]

    def test_history_stays_append_only_afterwards(self) -> None:
        people(1)
        with ring(NEW | OLD):
            rotate(model=PersonEvent, batch=10)
        with pytest.raises(Exception, match="Cannot update or delete rows"), transaction.atomic():
            PersonEvent.objects.update(pgh_label="forged")

    def test_a_row_that_does_not_open_stops_the_batch_and_changes_nothing(self) -> None:
        people(2)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE test_person SET alias = surname WHERE id = (SELECT max(id::text)::uuid FROM test_person)"
            )
        before = bytes_of("test_person")
        with ring(NEW | OLD), pytest.raises(DecryptionFailed, match=r"test_person\|alias"), transaction.atomic():
            rotate(model=Person, batch=10)
        assert bytes_of("test_person") == before


class TestCommand:
    def run(self, **options: Any) -> str:
        out = StringIO()
        call_command("rotate_field_keys", stdout=out, **options)
        return out.getvalue()

    def test_every_table_with_encrypted_columns_is_found(self) -> None:
        found = {model._meta.label for model in encrypted_models()}
        assert found >= {"audit.AuditEvent", "referrals.Participant", "referrals.ParticipantEvent"}
        assert not found & {"audit.AccessEvent", "accounts.User"}

    def test_an_append_only_table_is_rotated_and_checked(self, committed_db: None) -> None:
        write_reasons(5)
        with ring(NEW | OLD):
            with pytest.raises(CommandError, match=r"^5 rows"):
                self.run(check=True)
            assert "audit_auditevent: 5 rows sealed anew, 0 left" in self.run(batch=2)
            self.run(check=True)
        with ring(NEW):
            assert {event.reason for event in AuditEvent.objects.all()} == {f"reason {n}" for n in range(5)}

    def test_a_locked_row_is_left_and_reported(self, committed_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rotate_field_keys, "PATIENCE_SECONDS", 1)
        with ring(OLD):
            SecondFactorSecret.objects.bulk_create(SecondFactorSecret(text=f"secret {n}") for n in range(3))
        with ring(NEW | OLD):
            with transaction.atomic():
                SecondFactorSecret.objects.select_for_update().first()
                with pytest.raises(CommandError, match=r"^1 rows"):
                    self.run()
            self.run()

    def test_rows_hidden_by_the_database_are_not_taken_for_rotated(self, committed_db: None) -> None:
        people(1)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE test_person ENABLE ROW LEVEL SECURITY")
        try:
            with ring(NEW | OLD), pytest.raises(RotationIsBlind, match="test_person"):
                rotate(model=Person, batch=10)
        finally:
            with connections["owner"].cursor() as cursor:
                cursor.execute("ALTER TABLE test_person DISABLE ROW LEVEL SECURITY")


def test_nothing_is_lost_under_concurrent_writers(committed_db: None) -> None:
    """Four writers change names and four rotations run at once: no failure, no lost change, no old key."""
    people(120)
    ids = list(Person.objects.values_list("id", flat=True))
    failures: list[BaseException] = []
    start = threading.Barrier(8)

    def in_thread(work: Any) -> threading.Thread:
        def run() -> None:
            try:
                start.wait()
                work()
            except BaseException as error:  # the assertion below shows whatever it was
                failures.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def write(writer: int) -> None:
        for key in ids[writer::4]:
            for turn in range(3):
                with transaction.atomic():
                    person = Person.objects.select_for_update().get(pk=key)
                    before = person.surname
                    person.surname = f"{before}+{turn}"
                    person.save()
                assert Person.objects.get(pk=key).surname == f"{before}+{turn}"

    with ring(NEW | OLD):
        threads = [in_thread(lambda writer=writer: write(writer)) for writer in range(4)]
        threads += [in_thread(lambda: rotate_all(Person, batch=40)) for _ in range(4)]
        for thread in threads:
            thread.join()
        assert failures == []
        rotate_all(Person, batch=100)
    with ring(NEW):
        assert {person.surname for person in Person.objects.all()} == {f"name {n}+0+1+2" for n in range(120)}
