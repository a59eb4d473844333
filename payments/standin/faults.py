"""Faults that tests order in advance: errors, dropped connections and slowness of the API."""

import threading
from dataclasses import dataclass

KINDS = ("error", "drop", "slow")


@dataclass
class Fault:
    """One ordered fault, used up after `calls` matching requests (None: until reset).

    `path` is a piece of the request path it waits for; `method` likewise, both empty for any.
    `status` is the answer of an `error`. `apply` says whether the request is carried out first.
    `keep` says whether an `error` is saved under the request's idempotency key, as Stripe does
    with a 500 from a request that began to run. `seconds` is how long `slow` waits.
    """

    kind: str
    calls: int | None = 1
    path: str = ""
    method: str = ""
    status: int = 500
    apply: bool = False
    keep: bool = False
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if self.kind == "error" and not 400 <= self.status <= 599:
            raise ValueError("status must be 400 to 599")


class Faults:
    """The ordered faults, oldest first. Kept in memory: a restart forgets them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Add a fault."""
        with self._lock:
            self._waiting.append(fault)

    def take(self, kind: str, method: str, path: str) -> Fault | None:
        """Use up one call of the first fault of this kind that matches the request."""
        with self._lock:
            for fault in self._waiting:
                matches = fault.path in path and fault.method in ("", method)
                if fault.kind == kind and matches:
                    if fault.calls is not None:
                        fault.calls -= 1
                        if fault.calls <= 0:
                            self._waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Forget every ordered fault."""
        with self._lock:
            self._waiting.clear()
