"""What would have been different for past referrals under another version of their scheme. Nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import QuerySet

from diversion.core import clock
from diversion.referrals.clocks import NoRoomBeforeBackstop, add_months
from diversion.referrals.eligibility import judge
from diversion.referrals.enums import SchemeVersionState
from diversion.referrals.facts import RELATED, facts_of, rules_of
from diversion.referrals.models import Disposal, Referral, SchemeVersion
from diversion.referrals.queries import clocks_for

Dated = TypeVar("Dated", SchemeVersion, Disposal)
MONTHS = 12
MOST = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """One referral under one version: what stands in its way, and by when the course must be finished (None: no room)."""

    against: tuple[str, ...]
    complete_by: date | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A referral for which the two versions differ."""

    referral: Referral
    before: Outcome
    after: Outcome

    @property
    def days(self) -> int:
        """By how many days the last day to finish moves; later is positive. 0 where one version leaves no room at all."""
        if self.before.complete_by is None or self.after.complete_by is None:
            return 0
        return (self.after.complete_by - self.before.complete_by).days


@dataclass(frozen=True, slots=True)
class Preview:
    """`looked_at` referrals, of which `rows` would have been different."""

    looked_at: int
    rows: list[Changed]

    @property
    def no_longer(self) -> int:
        return sum(1 for each in self.rows if each.after.against and not each.before.against)

    @property
    def newly(self) -> int:
        return sum(1 for each in self.rows if each.before.against and not each.after.against)

    @property
    def moved(self) -> int:
        return sum(1 for each in self.rows if each.before.complete_by != each.after.complete_by)

    @property
    def days(self) -> tuple[int, int]:
        """The least and the most days by which a last day moves."""
        days = [each.days for each in self.rows if each.days]
        return (min(days), max(days)) if days else (0, 0)


def what_would_have_changed(*, version: SchemeVersion, cases: "QuerySet[Referral]", at: datetime) -> Preview:
    """Ask a version's rules of the scheme's newest referrals of a year, `MOST` at the most, as on the day each was submitted.

    `cases` are those the reader may see. Each is compared with the version it is pinned to or, before its offer, with the one
    that was in force when it was submitted. Facts are those recorded today. The repeat bar and other agencies are not asked.
    """
    since = clock.start_of(add_months(clock.day_of(at), -MONTHS))
    past = cases.filter(scheme=version.scheme_id, submitted_at__gte=since).order_by("-submitted_at", "pk")
    rows = past.select_related(*RELATED, "scheme_version__scheme__disposal").prefetch_related("legal_facts")[:MOST]
    published = list(version.scheme.versions.filter(state=SchemeVersionState.PUBLISHED).order_by("in_force_from"))
    law = list(Disposal.objects.filter(code=version.scheme.disposal.code).order_by("in_force_from"))
    changed, looked_at = [], 0
    for referral in rows:
        looked_at += 1
        day = clock.day_of(referral.submitted_at) if referral.submitted_at else clock.day_of(at)
        old = referral.scheme_version or _last_begun(published, day)
        if old is None:
            continue
        row = _last_begun(law, day) or version.scheme.disposal
        before, after = (_outcome(referral, rules, day, row) for rules in (old, version))
        if bool(before.against) != bool(after.against) or before.complete_by != after.complete_by:
            changed.append(Changed(referral, before, after))
    return Preview(looked_at, changed)


def _outcome(referral: Referral, rules: SchemeVersion, day: date, law: Disposal) -> Outcome:
    found = judge(rules_of(rules), facts_of(referral, on=day, required=law.required_facts))
    try:
        clocks = clocks_for(referral, rules, offered_on=day, law=law)
    except NoRoomBeforeBackstop:
        clocks = None
    against = tuple(each.words for each in found if each.blocks)
    return Outcome(against, clocks.complete_by if clocks else None)


def _last_begun(rows: Iterable[Dated], day: date) -> Dated | None:
    return max((each for each in rows if each.in_force_from <= day), key=lambda each: each.in_force_from, default=None)
