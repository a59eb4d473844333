"""Surnames folded for comparing: exactly, and by sound."""

import unicodedata

import jellyfish

_SOUNDED_ALIKE = {"0": "T", "MPS": "MS", "MPT": "MT"}
"""What Metaphone keeps apart but clerks do not: Thompson, Thomson and Tomson."""

_LETTERS_WITHOUT_ACCENT = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i"})


def fold_surname(surname: str) -> str:
    """The letters and digits of the name, without case, accents, spaces, hyphens or apostrophes.

    O'Brien, O’BRIEN and OBrien are equal; so are José and Jose. Other alphabets are kept.
    """
    decomposed = unicodedata.normalize("NFKD", surname.casefold())
    letters = (letter for letter in decomposed if letter.isalnum())
    return "".join(letters).translate(_LETTERS_WITHOUT_ACCENT)


def phonetic_given_name(given_names: str) -> str:
    """The sound of the first of the given names: what people are called, whatever their middle names."""
    words = given_names.replace("-", " ").split()
    return phonetic_surname(words[0]) if words else ""


def phonetic_surname(surname: str) -> str:
    """A key equal for names that sound alike: Smith and Smyth, Mohammed and Muhammad.

    Made for English ears. A name it cannot sound out, such as one in another alphabet, is its own
    key, so it is still found when spelled the same.
    """
    folded = fold_surname(surname)
    key = jellyfish.metaphone(folded) if folded.isascii() else ""
    for sound, merged in _SOUNDED_ALIKE.items():
        key = key.replace(sound, merged)
    return key or folded
