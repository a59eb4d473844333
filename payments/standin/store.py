"""SQLite storage that survives a restart: Stripe objects as JSON documents and small side tables.

One connection, one lock: a stand-in for one developer or one test run needs order more than speed.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLES = ("objects", "idempotency", "deliveries", "requests", "settings")

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS sessions_to_expire ON objects (json_extract(body, '$.expires_at'))
    WHERE kind = 'checkout.session' AND json_extract(body, '$.status') = 'open';
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    params TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    queued REAL NOT NULL,
    due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    last_answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    status INTEGER
);
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """The stand-in's database.

    :raises OSError: when the folder cannot be made or written.
    :raises sqlite3.Error: when the file in it is not our database.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(folder / "stripe-standin.sqlite3", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and commit at the end; roll back on any exception. Does not nest."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Run one statement and return its rows."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def put(self, body: Json) -> Json:
        """Save a Stripe object under its id; a second save replaces the first."""
        self.rows(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            body["id"],
            body["object"],
            body["created"],
            json.dumps(body),
        )
        return body

    def get(self, object_id: str, kind: str | None = None) -> Json | None:
        """Return the object, or None when there is none of this kind."""
        found = self.rows(
            "SELECT body FROM objects WHERE id = ? AND (? IS NULL OR kind = ?)",
            object_id,
            kind,
            kind,
        )
        return json.loads(found[0]["body"]) if found else None

    def setting(self, key: str, default: Any) -> Any:
        """Read one saved setting."""
        found = self.rows("SELECT value FROM settings WHERE key = ?", key)
        return json.loads(found[0]["value"]) if found else default

    def set_setting(self, key: str, value: Any) -> None:
        """Save one setting; it survives a restart."""
        self.rows("INSERT OR REPLACE INTO settings VALUES (?, ?)", key, json.dumps(value))

    def clear(self) -> None:
        """Empty every table."""
        with self.transaction():
            for table in TABLES:  # our own constants, above
                self._db.execute(f"DELETE FROM {table}")  # nosec B608

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
