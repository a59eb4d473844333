"""Object ids that look like Stripe's."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """A fresh unguessable id, as `pi_3...` or `cs_test_...`."""
    length = 58 if prefix == "cs_test" else 24
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(length))
