"""The stand-in's clock: real time plus an offset that tests push forward."""

import time

from payments.standin.store import Store


class Clock:
    """Seconds since the epoch, as the whole stand-in sees them.

    The offset is kept in the store, so a restart does not fall back to real time.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> float:
        """Current time in seconds with fractions; used for due times of deliveries."""
        return time.time() + self.offset()

    def stamp(self) -> int:
        """Current time in whole seconds, the unit of every `created` field."""
        return int(self.now())

    def offset(self) -> float:
        """Seconds this clock runs ahead of real time."""
        return float(self._store.setting("clock_offset", 0.0))

    def advance(self, seconds: float) -> float:
        """Push the clock forward and return the new offset.

        :raises ValueError: for a negative number; time never runs backwards here.
        """
        if seconds < 0:
            raise ValueError("the clock only runs forward")
        offset = self.offset() + seconds
        self._store.set_setting("clock_offset", offset)
        return offset
