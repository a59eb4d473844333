"""Reading request parameters one by one, refusing what Stripe would refuse."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from payments.standin.errors import BadParameter
from payments.standin.store import Json


class Params:
    """A request's parameters; whatever has not been read by `finish` was unknown to us."""

    def __init__(self, values: Json, path: str = "") -> None:
        self._values = dict(values)
        self._path = path

    def _name(self, key: str) -> str:
        return f"{self._path}[{key}]" if self._path else key

    def take(self, key: str) -> Any:
        """Read a raw value, None when absent.

        :raises BadParameter: for an empty string, which Stripe reads as an attempt to unset.
        """
        value = self._values.pop(key, None)
        if value == "":
            raise BadParameter(
                f"You passed an empty string for '{self._name(key)}'. We assume empty values are an"
                " attempt to unset a parameter; however it cannot be unset. You should remove it"
                " from your request or supply a non-empty value.",
                self._name(key),
                "parameter_invalid_empty",
            )
        return value

    def text(self, key: str, *, limit: int = 5000) -> str | None:
        """Read a string of at most `limit` characters."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise BadParameter("Invalid string: {...}", self._name(key))
        if len(value) > limit:
            raise BadParameter(
                f"Invalid string: {value[:8]}...; must be at most {limit} characters",
                self._name(key),
            )
        return value

    def required(self, key: str, *, limit: int = 5000) -> str:
        """Read a string that must be there."""
        value = self.text(key, limit=limit)
        if value is None:
            raise self.absent(key)
        return value

    def absent(self, key: str) -> BadParameter:
        """The refusal for a parameter that is not there."""
        name = self._name(key)
        return BadParameter(f"Missing required param: {name}.", name, "parameter_missing")

    def integer(self, key: str) -> int | None:
        """Read a whole number."""
        value = self.text(key)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            raise BadParameter(f"Invalid integer: {value}", self._name(key), "parameter_invalid_integer") from None

    def boolean(self, key: str) -> bool | None:
        """Read `true` or `false`."""
        value = self.choice(key, ("true", "false"))
        return None if value is None else value == "true"

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        """Read one of the allowed words."""
        value = self.text(key)
        if value is not None and value not in allowed:
            raise BadParameter(f"Invalid {self._name(key)}: must be one of {', '.join(sorted(allowed))}", self._name(key))
        return value

    def address(self, key: str) -> str | None:
        """Read an http(s) address; `{CHECKOUT_SESSION_ID}` may stand in it."""
        value = self.text(key)
        if value is None:
            return None
        parts = urlsplit(value)
        blank = any(ord(letter) <= 32 for letter in value)
        if parts.scheme not in ("http", "https") or not parts.hostname or blank:
            raise BadParameter("Not a valid URL", self._name(key), "url_invalid")
        return value

    def inner(self, key: str) -> "Params":
        """Read a mapping; an absent one reads as empty."""
        value = self.take(key)
        if value is not None and not isinstance(value, dict):
            raise BadParameter("Invalid object", self._name(key), "parameter_invalid_object")
        return Params(value or {}, self._name(key))

    def each(self, key: str) -> list["Params"]:
        """Read a list of mappings."""
        return [Params(item, f"{self._name(key)}[{at}]") for at, item in self._list(key, dict)]

    def texts(self, key: str) -> list[str]:
        """Read a list of strings."""
        return [item for _, item in self._list(key, str)]

    def _list(self, key: str, kind: type) -> list[tuple[int, Any]]:
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
            raise BadParameter("Invalid array", self._name(key))
        return list(enumerate(value))

    def metadata(self) -> dict[str, str]:
        """Read `metadata` within Stripe's bounds: 50 keys of 40 characters, values of 500."""
        value = self.take("metadata")
        if value is None:
            return {}
        if not isinstance(value, dict) or len(value) > 50:
            raise BadParameter("Invalid metadata: at most 50 keys", self._name("metadata"))
        for key, text in value.items():
            if not isinstance(text, str) or len(key) > 40 or len(text) > 500:
                raise BadParameter(
                    "Metadata keys have at most 40 characters and values at most 500",
                    f"{self._name('metadata')}[{key[:40]}]",
                )
        return {key: text for key, text in value.items() if text}

    def finish(self) -> None:
        """Refuse any parameter nobody read.

        :raises BadParameter: `parameter_unknown`, also for parameters Stripe knows and we do not.
        """
        for key in self._values:
            name = self._name(key)
            raise BadParameter(f"Received unknown parameter: {name}", name, "parameter_unknown")
