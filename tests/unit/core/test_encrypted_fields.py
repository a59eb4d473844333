import copy
import pickle
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.core.serializers import serialize
from django.db import connection, models, transaction
from django.db.models import F, Value
from django.forms import modelform_factory
from django.forms.models import model_to_dict
from django.test import override_settings

from diversion.core.encryption import DecryptionFailed, EncryptedDateField, EncryptedJSONField, EncryptedTextField, Sealed
from diversion.core.encryption.envelope import seal, unseal
from diversion.referrals.models import Participant
from tests.unit.core.sealed_models import REGISTRY, Letter, Person, PersonEvent

CANARY = "ZQX-NAME-0017"
pytestmark = pytest.mark.usefixtures("sealed_tables", "db")


def raw(query: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else []


def canary() -> Person:
    return Person.objects.create(
        surname=CANARY,
        alias=CANARY,
        email=f"{CANARY}@example.org",
        phone="07700900982",
        born_on=date(1981, 12, 31),
        needs={"note": CANARY},
    )


class TestReadingAndWriting:
    def test_values_come_back_as_they_went_in(self) -> None:
        canary()
        person = Person.objects.get()
        assert (person.surname, person.born_on, person.needs) == (CANARY, date(1981, 12, 31), {"note": CANARY})

    @pytest.mark.parametrize("text", ["", " ", "a\x80", "\x80\x00", "é🙂", "x" * 31, "x" * 32, "x" * 5000])
    def test_any_text_survives(self, text: str) -> None:
        Person.objects.create(surname="x", alias=text)
        assert Person.objects.get().alias == text

    @pytest.mark.parametrize("value", [{}, [], "", 0, False, {"b": [1, None], "a": "é"}])
    def test_any_json_survives(self, value: object) -> None:
        Person.objects.create(surname="x", needs=value)
        assert Person.objects.get().needs == value

    def test_null_stays_null_and_can_be_asked_for(self) -> None:
        Person.objects.create(surname="x")
        person = Person.objects.get(born_on__isnull=True, surname__isnull=False)
        assert (person.email, person.born_on, person.needs, person.alias) == (None, None, None, "")
        assert raw("SELECT email, born_on, needs FROM test_person") == [(None, None, None)]

    def test_a_date_written_as_text_is_read_as_a_date(self) -> None:
        Person.objects.create(surname="x", born_on="1981-12-31")
        assert Person.objects.get().born_on == date(1981, 12, 31)

    @pytest.mark.parametrize("wrong", ["31/12/1981", "1981-02-30", 7])
    def test_what_is_no_date_is_refused(self, wrong: object) -> None:
        with pytest.raises(ValidationError):
            Person.objects.create(surname="x", born_on=wrong)

    def test_bulk_create_seals(self) -> None:
        Person.objects.bulk_create(Person(surname=f"{CANARY}{n}") for n in range(3))
        assert {person.surname for person in Person.objects.all()} == {f"{CANARY}{n}" for n in range(3)}
        assert CANARY not in str(raw("SELECT encode(surname, 'escape') FROM test_person"))

    def test_deferred_fields_load_when_read(self, django_assert_num_queries: Any) -> None:
        canary()
        person = Person.objects.only("id").get()
        with django_assert_num_queries(1):
            assert person.surname == CANARY
        assert Person.objects.defer("surname").get().surname == CANARY

    def test_refreshing_forgets_what_was_not_saved(self) -> None:
        person = canary()
        person.surname = "other"
        person.refresh_from_db()
        assert person.surname == CANARY

    def test_opening_is_lazy(self) -> None:
        canary()
        with override_settings(FIELD_KEYS={"t1": b"w" * 32}):
            person = Person.objects.get()
            with pytest.raises(DecryptionFailed):
                _ = person.surname

    def test_an_unchanged_value_keeps_its_bytes_and_a_changed_one_does_not(self) -> None:
        canary()
        before = raw("SELECT surname, needs FROM test_person")[0]
        person = Person.objects.get()
        person.surname = f"{CANARY}"
        person.needs["note"] = "changed in place"
        person.save()
        after = raw("SELECT surname, needs FROM test_person")[0]
        assert (before[0] == after[0], before[1] == after[1]) == (True, False)
        assert Person.objects.get().needs == {"note": "changed in place"}

    def test_equal_values_do_not_look_equal(self) -> None:
        Person.objects.bulk_create(Person(surname="same", alias="same") for _ in range(50))
        assert len({bytes(cell) for row in raw("SELECT surname, alias FROM test_person") for cell in row}) == 100

    def test_length_tells_nothing_of_a_short_name(self) -> None:
        Person.objects.bulk_create(Person(surname=name) for name in ["", "Ng", "Smith", "Featherstonehaugh-Jones"])
        assert len(raw("SELECT DISTINCT length(surname) FROM test_person")) == 1

    def test_values_are_handed_out_sealed_and_open_with_their_row(self) -> None:
        person = canary()
        row = Person.objects.values("id", "surname").get()
        assert isinstance(row["surname"], Sealed)
        assert row["surname"].open(row["id"]) == CANARY
        letter = Letter.objects.create(person=person, surname="x")
        joined = Letter.objects.annotate(whose=F("person__surname")).get(pk=letter.pk)
        assert joined.whose.open(joined.person_id) == CANARY
        with pytest.raises(DecryptionFailed):
            joined.whose.open(letter.pk)


class TestKeepingSecrets:
    def test_a_dump_of_the_table_holds_no_canary(self) -> None:
        canary()
        dump = str(
            raw("SELECT t::text, encode(surname, 'escape'), convert_from(t::text::bytea, 'UTF8') FROM test_person t")
        )
        in_hex = [text.encode().hex() for text in (CANARY, "1981-12-31", "07700900982", "+447700900982")]
        assert "\\x0102" in dump
        assert [text for text in [CANARY, "1981", "07700", *in_hex] if text in dump] == []

    def test_nothing_printed_shows_a_value(self) -> None:
        canary()
        person = Person.objects.get()
        assert person.surname == CANARY
        shown = [
            repr(person),
            str(vars(person)),
            repr(Person.objects.values().get()),
            repr(list(Person.objects.values_list())),
        ]
        assert CANARY not in str(shown)

    @pytest.mark.parametrize("opened", [True, False])
    def test_pickling_is_refused(self, opened: bool) -> None:
        canary()
        person = Person.objects.get()
        assert not opened or person.surname
        for thing in (person, Person.objects.values("surname").get()):
            with pytest.raises(TypeError, match="not pickled"):
                pickle.dumps(thing)

    def test_fixtures_are_refused(self) -> None:
        canary()
        with pytest.raises(TypeError, match="fixtures"):
            serialize("json", Person.objects.all())

    def test_copies_are_independent(self) -> None:
        person = Participant(family_name=CANARY, needs=[CANARY])
        for twin in (copy.copy(person), copy.deepcopy(person)):
            twin.family_name = "other"
            assert (twin.family_name, person.family_name) == ("other", CANARY)
        copy.deepcopy(person).needs.append("other")
        assert person.needs == [CANARY]


class TestMovedOrAltered:
    def test_a_value_swapped_between_rows_does_not_open(self) -> None:
        one, two = Person.objects.create(surname="one"), Person.objects.create(surname="two")
        (sealed,) = raw("SELECT surname FROM test_person WHERE id = %s", two.id)[0]
        raw("UPDATE test_person SET surname = %s WHERE id = %s RETURNING 1", sealed, one.id)
        with pytest.raises(DecryptionFailed, match=str(one.id)):
            _ = Person.objects.get(pk=one.pk).surname
        assert Person.objects.get(pk=two.pk).surname == "two"

    def test_a_value_swapped_between_columns_does_not_open(self) -> None:
        Person.objects.create(surname="one", alias="two")
        raw("UPDATE test_person SET surname = alias, alias = surname RETURNING 1")
        person = Person.objects.get()
        for name in ("surname", "alias"):
            with pytest.raises(DecryptionFailed, match=f"test_person\\|{name}"):
                getattr(person, name)

    def test_a_value_moved_to_another_table_does_not_open(self) -> None:
        person = Person.objects.create(surname="one")
        Letter.objects.create(id=person.id, person=person, surname="two")
        raw("UPDATE test_letter SET surname = p.surname FROM test_person p RETURNING 1")
        with pytest.raises(DecryptionFailed, match=r"test_letter\|surname"):
            _ = Letter.objects.get().surname

    def test_every_altered_byte_is_noticed(self) -> None:
        good = seal(b"plain", place=b"here")
        assert unseal(good, place=b"here") == b"plain"
        for at in range(len(good)):
            with pytest.raises(DecryptionFailed):
                unseal(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], place=b"here")
        for length in range(len(good)):
            with pytest.raises(DecryptionFailed):
                unseal(good[:length], place=b"here")

    @pytest.mark.parametrize("ring", [{"t1": b"w" * 32}, {"other": b"w" * 32}])
    def test_a_wrong_or_missing_key_opens_nothing(self, ring: dict[str, bytes]) -> None:
        canary()
        with override_settings(FIELD_KEYS=ring), pytest.raises(DecryptionFailed) as caught:
            _ = Person.objects.get().surname
        assert CANARY not in str(caught.value)

    @pytest.mark.parametrize("ring", [{}, {"t1": b"short"}, {"t1": "x" * 32}, {"": b"k" * 32}])
    def test_a_key_ring_of_the_wrong_shape_is_refused(self, ring: dict[str, Any]) -> None:
        with override_settings(FIELD_KEYS=ring), pytest.raises(ImproperlyConfigured):
            canary()

    def test_saving_under_another_id_needs_an_opened_value(self) -> None:
        canary()
        person = Person.objects.get()
        person.pk = uuid.uuid4()
        with pytest.raises(DecryptionFailed):
            person.save(force_insert=True)


REFUSED: dict[str, Callable[[], Any]] = {
    "filter": lambda: Person.objects.filter(surname=CANARY),
    "exclude": lambda: Person.objects.exclude(surname=CANARY),
    "in": lambda: Person.objects.filter(surname__in=[CANARY]),
    "icontains": lambda: Person.objects.filter(surname__icontains="q"),
    "year": lambda: Person.objects.filter(born_on__year=1981),
    "range": lambda: Person.objects.filter(born_on__lt=date(2000, 1, 1)),
    "related": lambda: Letter.objects.filter(person__surname=CANARY),
    "order": lambda: list(Person.objects.order_by("surname")),
    "order desc": lambda: list(Person.objects.order_by("-surname")),
    "order F": lambda: list(Person.objects.order_by(F("surname").desc())),
    "order alias": lambda: list(Person.objects.annotate(n=F("surname")).order_by("n")),
    "order related": lambda: list(Letter.objects.order_by("person__surname")),
    "order values": lambda: list(Person.objects.order_by("surname").values("surname")),
    "update": lambda: Person.objects.update(surname="plain"),
    "update F": lambda: Person.objects.update(surname=F("alias")),
    "update Value": lambda: Person.objects.update(surname=Value("plain")),
    "update part": lambda: Person.objects.update(email=None),
    "bulk_update": lambda: Person.objects.bulk_update([Person.objects.get()], ["surname"]),
    "expression": lambda: Person.objects.create(surname=F("alias")),
    "upsert": lambda: Person.objects.bulk_create(
        [Person(surname="x")], update_conflicts=True, update_fields=["surname"], unique_fields=["id"]
    ),
    "raw fixture": lambda: Person(surname="x").save_base(raw=True),
}


class TestRefused:
    @pytest.mark.parametrize("how", REFUSED)
    def test_what_cannot_work_on_ciphertext_is_refused(self, how: str) -> None:
        canary()
        before = raw("SELECT * FROM test_person")
        with pytest.raises((TypeError, FieldError), match=r"encrypted|must also write"), transaction.atomic():
            REFUSED[how]()
        assert raw("SELECT * FROM test_person") == before

    def test_a_list_may_still_be_sorted_by_a_neighbour(self) -> None:
        person = canary()
        Letter.objects.create(person=person, surname="x")
        assert [letter.surname for letter in Letter.objects.select_related("person").order_by("person__id", "pk")] == ["x"]

    def test_erasing_with_the_index_is_allowed(self) -> None:
        canary()
        Person.objects.update(email=None, email_index=None)
        assert raw("SELECT email, email_index FROM test_person") == [(None, None)]


class TestForms:
    def test_a_model_form_goes_round(self) -> None:
        form_class = modelform_factory(Person, fields=["surname", "alias", "email", "born_on", "needs"])
        given = {"surname": CANARY, "alias": "", "email": "", "born_on": "1981-12-31", "needs": '{"a": 1}'}
        form = form_class(data=given)
        assert form.is_valid(), form.errors
        saved = Person.objects.get(pk=form.save().pk)
        assert model_to_dict(saved, fields=form.fields) == {
            "surname": CANARY,
            "alias": "",
            "email": None,
            "born_on": date(1981, 12, 31),
            "needs": {"a": 1},
        }
        assert f'value="{CANARY}"' in str(form_class(instance=saved))

    def test_lengths_and_dates_are_checked(self) -> None:
        form_class = modelform_factory(Person, fields=["surname", "born_on"])
        form = form_class(data={"surname": "x" * 41, "born_on": "30/30/1981"})
        assert set(form.errors) == {"surname", "born_on"}
        with pytest.raises(ValidationError) as caught:
            Person(surname="x" * 41, born_on="never").full_clean()
        assert set(caught.value.message_dict) == {"surname", "born_on"}


class TestHistory:
    def test_an_event_holds_the_same_bytes_and_opens_them(self) -> None:
        person = canary()
        person.surname = "second"
        person.save()
        events = PersonEvent.objects.order_by("pgh_id")
        assert [(event.pgh_label, event.surname) for event in events] == [("insert", CANARY), ("update", "second")]
        assert {event.born_on for event in events} == {date(1981, 12, 31)}
        assert raw("SELECT surname FROM test_person")[0] == raw("SELECT surname FROM test_person_event ORDER BY pgh_id")[1]

    def test_saving_without_a_change_makes_no_event(self) -> None:
        canary()
        Person.objects.get().save()
        person = Person.objects.get()
        assert (person.surname, person.needs) == (CANARY, {"note": CANARY})
        person.save()
        assert PersonEvent.objects.count() == 1

    def test_an_event_moved_to_another_person_does_not_open(self) -> None:
        one, two = canary(), Person.objects.create(surname="two")
        sealed = raw("SELECT surname FROM test_person WHERE id = %s", two.id)[0][0]
        raw(
            "INSERT INTO test_person_event (id, pgh_obj_id, pgh_label, pgh_created_at, surname, alias)"
            " VALUES (%s, %s, 'forged', now(), %s, %s) RETURNING 1",
            two.id,
            one.id,
            sealed,
            sealed,
        )
        with pytest.raises(DecryptionFailed):
            _ = PersonEvent.objects.get(pgh_label="forged").surname


class TestDefinition:
    @pytest.mark.parametrize("field", Person._meta.concrete_fields, ids=lambda field: field.name)
    def test_a_migration_rebuilds_the_field(self, field: models.Field) -> None:
        _, path, args, kwargs = field.deconstruct()
        rebuilt = type(field)(*args, **kwargs)
        assert path.rpartition(".")[2] == type(field).__name__
        assert rebuilt.deconstruct()[2:] == field.deconstruct()[2:]
        assert rebuilt.db_type(connection) == field.db_type(connection)

    def test_a_nullable_column_can_be_added_to_a_full_table(self) -> None:
        canary()
        field = EncryptedTextField(null=True)
        field.set_attributes_from_name("later")
        field.model = Person
        with connection.schema_editor(collect_sql=True) as editor:
            editor.add_field(Person, field)
        assert 'ADD COLUMN "later" bytea NULL' in str(editor.collected_sql)

    def test_options_and_models_that_cannot_work_are_errors_of_the_system_check(self) -> None:
        class Numbered(models.Model):
            id = models.AutoField(primary_key=True)
            name = EncryptedTextField(unique=True)
            day = EncryptedDateField(db_index=True)
            data = EncryptedJSONField(db_default=Value("x"))

            class Meta:
                apps = REGISTRY
                app_label = "core"
                ordering = ["-name"]

            def __str__(self) -> str:
                return str(self.pk)

        found = {(each.id, each.obj.name) for field in Numbered._meta.concrete_fields[1:] for each in field.check()}
        assert found >= {("encryption.E001", name) for name in ("name", "day", "data")}
        assert len([each for each in Numbered._meta.get_field("name").check() if each.id == "encryption.E002"]) == 2
        assert Person.check() == []
