"""Model fields whose column holds ciphertext and whose attribute is the plain value.

The row's id is part of what is authenticated, so a model must know its id before it is inserted:
give it ``id = UUIDField(primary_key=True, default=uuid4)``.
"""

import json
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from django import forms
from django.core import checks, exceptions, validators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.constants import OnConflict
from django.db.models.sql.compiler import SQLInsertCompiler, SQLUpdateCompiler
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from diversion.core.encryption import envelope
from diversion.core.encryption.indexes import BlindIndexField
from diversion.core.encryption.sealed import Cell, Sealed, SealedAttribute, SealedColumn

if TYPE_CHECKING:
    BaseField = models.Field[Any, Any]
else:
    BaseField = models.Field


class EncryptedField(BaseField):
    """Common part of the encrypted fields; use one of the subclasses.

    Reading opens lazily and caches; ``save()``, ``create()`` and ``bulk_create()`` seal. The only
    lookup is ``__isnull``: search through a :class:`BlindIndexField`.

    :raises TypeError: on ``update()`` and ``bulk_update()`` with anything but NULL, on a save that
        names this field in ``update_fields`` but not its blind index, and on pickling.
    :raises FieldError: on any other lookup, and on sorting.
    :raises DecryptionFailed: on reading a value that was moved, altered or sealed by a lost key.
    """

    descriptor_class = SealedAttribute
    empty_strings_allowed = False

    def encode(self, value: Any) -> bytes:
        """The plain value as bytes; equal values give equal bytes."""
        raise NotImplementedError

    def decode(self, raw: bytes) -> Any:
        """The inverse of :meth:`encode`."""
        raise NotImplementedError

    # Where a value belongs

    @property
    def owner(self) -> type[models.Model]:
        """The model whose rows the values are bound to: for history events, the tracked one."""
        return getattr(self.model, "pgh_tracked_model", None) or self.model

    @property
    def row_field(self) -> "models.Field[Any, Any]":
        """The field of this model which holds the id of the row that the values are bound to."""
        columns = {field.name: field for field in self.model._meta.concrete_fields}
        return columns.get("pgh_obj") or columns[self.owner._meta.pk.name]

    def place(self, row_id: object) -> bytes:
        """``table|column|row``, in UTF-8."""
        opts = self.owner._meta
        return f"{opts.db_table}|{self.column}|{opts.pk.to_python(row_id)}".encode()

    def row_id(self, instance: models.Model) -> object:
        """The id of the row the instance's values are bound to.

        :raises ValueError: the instance has no id yet.
        """
        found = getattr(instance, self.row_field.attname)
        if found is None:
            raise ValueError(f"{self} cannot be sealed or opened before its row has an id.")
        return found

    def unseal_for(self, payload: bytes, row_id: object) -> Any:
        """The plain value of ``payload``, read from the row ``row_id``.

        :raises DecryptionFailed: see :func:`envelope.unseal`.
        """
        return self.decode(envelope.unseal(payload, place=self.place(row_id)))

    # Writing

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Seal the attribute for its row; an unchanged value keeps its bytes and so its history."""
        plain = getattr(model_instance, self.attname)
        if hasattr(plain, "resolve_expression"):
            self._refuse_to_write()
        cell: Cell = model_instance.__dict__[self.attname]
        plain = self.to_python(plain)
        if plain is None:
            return None
        raw, place = self.encode(plain), self.place(self.row_id(model_instance))
        if cell.sealed is None or not self._still_holds(cell.sealed, raw, place):
            cell.sealed = Sealed(self, envelope.seal(raw, place=place))
        return cell.sealed

    def _still_holds(self, sealed: Sealed, raw: bytes, place: bytes) -> bool:
        # A value under a retired key is sealed anew, else a slow writer could undo a rotation.
        if not envelope.is_current(sealed.payload):
            return False
        try:
            return envelope.unseal(sealed.payload, place=place) == raw
        except envelope.DecryptionFailed:
            return False

    def get_db_prep_save(self, value: Any, connection: Any) -> bytes | None:
        """Ciphertext or NULL for the column.

        :raises TypeError: the value is plain or an expression, as ``update()`` would pass.
        """
        if value is None:
            return None
        if not isinstance(value, Sealed):
            self._refuse_to_write()
        return value.payload

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> bytes | None:
        """A stand-in for a comparison's right side: constraints may ask only whether it is NULL."""
        return None if value is None else b""

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Refuse writes that would leave a stale blind index or ciphertext bound to a lost id.

        :raises TypeError: the update omits this field's blind index, or an upsert overwrites it.
        """
        query = compiler.query
        if isinstance(compiler, SQLUpdateCompiler):
            written = {field for field, *_ in query.values}
            for index in BlindIndexField.of(self):
                if index not in written:
                    raise TypeError(f"Writing {self} must also write {index.name}: add it to update_fields.")
        is_upsert = isinstance(compiler, SQLInsertCompiler) and query.on_conflict == OnConflict.UPDATE
        if is_upsert and self in query.update_fields:
            raise TypeError(f"{self} is encrypted for its own row: an upsert cannot replace it.")
        return "%s"

    def _refuse_to_write(self) -> NoReturn:
        raise TypeError(f"{self} is encrypted: set the attribute and call save().")

    # Reading

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        """Wrap the ciphertext without opening it."""
        return None if value is None else Sealed(self, bytes(value))

    def get_col(self, alias: str, output_field: Any = None) -> SealedColumn:
        """The column as queries see it."""
        return SealedColumn(alias, self, output_field)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only ``isnull``.

        :raises FieldError: any other lookup.
        """
        if lookup_name != "isnull":
            self._refuse_to_search()
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> NoReturn:
        """Nothing can be computed from ciphertext.

        :raises FieldError: always.
        """
        self._refuse_to_search()

    def _refuse_to_search(self) -> NoReturn:
        raise exceptions.FieldError(f"{self} is encrypted and cannot be searched by; use its blind index.")

    # The rest of a model field

    def get_internal_type(self) -> str:
        """A bytea column."""
        return "BinaryField"

    def value_to_string(self, obj: models.Model) -> NoReturn:
        """Fixtures are plain text on disk.

        :raises TypeError: always.
        """
        raise TypeError(f"{self} is encrypted and is not written to fixtures.")

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse options that cannot work on ciphertext, and rows whose id the database makes."""
        return [*super().check(**kwargs), *self._check_options(), *self._check_model()]

    def _check_options(self) -> list[checks.CheckMessage]:
        if any(getattr(self, option) for option in ("unique", "db_index")) or self.has_db_default():
            return [
                checks.Error(
                    "An encrypted field cannot be unique, indexed or defaulted by the database.",
                    hint="Put the index or constraint on a BlindIndexField.",
                    obj=self,
                    id="encryption.E001",
                )
            ]
        return []

    def _check_model(self) -> list[checks.CheckMessage]:
        opts, problems = self.model._meta, []
        if isinstance(self.owner._meta.pk, models.AutoField):
            problems.append("The row's id must be known before the insert: use a UUID primary key.")
        if self.name in {str(term).lstrip("-") for term in opts.ordering or ()}:
            problems.append("Meta.ordering names an encrypted field, which has no order.")
        return [checks.Error(text, obj=self, id="encryption.E002") for text in problems]


class EncryptedTextField(EncryptedField):
    """Text of any length. ``max_length`` (characters) is validated but does not shape the column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(validators.MaxLengthValidator(self.max_length))

    def get_default(self) -> Any:
        """The empty string where neither a default nor NULL is allowed, as for CharField."""
        return "" if not self.has_default() and not self.null else super().get_default()

    def to_python(self, value: Any) -> str | None:
        """Text, or None."""
        return value if value is None or isinstance(value, str) else str(value)

    def encode(self, value: str) -> bytes:
        """UTF-8."""
        return value.encode()

    def decode(self, raw: bytes) -> str:
        """UTF-8."""
        return raw.decode()

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """A text input, or a text area when no maximum length is set."""
        defaults: dict[str, Any] = {"form_class": forms.CharField, "max_length": self.max_length}
        if self.null:
            defaults["empty_value"] = None
        if self.max_length is None:
            defaults["widget"] = forms.Textarea
        return super().formfield(**(defaults | kwargs))


class EncryptedDateField(EncryptedField):
    """A calendar day, without a time zone."""

    def to_python(self, value: Any) -> date | None:
        """A date, from a date or ISO text.

        :raises ValidationError: it is neither.
        """
        if value is None or (isinstance(value, date) and not hasattr(value, "hour")):
            return value
        try:
            parsed = parse_date(value)
        except (TypeError, ValueError):
            parsed = None
        if parsed is None:
            raise exceptions.ValidationError(_("Enter a real date."), code="invalid")
        return parsed

    def encode(self, value: date) -> bytes:
        """ISO 8601."""
        return value.isoformat().encode()

    def decode(self, raw: bytes) -> date:
        """ISO 8601."""
        return date.fromisoformat(raw.decode())

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """A date input."""
        return super().formfield(**({"form_class": forms.DateField} | kwargs))


class EncryptedJSONField(EncryptedField):
    """Any JSON value. Changing it in place and saving stores the change."""

    def encode(self, value: Any) -> bytes:
        """Compact JSON with sorted keys; dates and decimals become text."""
        return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":")).encode()

    def decode(self, raw: bytes) -> Any:
        """JSON."""
        return json.loads(raw)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """A JSON text area."""
        return super().formfield(**({"form_class": forms.JSONField} | kwargs))
