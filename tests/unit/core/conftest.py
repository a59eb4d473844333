from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from tests.unit.core.sealed_models import HISTORY, PROTECTION, TABLES


@pytest.fixture(scope="session")
def sealed_tables(django_db_setup: None, django_db_blocker: Any) -> None:
    """The tables of `sealed_models`, made by the owner; the tests use them as the application."""
    with django_db_blocker.unblock():
        with connections["owner"].schema_editor() as editor:
            for model in TABLES:
                editor.create_model(model)
        for model, trigger in HISTORY:
            trigger.install(model, database="owner")
        with connections["owner"].cursor() as cursor:
            cursor.execute("GRANT ALL ON test_person, test_letter, test_person_event TO PUBLIC")
            cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC")
        connections["owner"].close()


@pytest.fixture
def triggers_known(sealed_tables: None) -> Iterator[None]:
    """The triggers of `sealed_models` registered, as they would be for a product model."""
    for model, trigger in [*HISTORY, *PROTECTION]:
        trigger.register(model)
    yield
    for model, trigger in [*HISTORY, *PROTECTION]:
        trigger.unregister(model)
