"""The product's own secrets for one state folder, drawn once and kept, since losing them loses the encrypted data."""

import base64
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path

from diversion.local.layout import Layout
from diversion.local.locks import exclusive
from diversion.local.passwords import write_private


def load_or_draw_keys(state_dir: Path) -> dict[str, str]:
    """Read the keys of a state folder from its `keys.env`, mode 0600, drawing them first where the folder is new.

    :raises LocalTrouble: the folder cannot be written.
    """
    layout = Layout.at(state_dir)
    path = layout.state / "keys.env"
    with exclusive(layout.start_lock):
        if not path.exists():
            write_values(path, _draw())
        return read_values(path)


def write_values(path: Path, values: Mapping[str, str]) -> None:
    """Write environment values as a file that a shell can read too, mode 0600."""
    write_private(path, "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))


def read_values(path: Path) -> dict[str, str]:
    """Read what `write_values` wrote."""
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def _draw() -> dict[str, str]:
    return {
        "DIVERSION_SECRET_KEY": secrets.token_urlsafe(50),
        "DIVERSION_FIELD_KEYS": f"k1:{_key()}",
        "DIVERSION_INDEX_KEY": _key(),
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(24)}",
    }


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
