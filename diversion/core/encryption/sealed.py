"""How a sealed value lives on a model instance: closed until first read, and never printed."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, NoReturn

from django.core.exceptions import FieldError
from django.db.models import Model
from django.db.models.expressions import Col
from django.db.models.query_utils import DeferredAttribute

if TYPE_CHECKING:
    from diversion.core.encryption.fields import EncryptedField

UNOPENED: Final = object()


class Sealed:
    """A ciphertext as it came from the database: what ``values()`` and annotations hand out."""

    __slots__ = ("field", "payload")

    def __init__(self, field: EncryptedField, payload: bytes) -> None:
        self.field = field
        self.payload = payload

    def open(self, row_id: object) -> Any:
        """The plain value, given the id of the row it was read from.

        :raises DecryptionFailed: it is another row's value, was altered, or its key is not held.
        """
        return self.field.unseal_for(self.payload, row_id)

    def __repr__(self) -> str:
        return f"<Sealed {self.field.name}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A sealed value is not pickled; pass the row's id instead.")


class Cell:
    """What an instance holds for one encrypted field: the ciphertext, the plain value, or both.

    The ciphertext is kept after reading so that saving an unchanged value writes the same bytes:
    otherwise every save would look like a change to the history triggers.
    """

    __slots__ = ("plain", "sealed")

    def __init__(self, *, plain: Any = UNOPENED, sealed: Sealed | None = None) -> None:
        self.plain = plain
        self.sealed = sealed

    def __repr__(self) -> str:
        return "<Sealed>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("An instance with encrypted fields is not pickled; pass its id instead.")

    def __copy__(self) -> Cell:
        return Cell(plain=self.plain, sealed=self.sealed)

    def __deepcopy__(self, memo: dict[int, Any]) -> Cell:
        plain = self.plain if self.plain is UNOPENED else deepcopy(self.plain, memo)
        return Cell(plain=plain, sealed=self.sealed)


class SealedAttribute(DeferredAttribute):
    """The attribute itself: opens the cell on first read, keeps the old ciphertext on write."""

    field: EncryptedField

    def __get__(self, instance: Model | None, cls: type[Model] | None = None) -> Any:
        if instance is None:
            return self
        cell = super().__get__(instance, cls)
        if cell.plain is UNOPENED:
            cell.plain = cell.sealed.open(self.field.row_id(instance))
        return cell.plain

    def __set__(self, instance: Model, value: Any) -> None:
        before = instance.__dict__.get(self.field.attname)
        if isinstance(value, Sealed):
            cell = Cell(sealed=value)
        else:
            cell = Cell(plain=value, sealed=before.sealed if before else None)
        instance.__dict__[self.field.attname] = cell


class SealedColumn(Col):
    """The column in a query. It may be fetched or tested for NULL, but not sorted by."""

    target: EncryptedField

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Plain column SQL.

        :raises FieldError: the query orders by this field; ciphertext has no meaningful order.
        """
        for term in compiler.query.order_by:
            if self._is_named_by(term, compiler.query):
                raise FieldError(f"{self.target} is encrypted and cannot be sorted by; sort in Python.")
        return super().as_sql(compiler, connection)

    def _is_named_by(self, term: Any, query: Any) -> bool:
        expression = getattr(term, "expression", term)
        name = expression if isinstance(expression, str) else getattr(expression, "name", None)
        if not isinstance(name, str):
            return False
        name = name.lstrip("-+")
        annotation = query.annotations.get(name)
        if annotation is not None:
            return isinstance(annotation, SealedColumn) and annotation.target == self.target
        try:
            _, last, _, _ = query.names_to_path(name.split("__"), query.get_meta())
        except FieldError:
            return False
        return bool(last == self.target)
