"""Personal data at rest: sealed model fields, and keyed blind indexes to search them by.

A value is sealed with AES-256-GCM and bound to its table, column and row, so a stolen dump names
nobody and a ciphertext moved elsewhere does not open. See docs/adr/0004-encrypted-fields.md.
"""

from diversion.core.encryption.envelope import DecryptionFailed
from diversion.core.encryption.fields import (
    EncryptedDateField,
    EncryptedField,
    EncryptedJSONField,
    EncryptedTextField,
)
from diversion.core.encryption.indexes import BlindIndexField, blind
from diversion.core.encryption.sealed import Sealed

__all__ = [
    "BlindIndexField",
    "DecryptionFailed",
    "EncryptedDateField",
    "EncryptedField",
    "EncryptedJSONField",
    "EncryptedTextField",
    "Sealed",
    "blind",
]
