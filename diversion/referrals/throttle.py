"""Slowing down guesses without locking anybody out. Counts live in the shared cache; losing them only forgives.

After a few free tries each further miss opens a short pause. During it nothing is looked up, nothing is counted and the pause
does not grow, so a correct entry always works once it ends. Nothing here depends on whether what was typed exists.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import caches
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext
from redis.exceptions import RedisError

from diversion.core.errors import Refusal

FORGET_AFTER = timedelta(hours=1)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=5)
FREE_TRIES_BY_REFERENCE = 5
FREE_TRIES_BY_ADDRESS = 20
"""An internet address is shared: by a household, a library, a mobile network."""


class TooManyTries(Refusal):
    """A pause is running. It is the same for a reference that exists and for one that does not."""


cache = caches["strict"]


@dataclass(frozen=True, slots=True)
class Bucket:
    """One thing that tries are counted by. `name` is never stored in the clear."""

    name: str
    free_tries: int

    @property
    def key(self) -> str:
        return "throttle:" + salted_hmac("diversion.throttle", self.name, algorithm="sha256").hexdigest()


def buckets(*, purpose: str, reference: str, address: str) -> list[Bucket]:
    """What a try with a letter's reference from an internet address is counted by."""
    return [
        Bucket(f"{purpose}:reference:{reference}", FREE_TRIES_BY_REFERENCE),
        Bucket(f"{purpose}:address:{address}", FREE_TRIES_BY_ADDRESS),
    ]


def check(tries: list[Bucket], *, at: datetime) -> None:
    """Nothing while no pause is running.

    :raises TooManyTries: one is; the sentence says for how many minutes. Also while the counts cannot be read: a door
        that cannot count guesses stays shut.
    """
    try:
        ends = [float(until) for until in cache.get_many([f"{each.key}:until" for each in tries]).values()]
    except RedisError as error:
        raise TooManyTries(gettext("We cannot check this at the moment. Wait a few minutes, then try again.")) from error
    left = max(ends, default=0.0) - at.timestamp()
    if left > 0:
        minutes = int(-(-left // 60))
        raise TooManyTries(
            ngettext(
                "There have been too many tries. Wait %(minutes)s minute, then try again.",
                "There have been too many tries. Wait %(minutes)s minutes, then try again.",
                minutes,
            )
            % {"minutes": minutes}
        )


def count(tries: list[Bucket], *, at: datetime) -> None:
    """Note a miss; from the last free try on it opens a pause that doubles up to `LONGEST_PAUSE`."""
    for each in tries:
        cache.add(each.key, 0, timeout=FORGET_AFTER.total_seconds())
        try:
            missed = cache.incr(each.key)
        except ValueError:  # it ran out between the two calls
            missed = 1
        if missed >= each.free_tries:
            pause = min(FIRST_PAUSE * 2 ** min(missed - each.free_tries, 10), LONGEST_PAUSE)
            until = (at + pause).timestamp()
            cache.set(f"{each.key}:until", until, timeout=LONGEST_PAUSE.total_seconds())


def forgive(tries: list[Bucket]) -> None:
    """The right person came in: their letter starts afresh. An address is not forgiven, or one letter would free all guesses."""
    letter = tries[0]
    cache.delete_many([letter.key, f"{letter.key}:until"])
