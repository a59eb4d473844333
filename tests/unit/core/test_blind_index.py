import hashlib
from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from diversion.core.encryption import BlindIndexField, blind
from tests.unit.core.sealed_models import Letter, Person


@pytest.mark.parametrize(
    ("purpose", "one", "other"),
    [
        ("reference", "ab1c-d0ef", "AB1C D0EF"),
        ("reference", "OIL0", "0110"),
        ("email", " Jo@Example.org", "jo@example.ORG"),
        ("phone", "07700 900982", "+447700900982"),
        ("surname", "O'Brien", "OBRIEN"),
        ("surname_phonetic", "Smith", "Smyth"),
        ("date_of_birth", date(1990, 2, 3), " 1990-02-03"),
    ],
)
def test_equal_values_have_equal_indexes_however_written(purpose: str, one: object, other: object) -> None:
    assert blind(purpose, one) == blind(purpose, other)


def test_purposes_and_keys_separate_indexes() -> None:
    ours = {blind(purpose, "smith") for purpose in ("reference", "email", "surname", "surname_phonetic")}
    with override_settings(INDEX_KEY=b"k" * 32):
        theirs = blind("email", "smith")
    assert len(ours | {theirs}) == 5


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        blind("shoe_size", "9")


@pytest.mark.parametrize("key", [None, b"short", "x" * 32])
def test_an_index_key_of_the_wrong_shape_is_refused(key: object) -> None:
    with override_settings(INDEX_KEY=key), pytest.raises(ImproperlyConfigured, match="32 bytes"):
        blind("email", "a@example.org")


def test_an_index_key_that_also_seals_fields_is_refused() -> None:
    with override_settings(INDEX_KEY=b"s" * 32, FIELD_KEYS={"k": b"s" * 32}), pytest.raises(ImproperlyConfigured):
        blind("email", "a@example.org")


@pytest.mark.usefixtures("sealed_tables", "db")
class TestStored:
    def test_a_row_is_found_by_its_index_and_no_other(self) -> None:
        person = Person.objects.create(surname="Smith", email="jo@example.org", phone="07700900982")
        Person.objects.create(surname="Jones", email="al@example.org")
        assert Person.objects.get(email_index=blind("email", "JO@example.org")) == person
        assert Person.objects.get(phone_index=blind("phone", "+44 7700 900982")) == person
        assert Person.objects.get(sounds_index__in=[blind("surname_phonetic", "Smythe"[:5])]) == person
        assert not Person.objects.filter(email_index=blind("email", "nobody@example.org")).exists()

    def test_an_empty_source_has_no_index_and_an_empty_question_finds_nobody(self) -> None:
        Person.objects.create(surname="-", email="", phone=None)
        row = Person.objects.values("email_index", "phone_index", "sounds_index").get()
        assert row == {"email_index": None, "phone_index": None, "sounds_index": None}
        for purpose, field in [("email", "email_index"), ("phone", "phone_index"), ("surname_phonetic", "sounds_index")]:
            assert not Person.objects.filter(**{field: blind(purpose, "")}).exists()

    def test_the_index_follows_the_source_and_not_the_hand(self) -> None:
        person = Person.objects.create(surname="Smith", email="old@example.org")
        person.email, person.email_index = "new@example.org", b"by hand"
        person.save()
        assert bytes(Person.objects.values_list("email_index", flat=True)[0]) == blind("email", "new@example.org")

    def test_saving_the_source_alone_is_refused(self) -> None:
        person = Person.objects.create(surname="Smith", email="old@example.org")
        person.email = "new@example.org"
        with pytest.raises(TypeError, match="email_index"), transaction.atomic():
            person.save(update_fields=["email"])
        person.save(update_fields=["email", "email_index"])
        assert Person.objects.filter(email_index=blind("email", "new@example.org")).exists()

    def test_a_dictionary_of_phone_numbers_finds_none(self) -> None:
        numbers = [f"+4477009{n:05}" for n in range(1000)]
        Person.objects.bulk_create(Person(surname="x", phone=number) for number in numbers)
        with connection.cursor() as cursor:
            cursor.execute("SELECT phone_index FROM test_person")
            stored = {bytes(row[0]) for row in cursor.fetchall()}
        guesses = {
            hashlib.new(algorithm, f"{prefix}{number}".encode()).digest()
            for number in numbers
            for prefix in ("", "phone|", "phone")
            for algorithm in ("sha256", "sha3_256", "blake2s")
        }
        assert len(stored) == 1000
        assert stored & guesses == set()
        assert stored == {blind("phone", number) for number in numbers}

    def test_the_database_refuses_a_second_row_with_the_same_index(self) -> None:
        person = Person.objects.create(surname="x")
        Letter.objects.create(person=person, surname="x", contact="jo@example.org")
        with pytest.raises(IntegrityError, match="test_letter_contact_once"), transaction.atomic():
            Letter.objects.create(person=person, surname="y", contact="JO@example.org")
        Letter.objects.create(person=person, surname="y", contact=None)
        Letter.objects.create(person=person, surname="z", contact=None)

    def test_models_that_share_a_purpose_can_be_matched(self) -> None:
        person = Person.objects.create(surname="x", email="jo@example.org")
        letter = Letter.objects.create(person=person, surname="x", contact="Jo@Example.org")
        assert Person.objects.get(email_index=letter.contact_index) == person


def test_a_migration_rebuilds_the_field() -> None:
    field = Person._meta.get_field("email_index")
    _, path, args, kwargs = field.deconstruct()
    assert (path, args) == ("diversion.core.encryption.indexes.BlindIndexField", [])
    assert kwargs == {"source": "email", "purpose": "email", "db_index": True}
    assert BlindIndexField(*args, **kwargs).null is True


def test_a_wrong_purpose_or_source_is_an_error_of_the_system_check() -> None:
    field = BlindIndexField(source="nothing", purpose="shoe_size")
    field.set_attributes_from_name("index")
    field.model = Person
    assert [error.id for error in field.check()] == ["encryption.E003", "encryption.E003"]
