"""Searching what is encrypted: a keyed hash of the normalised value, equal for equal values.

Each purpose has its own normalising rule and its own hash, so the same text under two purposes
gives two unrelated indexes. Low-entropy values such as a date of birth are safe from a dictionary
only because INDEX_KEY is kept apart from the database.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.db import models

from diversion.core import contacts, names, references
from diversion.core.encryption.keys import index_key

if TYPE_CHECKING:
    BaseField = models.BinaryField[Any, Any]
else:
    BaseField = models.BinaryField


def _day(value: date | str) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(value.strip())).isoformat()[:10]


PURPOSES: dict[str, Callable[[Any], str]] = {
    "reference": references.canonical,
    "email": contacts.fold_email,
    "phone": contacts.fold_phone,
    "surname": names.fold_surname,
    "surname_phonetic": names.phonetic_surname,
    "given_name_phonetic": names.phonetic_given_name,
    "date_of_birth": _day,
    "agency_reference": references.fold_agency_reference,
    "exact": str,
}


def blind(purpose: str, value: Any) -> bytes:
    """The index of ``value``: 32 bytes to filter a :class:`BlindIndexField` of that purpose by.

    A value that normalises to nothing gets an index that no row carries, so it finds nobody.

    :raises ValueError: the purpose is unknown, or a date of birth is not an ISO date.
    """
    return _keyed(purpose, _normalised(purpose, value))


def _normalised(purpose: str, value: Any) -> str:
    if purpose not in PURPOSES:
        raise ValueError(f"There is no blind index purpose {purpose!r}.")
    return "" if value in (None, "") else PURPOSES[purpose](value)


def _keyed(purpose: str, normalised: str) -> bytes:
    return hmac.digest(index_key(), f"{purpose}|{normalised}".encode(), hashlib.sha256)


class BlindIndexField(BaseField):
    """The index of another field of the same row, kept up to date by ``save`` and ``bulk_create``.

    :param source: the name of the field it follows.
    :param purpose: one of :data:`PURPOSES`; models that share a purpose can be matched.

    NULL where the source is empty. Whatever is assigned by hand is overwritten.
    """

    def __init__(self, *args: Any, source: str, purpose: str, **kwargs: Any) -> None:
        kwargs |= {"null": True, "editable": False, "blank": True}
        super().__init__(*args, **kwargs)
        self.source, self.purpose = source, purpose

    @classmethod
    def of(cls, field: "models.Field[Any, Any]") -> list["BlindIndexField"]:
        """The blind indexes that follow ``field``."""
        siblings = field.model._meta.concrete_fields
        return [each for each in siblings if isinstance(each, cls) and each.source == field.name]

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        """Compute the index from the source, set it on the instance and return it."""
        normalised = _normalised(self.purpose, getattr(model_instance, self.source))
        index = _keyed(self.purpose, normalised) if normalised else None
        setattr(model_instance, self.attname, index)
        return index

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """As Django's, with the source and the purpose."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("null", "editable", "blank"):
            kwargs.pop(fixed, None)
        return name, path, list(args), kwargs | {"source": self.source, "purpose": self.purpose}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse an unknown purpose or source."""
        problems = []
        if self.purpose not in PURPOSES:
            problems.append(f"There is no blind index purpose {self.purpose!r}.")
        if self.source not in {field.name for field in self.model._meta.concrete_fields}:
            problems.append(f"The source {self.source!r} is not a field of this model.")
        found = [checks.Error(text, obj=self, id="encryption.E003") for text in problems]
        return [*super().check(**kwargs), *found]
