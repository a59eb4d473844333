"""The cache when its server is gone: empty and deaf, never an error page. What must not be guessed at uses "strict"."""

from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class LenientRedisCache(RedisCache):
    """As Redis, but while it cannot be reached nothing is found and nothing is kept."""

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        try:
            return bool(super().add(key, value, timeout, version))
        except RedisError:
            return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            return default

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except RedisError:
            return

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except RedisError:
            return False

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        try:
            return dict(super().get_many(list(keys), version))
        except RedisError:
            return {}

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """The new count.

        :raises ValueError: the key is not there, or nothing is.
        """
        try:
            return int(super().incr(key, delta, version))
        except RedisError as error:
            raise ValueError from error
