"""Days and times as people say them, in London time: "Tuesday 3 November 2026, 10am"."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from diversion.core import clock


def day_words(day: date) -> str:
    """Tuesday 3 November 2026."""
    return date_format(day, "l j F Y")


def time_words(at: datetime) -> str:
    """10am, 3:45pm, midday, midnight."""
    local = at.astimezone(clock.LONDON)
    if local.minute == 0 and local.hour in {0, 12}:
        return _("midday") if local.hour else _("midnight")
    clock_face = f"{local.hour % 12 or 12}" + (f":{local.minute:02d}" if local.minute else "")
    return _("%(time)sam") % {"time": clock_face} if local.hour < 12 else _("%(time)spm") % {"time": clock_face}


def moment_words(at: datetime) -> str:
    """Tuesday 3 November 2026, 10am."""
    return f"{day_words(clock.day_of(at))}, {time_words(at)}"


def short_moment_words(at: datetime) -> str:
    """Tuesday 3 November, 10am: for text messages, where the year is plain."""
    return f"{date_format(clock.day_of(at), 'l j F')}, {time_words(at)}"


def until_words(until: datetime, *, at: datetime) -> str:
    """3:45pm today, or the day in full when it is another."""
    if clock.day_of(until) == clock.day_of(at):
        return _("%(time)s today") % {"time": time_words(until)}
    return _("%(time)s on %(day)s") % {"time": time_words(until), "day": day_words(clock.day_of(until))}
