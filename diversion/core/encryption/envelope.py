"""Bytes in, sealed bytes out. Knows keys and places in the database, but no models.

Layout: version (1 byte), length of the key's name (1), the key's name, nonce (12), ciphertext and
tag. The place (``table|column|row``) is authenticated but not stored.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from diversion.core.encryption.keys import FieldKey, find_key, primary_key

VERSION = 1
NONCE_BYTES = 12
PADDED_TO = 32
"""Plain text grows to a multiple of this many bytes, so that its length does not hint at a name."""


class DecryptionFailed(Exception):
    """A stored value did not open: wrong or missing key, altered, or moved from another place."""


def seal(plain: bytes, *, place: bytes) -> bytes:
    """Seal ``plain`` with the primary key so that it opens at ``place`` only."""
    key = primary_key()
    nonce = os.urandom(NONCE_BYTES)
    return header(key) + nonce + AESGCM(key.secret).encrypt(nonce, _pad(plain), place)


def unseal(sealed: bytes, *, place: bytes) -> bytes:
    """The plain bytes sealed for ``place``.

    :raises DecryptionFailed: whatever is wrong; the message names the place and nothing more.
    """
    where = place.decode(errors="replace")
    try:
        size = 2 + sealed[1]
        key = find_key(sealed[2:size].decode()) if sealed[0] == VERSION else None
    except (IndexError, UnicodeDecodeError):
        key = None
    if key is None:
        raise DecryptionFailed(f"The value at {where} names no key we hold.")
    nonce, body = sealed[size : size + NONCE_BYTES], sealed[size + NONCE_BYTES :]
    try:
        return _unpad(AESGCM(key.secret).decrypt(nonce, body, place))
    except (InvalidTag, ValueError):
        raise DecryptionFailed(f"The value at {where} did not open.") from None


def header(key: FieldKey) -> bytes:
    """The first bytes of everything sealed by ``key``; rotation finds stale rows by it."""
    name = key.id.encode()
    return bytes([VERSION, len(name)]) + name


def is_current(sealed: bytes) -> bool:
    """Whether the primary key sealed it."""
    return sealed.startswith(header(primary_key()))


def _pad(plain: bytes) -> bytes:
    marked = plain + b"\x80"
    return marked + b"\x00" * (-len(marked) % PADDED_TO)


def _unpad(padded: bytes) -> bytes:
    plain, mark, _ = padded.rpartition(b"\x80")
    if not mark:
        raise ValueError("no padding mark")
    return plain
