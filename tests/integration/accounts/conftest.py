import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_limits():
    """The rate limits live in Redis, which no rollback empties."""
    cache.clear()
