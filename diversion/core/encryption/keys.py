"""The keys, as the settings hold them. Nothing here is cached: a changed setting counts at once."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


@dataclass(frozen=True)
class FieldKey:
    """One key of the ring and the short name written beside everything it sealed."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"<FieldKey {self.id}>"


def primary_key() -> FieldKey:
    """The key that seals new values: the one ``FIELD_KEY_PRIMARY`` names, else the first.

    :raises ImproperlyConfigured: no key, an unknown primary, or a key that is not 32 bytes.
    """
    ring: dict[str, bytes] = getattr(settings, "FIELD_KEYS", {})
    if not ring:
        raise ImproperlyConfigured("FIELD_KEYS must hold at least one 32-byte key.")
    key_id = getattr(settings, "FIELD_KEY_PRIMARY", None) or next(iter(ring))
    key = find_key(key_id)
    if key is None:
        raise ImproperlyConfigured(f"FIELD_KEY_PRIMARY names {key_id!r}, which is not in FIELD_KEYS.")
    return key


def find_key(key_id: str) -> FieldKey | None:
    """The key of that name, or None when the ring no longer (or does not yet) hold it.

    :raises ImproperlyConfigured: the key is not 32 bytes or its name does not fit one byte's length.
    """
    secret = getattr(settings, "FIELD_KEYS", {}).get(key_id)
    if secret is None:
        return None
    if not 0 < len(key_id.encode()) < 256:
        raise ImproperlyConfigured("A key's name in FIELD_KEYS must be 1 to 255 bytes long.")
    return FieldKey(key_id, _checked(secret, f"FIELD_KEYS[{key_id!r}]"))


def index_key() -> bytes:
    """The key of the blind indexes, which is never one of the field keys.

    :raises ImproperlyConfigured: it is missing, not 32 bytes, or also used to seal fields.
    """
    secret = _checked(getattr(settings, "INDEX_KEY", b""), "INDEX_KEY")
    if secret in getattr(settings, "FIELD_KEYS", {}).values():
        raise ImproperlyConfigured("INDEX_KEY must differ from every key in FIELD_KEYS.")
    return secret


def _checked(secret: object, name: str) -> bytes:
    if not isinstance(secret, bytes) or len(secret) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must be exactly {KEY_BYTES} bytes.")
    return secret
