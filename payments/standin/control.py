"""Fault controls for tests, below `/_control/`.

Every request needs the header `X-Standin-Control: 1`, so that no web page can press these buttons.
Bodies and answers are JSON.

    GET    state       clock, offset, webhook settings, counts of objects by kind
    POST   clock       {"advance": seconds}          run ahead; sessions then expire, deliveries fall due
    POST   webhooks    {"drop": true}                new events are never delivered
                       {"delay": seconds}            first delivery that much after the event
                       {"copies": n}                 each event is delivered n times
                       {"retry_base": seconds}       gap before the first retry, then doubling
                       {"sign_clock": "real"}        sign with real time though the clock ran ahead
                       settings not named stay as they are; they survive a restart
    POST   replay      {"event": id, "times": n}     deliver an old event again, whatever `drop` says
    POST   faults      {"kind": "error", "calls": k, "path": "/refunds", "status": 500,
                        "apply": false, "keep": false}
                       {"kind": "drop", "calls": 1, "apply": true}   do it, then say nothing
                       {"kind": "slow", "calls": null, "seconds": 5}
                       faults.py explains each; a restart forgets them
    DELETE faults      forget the ordered faults
    GET    requests    every request received: at, method, path with query, headers, body, status;
                       the API key and what was typed into the card form are left out
    DELETE requests    empty that list
    GET    deliveries  every queued delivery: event, type, state, attempts, last_answer
    POST   reset       empty everything and bring the clock back to real time
"""

import json
from typing import Any

from payments.standin import events
from payments.standin.faults import Fault
from payments.standin.state import State
from payments.standin.store import Json


class Control:
    """The buttons tests press."""

    def __init__(self, state: State) -> None:
        self._state = state

    def answer(self, method: str, name: str, body: str) -> tuple[int, Any]:
        """Carry out one control request and return status and JSON body."""
        action = getattr(self, f"_{method.lower()}_{name}", None)
        if action is None:
            return 404, {"error": f"no control {method} {name}; the list is in control.py"}
        try:
            values = json.loads(body or "{}")
            if not isinstance(values, dict):
                raise ValueError("the body must be a JSON object")
            answer = action(**values)
        except (TypeError, ValueError, KeyError) as problem:
            return 400, {"error": str(problem)}
        self._state.wake.set()
        return 200, answer

    def _get_state(self) -> Json:
        state = self._state
        counts = state.store.rows("SELECT kind, count(*) AS n FROM objects GROUP BY kind")
        return {
            "now": state.clock.now(),
            "clock_offset": state.clock.offset(),
            "webhooks": events.webhook_settings(state),
            "objects": {row["kind"]: row["n"] for row in counts},
        }

    def _post_clock(self, advance: float) -> Json:
        state = self._state
        state.clock.advance(float(advance))
        return {"now": state.clock.now(), "clock_offset": state.clock.offset()}

    def _post_webhooks(self, **changes: Any) -> Json:
        unknown = set(changes) - set(events.WEBHOOK_DEFAULTS)
        if unknown:
            raise ValueError(f"unknown setting: {', '.join(sorted(unknown))}")
        settings = events.webhook_settings(self._state) | changes
        self._state.store.set_setting("webhooks", settings)
        return settings

    def _post_replay(self, event: str, times: int = 1) -> Json:
        if self._state.store.get(event, "event") is None:
            raise ValueError(f"no such event: {event}")
        events.enqueue(self._state, event, copies=int(times), delay=0)
        return {"event": event, "times": times}

    def _post_faults(self, **fault: Any) -> Json:
        self._state.faults.order(Fault(**fault))
        return fault

    def _delete_faults(self) -> Json:
        self._state.faults.clear()
        return {}

    def _get_requests(self) -> list[Json]:
        rows = self._state.store.rows("SELECT * FROM requests ORDER BY seq")
        return [dict(row) | {"headers": json.loads(row["headers"])} for row in rows]

    def _delete_requests(self) -> Json:
        self._state.store.rows("DELETE FROM requests")
        return {}

    def _get_deliveries(self) -> list[Json]:
        rows = self._state.store.rows(
            "SELECT deliveries.*, json_extract(objects.body, '$.type') AS type"
            " FROM deliveries LEFT JOIN objects ON objects.id = event ORDER BY deliveries.id"
        )
        return [dict(row) for row in rows]

    def _post_reset(self) -> Json:
        self._state.faults.clear()
        self._state.store.clear()
        return {}
