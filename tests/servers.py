"""Loaded by pytest before any settings are read (`-p tests.servers`): the servers must have addresses by then.

Of tests that run in several processes (`-n 3`), each process has servers of its own: these tests empty tables and queues.
"""

import os

from diversion.local import LocalTrouble, ensure_environment
from diversion.local.environment import state_folder

# What the process that hands out the tests completed for itself; its workers inherit it, and must not use it.
COMPLETED = "TESTS_COMPLETED"
SERVERS = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}

worker = os.environ.get("PYTEST_XDIST_WORKER")
if worker:
    for name in SERVERS & set(os.environ[COMPLETED].split()):
        del os.environ[name]
    os.environ["DIVERSION_STATE"] = str(state_folder("test") / worker)
before = set(os.environ)
try:
    ensure_environment("test")
except LocalTrouble as trouble:
    raise SystemExit(str(trouble)) from None
os.environ.setdefault(COMPLETED, " ".join(set(os.environ) - before))
