"""Signing events as Stripe does and delivering them from a background thread, with retries."""

import hmac
import http.client
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from sqlite3 import Row
from urllib.parse import urlsplit

from payments.standin import events, sessions
from payments.standin.state import State

GIVE_UP_AFTER_SECONDS = 3 * 24 * 3600
LONGEST_GAP_SECONDS = 3600.0
ANSWER_WITHIN_SECONDS = 10
LOOK_EVERY_SECONDS = 0.5


def signature(payload: bytes, secret: str, timestamp: int) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 over the time and the raw body, scheme v1."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + payload, sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def post(url: str, payload: bytes, signed: str) -> int:
    """Send one delivery and return the status; redirects are not followed, as at Stripe.

    :raises OSError: when nothing answers in time.
    :raises http.client.HTTPException: when the answer is not HTTP.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=ANSWER_WITHIN_SECONDS)
    try:
        connection.request(
            "POST",
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            payload,
            {
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signed,
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                "Accept": "*/*; q=0.5, application/xml",
                "Cache-Control": "no-cache",
            },
        )
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


class Sender:
    """Looks for due deliveries and for sessions to expire; several deliveries may be in the air.

    As at Stripe, order is not kept and a delivery that was answered too late is sent again.
    """

    def __init__(self, state: State, parallel: int = 16) -> None:
        self._state = state
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="webhook")
        self._in_air: set[int] = set()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin delivering."""
        self._thread.start()

    def stop(self) -> None:
        """Start nothing more; deliveries still in the air stay queued for the next start."""
        self._stopping = True
        self._state.wake.set()
        self._thread.join()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopping:
            self._state.wake.wait(self._pause())
            self._state.wake.clear()
            try:
                self._look()
            except Exception as problem:  # the thread must outlive one bad look
                print(f"stand-in webhooks: {problem!r}", file=sys.stderr, flush=True)
                time.sleep(LOOK_EVERY_SECONDS)

    def _pause(self) -> float:
        """Seconds until the next delivery falls due, at most half a second."""
        due = self._state.store.rows("SELECT min(due) AS due FROM deliveries WHERE state = 'pending'")[0]["due"]
        if due is None:
            return LOOK_EVERY_SECONDS
        return min(LOOK_EVERY_SECONDS, max(0.05, float(due) - self._state.clock.now()))

    def _look(self) -> None:
        state = self._state
        with state.store.transaction():
            sessions.expire_due(state)
        waiting = state.store.rows(
            "SELECT * FROM deliveries WHERE state = 'pending' AND due <= ? ORDER BY due, id LIMIT 200",
            state.clock.now(),
        )
        for row in waiting:
            if row["id"] not in self._in_air and not self._stopping:
                self._in_air.add(row["id"])
                self._pool.submit(self._attempt, row)

    def _attempt(self, row: Row) -> None:
        try:
            self._deliver(row)
        finally:
            self._in_air.discard(row["id"])

    def _deliver(self, row: Row) -> None:
        state = self._state
        event = state.store.get(row["event"], "event")
        if event is None:  # the stand-in was reset meanwhile
            return
        settings = events.webhook_settings(state)
        if state.clock.now() - row["queued"] > GIVE_UP_AFTER_SECONDS:
            self._note(row, "failed", "gave up after three days", row["due"])
            return
        payload = json.dumps(event | {"pending_webhooks": 1}, indent=2).encode()
        real = settings["sign_clock"] == "real"
        stamp = int(time.time()) if real else state.clock.stamp()
        signed = signature(payload, state.webhook_secret, stamp)
        try:
            status = post(state.webhook_url, payload, signed)
            answer, arrived = str(status), 200 <= status < 300
        except (OSError, http.client.HTTPException) as problem:
            answer, arrived = repr(problem), False
        gap = min(LONGEST_GAP_SECONDS, settings["retry_base"] * 2 ** min(row["attempts"], 20))
        self._note(row, "delivered" if arrived else "pending", answer, state.clock.now() + gap)

    def _note(self, row: Row, outcome: str, answer: str, due: float) -> None:
        self._state.store.rows(
            "UPDATE deliveries SET state = ?, last_answer = ?, due = ?, attempts = attempts + 1 WHERE id = ?",
            outcome,
            answer,
            due,
            row["id"],
        )
