"""The three clocks of a requirement, worked out once at the offer (rule 1). Pure: dates in, dates out."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.moments import day_words
from diversion.referrals.enums import ClockOrigin

if TYPE_CHECKING:
    from diversion.referrals.models import SchemeVersion

LEAST_DAYS_TO_COMPLETE = 14
"""An offer that leaves less cannot be kept: the post takes days, the answer takes days, and a course has to be running."""


class NoRoomBeforeBackstop(Refusal):
    """Too little time would be left between the offer and `last`, the day by which the course must be finished.

    The sentence names that day and the earliest on which a course offered now could be finished.
    """

    def __init__(self, *, last: date, earliest: date, backstop: date | None) -> None:
        words = _("There is no room left: the course must be finished by %(last)s at the latest.")
        if last == backstop:
            words = _("There is no room before the backstop: the last safe date for this case is %(last)s.")
        earliest_words = _("A course offered now could not be finished before %(earliest)s.")
        super().__init__(
            f"{words % {'last': day_words(last)}} {earliest_words % {'earliest': day_words(earliest)}}",
        )


DRAFT_DAYS = 90
"""A draft is kept for so many days after somebody last touched it."""
NOTICE_DAYS = 7
"""So many days before its last, its officer is told."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Each day runs until 23:59:59 in London. `backstop` is None where no law sets one."""

    book_by: date
    complete_by: date
    backstop: date | None


def work_out(
    *,
    rules: "SchemeVersion",
    law_cap_weeks: int | None,
    offered_on: date,
    disposal_on: date,
    offence_on: date,
    summary_only: bool,
) -> Clocks:
    """The clocks under one version of a scheme.

    Book-by counts from the offer. Complete-by counts from the day the scheme names, and is never later than the shorter cap, the
    scheme's or the law's (`law_cap_weeks`, None where the law sets none), counted from the disposal whatever the scheme counts from.
    The backstop counts from the offence: for a summary-only offence its time limit in months, less the days needed to build a
    file for court.

    :raises NoRoomBeforeBackstop: fewer than `LEAST_DAYS_TO_COMPLETE` days would be left from the offer.
    """
    cap_weeks = rules.cap_weeks if law_cap_weeks is None else min(rules.cap_weeks, law_cap_weeks)
    origins = {ClockOrigin.DISPOSAL: disposal_on, ClockOrigin.OFFENCE: offence_on, ClockOrigin.OFFER: offered_on}
    counted = origins[ClockOrigin(rules.complete_by_origin)] + timedelta(weeks=rules.complete_by_weeks)
    complete_by = min(counted, disposal_on + timedelta(weeks=cap_weeks))
    backstop = None
    if summary_only:
        backstop = add_months(offence_on, rules.backstop_months) - timedelta(days=rules.backstop_margin_days)
        complete_by = min(complete_by, backstop)
    earliest = offered_on + timedelta(days=LEAST_DAYS_TO_COMPLETE)
    if complete_by < earliest:
        raise NoRoomBeforeBackstop(last=complete_by, earliest=earliest, backstop=backstop)
    book_by = min(offered_on + timedelta(days=rules.book_by_days), complete_by)
    return Clocks(book_by=book_by, complete_by=complete_by, backstop=backstop)


def from_asking(*, rules: "SchemeVersion", asked_on: date) -> Clocks:
    """The clocks of somebody who asks for themselves: both count from that day, and no law sets a last one (R14)."""
    complete_by = asked_on + timedelta(weeks=min(rules.complete_by_weeks, rules.cap_weeks))
    return Clocks(
        book_by=min(asked_on + timedelta(days=rules.book_by_days), complete_by), complete_by=complete_by, backstop=None
    )


def draft_ends_on(touched_at: datetime) -> date:
    """The last London day of a draft that nobody touches again; it is discarded at the midnight after it."""
    return clock.day_of(touched_at) + timedelta(days=DRAFT_DAYS)


def draft_is_noticed(touched_at: datetime, *, at: datetime) -> bool:
    """From the first moment of the day `NOTICE_DAYS` before its last, somebody is told."""
    return clock.day_of(at) >= draft_ends_on(touched_at) - timedelta(days=NOTICE_DAYS)


def draft_is_over(touched_at: datetime, *, at: datetime) -> bool:
    """Its last day has passed."""
    return clock.is_over(draft_ends_on(touched_at), at=at)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter: 31 August and six months is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_working_days(day: date, count: int, *, holidays: Collection[date]) -> date:
    """The working day `count` working days after `day`: Monday to Friday, less the bank holidays given."""
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return day
