"""Names for things that outsiders see: random, unguessable, easy to read aloud, without meaning."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U
LETTER_LENGTH = 12  # 60 bits, for a reference printed in a letter
PUBLIC_LENGTH = 26  # 130 bits, for an id in a URL
PIN_LENGTH = 6


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_public_id() -> str:
    """An opaque id for URLs."""
    return _random(PUBLIC_LENGTH).lower()


def new_reference() -> str:
    """A reference for a letter or a certificate, without dashes; `spoken()` groups it for people."""
    return _random(LETTER_LENGTH)


def new_pin() -> str:
    """Six digits. It is only ever stored hashed."""
    return "".join(secrets.choice("0123456789") for _ in range(PIN_LENGTH))


def spoken(reference: str) -> str:
    """ABCD-EFGH-JKMN: the reference as printed."""
    return "-".join(reference[i : i + 4] for i in range(0, len(reference), 4))


def fold_agency_reference(typed: str) -> str:
    """Another organisation's own reference, for comparing: case and spaces do not tell two apart, every other sign does."""
    return "".join(typed.upper().split())


def canonical(typed: str) -> str:
    """What a person typed, as stored: upper case, no spaces or dashes, O read as 0, I and L as 1."""
    kept = "".join(c for c in typed.upper() if c.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))
