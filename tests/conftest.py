"""Real PostgreSQL, real Redis, two roles: the owner makes the test database, the tests run as the application."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, settings

# The first draw of a session reads the whole source for constants to try: on a busy machine that alone takes seconds.
settings.register_profile("house", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# Reference data that migrations bring; a wipe leaves it.
KEPT = {
    "django_migrations",
    "django_content_type",
    "referrals_disposal",
    "referrals_crimeoutcome",
    "referrals_offencecategory",
    "referrals_bankholiday",
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        owner, application = connections["owner"], connections["default"]
        name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        application.close()
        application.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        owner.creation.destroy_test_db("diversion", verbosity=0)


def wipe() -> None:
    """Empty every table but the reference data, as the owner: the application may not.

    Row by row: to truncate all tables makes a thousand new files, which takes longer than most tests.
    """
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted({row[0] for row in cursor.fetchall()} - KEPT)
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables))
        filled = [row[0] for row in cursor.fetchall()]
        # What keeps rows for ever sleeps meanwhile; references are looked at when everything is gone.
        asleep = "SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_%'"
        cursor.execute(f"SELECT set_config('pgtrigger.ignore', ({asleep}), true)")
        for table in filled:
            cursor.execute(f'DELETE FROM "{table}"')
    connections["owner"].close()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database in which commits are real, for threads, workers and browsers; wiped afterwards."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            connections["default"].close()
            wipe()


@pytest.fixture(autouse=True)
def _message_folder(settings: Any, tmp_path: Any) -> None:
    settings.MESSAGE_FOLDER = tmp_path / "messages"
