"""The three clocks of a requirement, worked out once at the offer (rule 1). Pure: dates in, dates out."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from diversion.core.errors import Refusal

if TYPE_CHECKING:
    from diversion.referrals.models import SchemeVersion

LEAST_DAYS_TO_COMPLETE = 14
"""An offer that leaves less cannot be kept: the post takes days, the answer takes days, and a course has to be running."""


class NoRoomBeforeBackstop(Refusal):
    """Too little time would be left between the offer and the date by which the course must be finished."""

    sentence = _("There is too little time left to finish a course before the last safe date for this case.")


@dataclass(frozen=True, slots=True)
class Clocks:
    """Each day runs until 23:59:59 in London. `backstop` is None where no law sets one."""

    book_by: date
    complete_by: date
    backstop: date | None


def work_out(
    *, rules: "SchemeVersion", offered_on: date, disposal_on: date, offence_on: date, summary_only: bool
) -> Clocks:
    """The clocks under one version of a scheme.

    Book-by counts from the offer, complete-by from the disposal and never beyond the cap, the backstop from the offence:
    for a summary-only offence its time limit in months, less the days needed to build a file for court.

    :raises NoRoomBeforeBackstop: fewer than `LEAST_DAYS_TO_COMPLETE` days would be left from the offer.
    """
    weeks = min(rules.complete_by_weeks, rules.cap_weeks)
    complete_by = disposal_on + timedelta(weeks=weeks)
    backstop = None
    if summary_only:
        backstop = add_months(offence_on, rules.backstop_months) - timedelta(days=rules.backstop_margin_days)
        complete_by = min(complete_by, backstop)
    if complete_by < offered_on + timedelta(days=LEAST_DAYS_TO_COMPLETE):
        raise NoRoomBeforeBackstop()
    book_by = min(offered_on + timedelta(days=rules.book_by_days), complete_by)
    return Clocks(book_by=book_by, complete_by=complete_by, backstop=backstop)


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
