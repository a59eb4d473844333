"""Choosing the demo's TCP ports on 127.0.0.1."""

import os
import socket

from diversion.local.passwords import free_port
from diversion.local.trouble import LocalTrouble

DEFAULT_PORT = 8000


def demo_port() -> int:
    """The port of PORT, 8000 unless set.

    :raises LocalTrouble: it is no port number, or something listens on it already.
    """
    port = _number("PORT", DEFAULT_PORT)
    if not _is_free(port):
        raise LocalTrouble(
            f"Port {port} is in use; stop what uses it, or choose another, for instance `PORT={port + 10} make demo`."
        )
    return port


def standin_port(demo: int) -> int:
    """The Stripe stand-in's port: STANDIN_PORT, else the one after the demo's, else any free one.

    :raises LocalTrouble: STANDIN_PORT is no port number or is in use.
    """
    port = _number("STANDIN_PORT", demo + 1)
    if _is_free(port):
        return port
    if os.environ.get("STANDIN_PORT"):
        raise LocalTrouble(f"Port {port} is in use; set STANDIN_PORT to another, or leave it unset.")
    return free_port()


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65534:
        raise LocalTrouble(f"{name} must be a number from 1 to 65534, not “{text}”.")
    return int(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the web server will: a port that only lingers after its last user is not in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise LocalTrouble(f"Port {port} is kept for the administrator; choose one above 1023.") from error
        except OSError:
            return False
    return True
