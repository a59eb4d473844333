"""Finding a person among encrypted names: by keyed blind index, exact or as it sounds."""

from django.db.models import Q

from diversion.core.encryption import blind
from diversion.core.references import LETTER_LENGTH, canonical

Tokens = dict[str, str]


def tokens(term: str) -> Tokens:
    """What a term looks like in the indexes, in hex. Only this is kept between two pages, never the term itself."""
    found = {"surname": blind("surname", term).hex(), "sound": blind("surname_phonetic", term).hex()}
    if len(canonical(term)) == LETTER_LENGTH:
        found["reference"] = blind("reference", term).hex()
    return found


def matching(search: Tokens) -> Q:
    """The filter on `listed_for` rows for what `tokens` kept. A name finds only what the person sees in full: it must not confirm."""
    found = Q(participant__family_name_index=bytes.fromhex(search["surname"]))
    found |= Q(participant__family_name_sound=bytes.fromhex(search["sound"]))
    found &= Q(in_full=True)
    if "reference" in search:
        found |= Q(reference_index=bytes.fromhex(search["reference"]))
    return found
