"""What a scheme's rules say of a referral, in words fit for the officer. Pure: facts in, findings out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that does not hold. `code` names it for counting; `words` say why; one that does not `block` is a warning."""

    code: str
    words: str
    blocks: bool = True
