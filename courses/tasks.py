"""What the minute asks of courses."""

from datetime import datetime

from courses.services.booking import lapse_holds
from courses.services.licence_warnings import warn_of_ending_licences
from courses.services.waiting_offers import sweep
from diversion.notifications.ticks import every_minute


@every_minute("courses.lapse_holds")
def lapse_run_out_holds(at: datetime) -> None:
    """Tidy the holds that ran out. Nothing waits for it: a run-out hold makes way as soon as somebody wants the place."""
    lapse_holds(at=at)


@every_minute("courses.warn_of_ending_licences")
def warn_of_licences(at: datetime) -> None:
    """Each warning once, however often the minute comes."""
    warn_of_ending_licences(at=at)


@every_minute("courses.offer_free_places")
def offer_free_places(at: datetime) -> None:
    """To whoever waits for them. Whatever freed a place, it is found here."""
    sweep(at=at)
