"""What an authoriser must have read of a referral before deciding: the same rows for each of many, in the same few queries."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.moments import day_words, moment_words
from diversion.referrals.eligibility import judge
from diversion.referrals.facts import RELATED, facts_of, rules_of
from diversion.referrals.models import Disposal, Referral, SchemeVersion
from diversion.referrals.queries import clocks_for, disposals_on, rules_on
from diversion.referrals.querysets import ReferralQuerySet
from diversion.referrals.services.submission import NoRulesInForce
from diversion.referrals.views.eligibility import warnings_of

Row = dict[str, Any]


def with_decisive_parts(referrals: ReferralQuerySet) -> ReferralQuerySet:
    """With all that `decisive_rows` reads."""
    found = referrals.with_last_word().select_related(
        *RELATED, "disposal", "scheme__disposal", "scheme__programme", "submitted_by"
    )
    return found.prefetch_related("scheme__versions", "legal_facts", "conditions", "eligibility_checks")


def laws_for(referrals: Iterable[Referral], *, on: date) -> dict[str, Disposal]:
    """The law on a London day for all of them, in one query."""
    return disposals_on({each.scheme.disposal.code for each in referrals if each.scheme}, day=on)


def decisive_rows(referral: Referral, *, laws: dict[str, Disposal], at: datetime) -> list[Row]:
    """Who, what, how risky and why, how serious and what came before, what the victim thinks, by when, and what the rules say."""
    person, scheme = referral.participant, referral.scheme
    if person is None or scheme is None:
        return []
    category = referral.offence_category
    kind = _("summary only") if category and category.summary_only else ""
    rules, law = rules_on(scheme, day=clock.day_of(at)), laws.get(scheme.disposal.code)
    return [
        _row(_("Born"), day_words(person.date_of_birth) if person.date_of_birth else ""),
        _row(_("Offence"), _joined(referral.offence_on, category.name if category else "", kind)),
        _row(_("Disposal and programme"), _joined(scheme.disposal.name, scheme.programme.name)),
        *_risk(referral),
        *_history(referral),
        *_victim(referral),
        *_conditions(referral),
        *_dates(referral, rules, law, at),
        *_findings(referral, rules, law, at),
        *_submitted(referral),
    ]


def _row(key: str, value: str) -> Row:
    return {"key": key, "value": value}


def _joined(*parts: date | str | None) -> str:
    return " · ".join(day_words(each) if isinstance(each, date) else each for each in parts if each)


def _risk(referral: Referral) -> list[Row]:
    decision = referral.risk_decision
    judged = _joined(decision.get_level_display(), decision.tool, decision.assessor, decision.decided_on)
    return [_row(_("Risk"), judged), _row(_("Why this risk"), decision.rationale)]


def _history(referral: Referral) -> list[Row]:
    history = getattr(referral, "previous_history", None)
    if history is None:
        return []
    before = ngettext("%(n)s disposal before", "%(n)s disposals before", history.previous_disposals)
    return [
        _row(_("Gravity"), _joined(str(history.gravity_score), before % {"n": history.previous_disposals})),
        _row(_("Why this gravity"), history.rationale),
        *([_row(_("What came before"), history.history)] if history.history else []),
    ]


def _victim(referral: Referral) -> list[Row]:
    view = getattr(referral, "victim_view", None)
    if view is None:
        return []
    return [
        _row(_("Victim"), _joined(view.get_situation_display(), view.contacted_on)),
        *([_row(_("What the victim thinks"), view.views)] if view.views else []),
    ]


def _conditions(referral: Referral) -> list[Row]:
    words = [f"{each.words} ({each.get_verified_by_display()})" for each in referral.conditions.all()]
    return [_row(_("Conditions beside the course"), "\n".join(words))] if words else []


def _dates(referral: Referral, rules: SchemeVersion | None, law: Disposal | None, at: datetime) -> list[Row]:
    """The clocks if the offer were made now."""
    if rules is None:
        return [_row(_("Dates"), str(NoRulesInForce.sentence))]
    try:
        clocks = clocks_for(referral, rules, offered_on=clock.day_of(at), law=law)
    except Refusal as refusal:
        return [_row(_("Dates"), str(refusal.sentence))]
    if clocks is None:
        return []
    days = {
        _("Book by"): clocks.book_by,
        _("Finish by"): clocks.complete_by,
        _("Last safe date for court"): clocks.backstop,
    }
    return [_row(key, day_words(day)) for key, day in days.items() if day]


def _findings(referral: Referral, rules: SchemeVersion | None, law: Disposal | None, at: datetime) -> list[Row]:
    """What the scheme's rules say today; the service asks them again when it is authorised."""
    if rules is None or law is None:
        return []
    facts = facts_of(referral, on=clock.day_of(at), required=law.required_facts)
    found = [each.words for each in judge(rules_of(rules), facts)]
    asked = max(referral.eligibility_checks.all(), key=lambda each: (each.checked_at, each.pk), default=None)
    warned = warnings_of(asked)
    said = [*found, *(words for words in warned if words not in found)]
    return [_row(_("Eligibility"), "\n".join(said) or _("Every rule is met."))]


def _submitted(referral: Referral) -> list[Row]:
    """By whom and when; and when it was last changed, if it was after that."""
    submitted_at, last_word = referral.submitted_at, referral.last_word  # type: ignore[attr-defined]
    if submitted_at is None:
        return []
    changed = [_row(_("Changed since"), moment_words(last_word))] if last_word != submitted_at else []
    return [_row(_("Submitted"), _joined(str(referral.submitted_by), moment_words(submitted_at))), *changed]
