"""What the minute tick asks of uploaded files. An upload wakes the first at once."""

from datetime import datetime

from diversion.notifications.ticks import every_minute
from diversion.partners.services.imports import forget_unused, work_off


@every_minute("imports")
def _imports(at: datetime) -> None:
    work_off(at=at)


@every_minute("unused-imports")
def _unused_imports(at: datetime) -> None:
    forget_unused(at=at)
