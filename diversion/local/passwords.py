"""The servers' random passwords, drawn once per state folder."""

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Passwords:
    """One password per database role and for Redis, and Redis's port on 127.0.0.1."""

    superuser: str
    owner: str
    application: str
    redis: str
    redis_port: int


def load_or_draw(path: Path) -> Passwords:
    """Read the passwords, drawing them first where the state folder is new."""
    try:
        return Passwords(**json.loads(path.read_text()))
    except FileNotFoundError:
        drawn = Passwords(_word(), _word(), _word(), _word(), free_port())
        save(path, drawn)
        return drawn


def with_new_port(path: Path, passwords: Passwords) -> Passwords:
    """Move Redis to another free port, because a stranger has taken the old one."""
    moved = replace(passwords, redis_port=free_port())
    save(path, moved)
    return moved


def save(path: Path, passwords: Passwords) -> None:
    """Write the passwords whole or not at all, readable by their owner alone."""
    write_private(path, json.dumps(asdict(passwords)))


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.rename(path)


def _word() -> str:
    return secrets.token_hex(24)


def free_port() -> int:
    """A TCP port nobody has at this moment, below those that the system hands to outgoing connections."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
