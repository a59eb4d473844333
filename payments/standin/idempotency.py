"""Saved answers of POST requests by Idempotency-Key, kept for 24 hours as Stripe promises."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from payments.standin.errors import ApiError
from payments.standin.state import State
from payments.standin.store import Json

KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


class InProgress:
    """Keys whose first request is still being answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    @contextmanager
    def claim(self, key: str) -> Iterator[None]:
        """Hold a key for the length of a request.

        :raises ApiError: 409 `idempotency_key_in_use` while another request holds it.
        """
        with self._lock:
            if key in self._keys:
                raise ApiError(
                    "There is currently another in-progress request using this Idempotent Key"
                    " (that probably means you submitted twice, and the other request is still"
                    f" going through): {key}. Please try again later.",
                    status=409,
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                    kept=False,
                )
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


def saved_answer(state: State, key: str, endpoint: str, params: Json) -> tuple[int, Json] | None:
    """The first answer given under this key, or None.

    :raises ApiError: 400 `idempotency_error` when the key came with another endpoint or other
        parameters, or is longer than 255 characters.
    """
    if len(key) > LONGEST_KEY:
        raise _refusal("Idempotency keys are at most 255 characters long.")
    state.store.rows("DELETE FROM idempotency WHERE created <= ?", state.clock.now() - KEPT_SECONDS)
    found = state.store.rows("SELECT * FROM idempotency WHERE key = ?", key)
    if not found:
        return None
    first = found[0]
    if first["endpoint"] != endpoint:
        raise _refusal(
            "Keys for idempotent requests can only be used for the same endpoint they were first"
            f" used for ('{endpoint}' vs '{first['endpoint']}'). Try using a key other than"
            f" '{key}' if you meant to execute a different request."
        )
    if first["params"] != _fingerprint(params):
        raise _refusal(
            "Keys for idempotent requests can only be used with the same parameters they were first"
            f" used with. Try using a key other than '{key}' if you meant to execute a different"
            " request."
        )
    return first["status"], json.loads(first["body"])


def save(state: State, key: str, endpoint: str, params: Json, status: int, body: Json) -> None:
    """Keep an answer for later requests with this key."""
    state.store.rows(
        "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?)",
        key,
        endpoint,
        _fingerprint(params),
        status,
        json.dumps(body),
        state.clock.now(),
    )


def _fingerprint(params: Json) -> str:
    return json.dumps(params, sort_keys=True)


def _refusal(message: str) -> ApiError:
    return ApiError(message, kind="idempotency_error", kept=False)
