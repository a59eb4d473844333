"""Embedded PostgreSQL and Redis for the demo and the tests, and the supervisor behind `make demo`.

Nothing in the product imports this package: manage.py, the test configuration and the Makefile do.
"""

from diversion.local.environment import ensure, ensure_environment, release
from diversion.local.trouble import LocalTrouble

__all__ = ["LocalTrouble", "ensure", "ensure_environment", "release"]
