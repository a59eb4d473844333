"""One API request from key check to answer: faults, idempotency, the work, the saved result."""

import base64
import binascii
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from email.message import Message

from payments.standin import idempotency, routes, sessions
from payments.standin.errors import ApiError
from payments.standin.faults import Fault
from payments.standin.formdata import decode
from payments.standin.identifiers import new_id
from payments.standin.state import API_VERSION, State
from payments.standin.store import Json


@dataclass
class Answer:
    """What goes back over the wire; `drop` means the connection is closed with nothing said."""

    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


class Api:
    """The `/v1/` part of the stand-in."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._in_progress = idempotency.InProgress()

    def answer(self, method: str, path: str, encoded: str, headers: Message) -> Answer:
        """Answer one request; `encoded` is the query of a GET or the body of a POST."""
        request_id = new_id("req")
        key = headers.get("Idempotency-Key") if method == "POST" else None
        try:
            _check_key(headers.get("Authorization", ""))
            slow = self._state.faults.take("slow", method, path)
            with self._in_progress.claim(key) if key else nullcontext():
                if slow is not None:
                    time.sleep(slow.seconds)
                answer = self._carry_out(method, path, decode(encoded), key, request_id)
        except ApiError as refusal:
            answer = Answer(refusal.status, refusal.body())
            if refusal.status == 401:
                answer.headers["WWW-Authenticate"] = 'Basic realm="Stripe"'
        answer.headers |= {
            "Request-Id": request_id,
            "Stripe-Version": headers.get("Stripe-Version", API_VERSION),
        }
        if key:
            answer.headers["Idempotency-Key"] = key
        return answer

    def _carry_out(self, method: str, path: str, values: Json, key: str | None, request_id: str) -> Answer:
        state = self._state
        drop = state.faults.take("drop", method, path)
        if drop is not None and not drop.apply:
            return Answer(0, {}, drop=True)
        with state.store.transaction():
            sessions.expire_due(state)
        with state.store.transaction():
            saved = idempotency.saved_answer(state, key, path, values) if key else None
            if saved is not None:
                answer = Answer(*saved, headers={"Idempotent-Replayed": "true"})
            else:
                state.request = {"id": request_id, "idempotency_key": key}
                try:
                    answer = self._fresh(method, path, values, key)
                finally:
                    state.request = {"id": None, "idempotency_key": None}
        state.wake.set()
        answer.drop = drop is not None
        return answer

    def _fresh(self, method: str, path: str, values: Json, key: str | None) -> Answer:
        """Do the work and save its answer, unless an ordered error takes the answer's place.

        An error that applies but is not kept is one that arose on the way back: the real answer is
        saved and a retry with the same key gets it.
        """
        fault = self._state.faults.take("error", method, path)
        error = _ordered_error(fault) if fault else None
        if error is not None and fault is not None and not fault.apply:
            answer, kept = error, fault.keep
        else:
            answer, kept = self._worked(method, path, values)
        if fault is not None and fault.keep and error is not None:
            answer, kept = error, True
        if key and kept:
            idempotency.save(self._state, key, path, values, answer.status, answer.body)
        return error or answer

    def _worked(self, method: str, path: str, values: Json) -> tuple[Answer, bool]:
        """The real answer and whether it may be saved; a refusal undoes what was written."""
        self._state.store.rows("SAVEPOINT work")
        try:
            return Answer(200, routes.answer(self._state, method, path, values)), True
        except ApiError as refusal:
            self._state.store.rows("ROLLBACK TO work")
            return Answer(refusal.status, refusal.body()), refusal.kept


def _ordered_error(fault: Fault) -> Answer:
    kind, code = ("invalid_request_error", "rate_limit") if fault.status == 429 else ("api_error", None)
    refusal = ApiError("An error occurred, as ordered.", status=fault.status, kind=kind, code=code)
    return Answer(refusal.status, refusal.body())


def _check_key(header: str) -> None:
    """Accept any secret test key, as Bearer token or as user name of Basic.

    :raises ApiError: 401 for anything else; a live key is never accepted.
    """
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            given = ""
    if scheme.lower() not in ("bearer", "basic") or not given:
        raise ApiError(
            "You did not provide an API key. You need to provide your API key in the Authorization"
            " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not given.startswith(("sk_test_", "rk_test_")):
        shown = f"{given[:8]}****{given[-4:]}" if len(given) > 12 else "****"
        raise ApiError(f"Invalid API Key provided: {shown}", status=401)
