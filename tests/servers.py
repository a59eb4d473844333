"""Loaded by pytest before any settings are read (`-p tests.servers`): the servers must have addresses by then."""

from diversion.local import ensure_environment

ensure_environment("test")
