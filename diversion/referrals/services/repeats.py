"""Whether a person took the same programme before, or is being dealt with already, at any agency (R6, rules 10 and 11).

Another agency learns yes or no and nothing else; so does one's own agency of a case that not everybody there may see. The look-up is
itself written down: on the asker's case as the answers, and on the record of whoever was found as a reading by the asking agency.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diversion.audit.trail import record_access, record_change
from diversion.core.actor import Actor
from diversion.core.references import spoken
from diversion.referrals.clocks import add_months
from diversion.referrals.eligibility import Finding, short_day
from diversion.referrals.enums import RepeatCounts
from diversion.referrals.lookups import lookalikes, other_cases_of
from diversion.referrals.models import Referral, SchemeVersion

BAR = "repeat-bar"
DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class LookUp:
    """`findings` say what the asker may know. `found` are the other records of the person, for the trail alone."""

    findings: Sequence[Finding]
    found: Sequence[UUID]

    def answer(self, code: str) -> bool:
        return any(each.code == code for each in self.findings)


def check_repeats(*, referral: Referral, rules: SchemeVersion) -> LookUp:
    """Look a person up by name and date of birth among every agency's records. Reads alone: `record_look_up` writes it down.

    The bar blocks, for an offence before the bar of an earlier one is over. A live case for the same day is a warning: a person
    may hold two offers from two agencies.
    """
    if referral.participant is None or referral.offence_on is None:
        return LookUp((), ())
    found = lookalikes(referral.participant)
    cases = other_cases_of([referral.participant, *found], than=referral, rules=rules)
    bars = rules.repeat_bar_months > 0
    barring = [each for each in cases if bars and each.counts and referral.offence_on < _bar_ends(each, rules)]
    doubles = [each for each in cases if each.is_live and each.offence_on == referral.offence_on]
    findings = [*_bar(barring, rules), *_duplicate(doubles)]
    return LookUp(findings, [each.pk for each in found])


@transaction.atomic(savepoint=False)
def record_look_up(*, referral: Referral, look_up: LookUp, by: Actor, at: datetime) -> None:
    """Write down that a person was looked up. Where the answer is a refusal that undoes its transaction, call it after that."""
    record_change(
        action="referral.checked-for-repeats",
        subject=referral,
        by=by,
        at=at,
        case_id=referral.pk,
        data={"barred": look_up.answer(BAR), "duplicate": look_up.answer(DUPLICATE)},
    )
    record_access(
        kind="check",
        route="repeat-check",
        participants=look_up.found,
        by=by,
        at=at,
        organisation_id=referral.agency_id,
    )


def _bar_ends(case: Any, rules: SchemeVersion) -> date:
    """The first day an offence on which is not barred: the bar counts from the earlier offence (rule 11)."""
    return add_months(case.offence_on, rules.repeat_bar_months)


def _bar(cases: Sequence[Any], rules: SchemeVersion) -> Iterator[Finding]:
    if not cases:
        return
    shown = [each for each in cases if each.is_shown]
    if not shown:
        yield Finding(BAR, _("This person may not take this programme again yet."))
        return
    last = max(shown, key=lambda each: _bar_ends(each, rules))
    words = {
        RepeatCounts.COMPLETED: _("Same programme completed for an offence on %(day)s, bar until %(until)s."),
        RepeatCounts.ACCEPTED: _("Same programme accepted for an offence on %(day)s, bar until %(until)s."),
        RepeatCounts.OFFERED: _("Same programme offered for an offence on %(day)s, bar until %(until)s."),
    }[RepeatCounts(rules.repeat_counts)]
    yield Finding(BAR, words % {"day": short_day(last.offence_on), "until": short_day(_bar_ends(last, rules))})


def _duplicate(cases: Sequence[Any]) -> Iterator[Finding]:
    shown = [spoken(each.reference) for each in cases if each.is_shown]
    if shown:
        words = _("Your agency already deals with this person for an offence on the same day: %(references)s.")
        yield Finding(DUPLICATE, words % {"references": ", ".join(sorted(shown))}, blocks=False)
    elif cases:
        yield Finding(DUPLICATE, _("Another service may already be dealing with this."), blocks=False)
