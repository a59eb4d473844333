"""Asking a scheme's rules of a referral, and keeping each answer (R3, R6)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.encryption import blind
from diversion.core.errors import Refusal
from diversion.referrals.eligibility import Finding, judge
from diversion.referrals.enums import Stage
from diversion.referrals.facts import facts_of, rules_of
from diversion.referrals.models import Disposal, EligibilityCheck, Referral, Scheme, SchemeVersion
from diversion.referrals.queries import disposals_on, rules_on
from diversion.referrals.services.repeats import LookUp, check_repeats, record_look_up


@dataclass(frozen=True, slots=True)
class Asking:
    """One asking of the rules, and what was found; `look_up` where the person was looked up at other agencies too."""

    referral: Referral
    rules: SchemeVersion
    stage: Stage
    findings: Sequence[Finding]
    look_up: LookUp | None = None

    @property
    def unmet(self) -> list[str]:
        """The codes of the rules that stand in the way."""
        return sorted({each.code for each in self.findings if each.blocks})

    @property
    def found(self) -> Sequence[UUID]:
        """The other records of the person, for the trail alone."""
        return self.look_up.found if self.look_up else ()


class NotEligible(Refusal):
    """The scheme's rules stand in the way; the sentence lists them. Raise it inside `refusals_kept`."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        why = " ".join(each.words for each in asking.findings if each.blocks)
        super().__init__(_("Not eligible: %(why)s") % {"why": why})


class DisposalIsNotInForce(Refusal):
    """The law that the scheme stands on has no row for the day."""


def disposal_for(scheme: Scheme, *, at: datetime) -> Disposal:
    """The dated row, of the scheme's kind of disposal, that is the law today.

    :raises DisposalIsNotInForce: there is none.
    """
    code = scheme.disposal.code
    row = disposals_on([code], day=clock.day_of(at)).get(code)
    if row is None:
        words = _("“%(name)s” is not in force today, so no offer can be made under this scheme.")
        raise DisposalIsNotInForce(words % {"name": scheme.disposal.name})
    return row


def findings_on(*, referral: Referral, rules: SchemeVersion, law: Disposal, at: datetime) -> list[Finding]:
    """What stands in the way today, and what to look at. Reads alone, and writes nothing."""
    return judge(rules_of(rules), facts_of(referral, on=clock.day_of(at), required=law.required_facts))


@transaction.atomic(savepoint=False)
def require_eligible(
    *, referral: Referral, rules: SchemeVersion, law: Disposal, stage: Stage, by: Actor, at: datetime
) -> Asking:
    """Ask the rules and every agency's records at a stage, keep the answer and give it, and refuse whoever they do not admit.

    Whatever else may refuse is asked before: a refusal after it would undo the record of the look-up (rule 13).

    :raises NotEligible: a rule stands in the way. `refusals_kept` around the transaction writes that answer down.
    """
    look_up = check_repeats(referral=referral, rules=rules)
    found = [*findings_on(referral=referral, rules=rules, law=law, at=at), *look_up.findings]
    asking = Asking(referral, rules, stage, found, look_up)
    if asking.unmet:
        raise NotEligible(asking)
    _keep(asking, by=by, at=at)
    return asking


@transaction.atomic
def ask_while_drafting(*, referral: Referral, by: Actor, at: datetime) -> None:
    """Keep what the rules say of a draft whose scheme is chosen. Refuses nothing: the officer is still writing."""
    rules = rules_on(referral.scheme, day=clock.day_of(at)) if referral.scheme else None
    if rules is None:
        return
    try:
        law = disposal_for(rules.scheme, at=at)
    except DisposalIsNotInForce:
        return
    found = findings_on(referral=referral, rules=rules, law=law, at=at)
    _keep(Asking(referral, rules, Stage.DRAFT, found), by=by, at=at)


@contextmanager
def refusals_kept(*, by: Actor, at: datetime) -> Iterator[None]:
    """One transaction in which a refusal undoes everything but the record of it: by which rules, and that others were asked.

    So the people whom a scheme does not admit are counted, although nothing else of the attempt remains (R3).
    """
    try:
        with transaction.atomic():
            yield
    except NotEligible as refusal:
        _keep_refusal(refusal.asking, by=by, at=at)
        raise


@transaction.atomic
def _keep_refusal(asking: Asking, *, by: Actor, at: datetime) -> None:
    _keep(asking, by=by, at=at)
    referral, data = asking.referral, {"stage": asking.stage, "unmet": asking.unmet}
    record_change(action="referral.not-eligible", subject=referral, by=by, at=at, case_id=referral.pk, data=data)


def count_refused(asking: Asking, *, reference: str, at: datetime) -> None:
    """Count somebody whom the rules kept from becoming a referral at all. By which rules, and nothing of the person (R3)."""
    EligibilityCheck.objects.create(
        refused_index=blind("agency_reference", reference), stage=asking.stage, checked_at=at, scheme_version=asking.rules,
        eligible=False, unmet=asking.unmet,
    )  # fmt: skip


def _keep(asking: Asking, *, by: Actor, at: datetime) -> None:
    EligibilityCheck.objects.create(
        referral=asking.referral,
        stage=asking.stage,
        checked_at=at,
        scheme_version=asking.rules,
        eligible=not asking.unmet,
        unmet=asking.unmet,
        words="\n".join(each.words for each in asking.findings),
    )
    if asking.look_up:
        record_look_up(referral=asking.referral, look_up=asking.look_up, by=by, at=at)
