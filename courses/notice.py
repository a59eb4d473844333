"""What it costs to move from a course, or to give its place up: by the notice given, the fare bought and the cause (rule 9). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from courses.enums import MoveCause
from diversion.core import clock
from diversion.referrals.models import SchemeVersion


class Notice(StrEnum):
    """How early somebody says that they will not come."""

    FREE = "free"
    HALF = "half"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Terms:
    """A scheme version's bands. Free with more than `free_days` to go; the full price with less than `full_hours`; free in the
    `cooling_days` after the place was confirmed, whatever the notice, as the law gives who buys at a distance.
    """

    free_days: int = 7
    full_hours: int = 48
    cooling_days: int = 14
    most_moves: int = 2


def terms_of(rules: SchemeVersion | None) -> Terms:
    """The bands of the version that a case is pinned to (rule 20); the usual ones where none is pinned."""
    return (
        Terms(rules.free_notice_days, rules.full_fee_hours, rules.cooling_off_days, rules.most_moves) if rules else Terms()
    )


def is_cooling_off(terms: Terms, *, confirmed_at: datetime | None, at: datetime) -> bool:
    """Whether a place was confirmed so lately that it may be given up for nothing: the last of the days counts to its end."""
    if confirmed_at is None or not terms.cooling_days:
        return False
    return clock.day_of(at) <= clock.day_of(confirmed_at) + timedelta(days=terms.cooling_days)


def notice_of(terms: Terms, *, starts_at: datetime, at: datetime) -> Notice:
    """The band at a moment. Days are days of the London clock, so that an hour lost in March costs nobody anything."""
    start = starts_at.astimezone(clock.LONDON)
    free_until = clock.london(start.date() - timedelta(days=terms.free_days), start.hour, start.minute)
    if at < free_until:
        return Notice.FREE
    return Notice.FULL if at > starts_at - timedelta(hours=terms.full_hours) else Notice.HALF


def fee_of(notice: Notice, *, price_pence: int) -> int:
    """What is kept of a price, in pence. An odd penny is the person's."""
    return {Notice.FREE: 0, Notice.HALF: price_pence // 2, Notice.FULL: price_pence}[notice]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a move costs, in pence. `kept` of what was paid is the fee; `carried` pays for the new place; `due` is still to pay;
    `back` goes back to the card. The new place's price is `carried + due`.
    """

    kept: int
    carried: int
    due: int
    back: int

    @property
    def price(self) -> int:
        return self.carried + self.due


def quote(*, paid_pence: int, fee_pence: int, price_pence: int) -> Quote:
    """Out of what was paid, first the fee for moving, then the new place. What is lacking is due, what is left goes back."""
    kept = min(fee_pence, paid_pence)
    carried = min(paid_pence - kept, price_pence)
    return Quote(kept=kept, carried=carried, due=price_pence - carried, back=paid_pence - kept - carried)


def price_after(cause: MoveCause, *, old_pence: int, new_pence: int) -> int:
    """What the new place costs: its price; but nobody pays more because their provider cancelled."""
    return min(old_pence, new_pence) if cause == MoveCause.PROVIDER else new_pence
