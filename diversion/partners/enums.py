"""States of a file that is being taken in."""

from diversion.core.lifecycle import Stateful


class ImportState(Stateful):
    WAITING = "waiting"
    RUNNING = "running"
    CHECKED = "checked"
    DONE = "done"
    STOPPED = "stopped"
