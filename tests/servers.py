"""Loaded by pytest before any settings are read (`-p tests.servers`): the servers must have addresses by then."""

from diversion.local import LocalTrouble, ensure_environment

try:
    ensure_environment("test")
except LocalTrouble as trouble:
    raise SystemExit(str(trouble)) from None
