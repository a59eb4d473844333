"""What the minute asks of courses."""

from datetime import datetime

from courses.services.booking import lapse_holds
from diversion.notifications.ticks import every_minute


@every_minute("courses.lapse_holds")
def lapse_run_out_holds(at: datetime) -> None:
    """Tidy the holds that ran out. Nothing waits for it: a run-out hold makes way as soon as somebody wants the place."""
    lapse_holds(at=at)
