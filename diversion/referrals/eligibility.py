"""What a scheme's rules say of a referral, in words fit for the officer. Pure: facts in, findings out (R3)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diversion.core.errors import Refusal
from diversion.referrals.clocks import add_months
from diversion.referrals.enums import FactKind, RiskLevel, VictimSituation

Rule = Mapping[str, Any]
"""`{"rule": "age-at-least", "years": 18}`: the name of a kind in `KINDS`, and the one parameter that the kind takes, if any."""

RISK = "risk-level-in"
"""The rule that every version has, from a field of its own; never in the list of the others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that does not hold. `code` names it for counting; `words` say why; one that does not `block` is a warning.

    `missing`: it cannot be known yet, because what the rule asks for is not recorded.
    """

    code: str
    words: str
    blocks: bool = True
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is recorded of a case, as seen on a day. None, "" and what is not in `said` are not recorded yet."""

    on: date
    born_on: date | None = None
    offence_on: date | None = None
    category: str = ""
    category_name: str = ""
    risk_level: str = ""
    gravity: int | None = None
    previous: int | None = None
    victim: str = ""
    required: Sequence[str] = ()
    said: Mapping[str, bool] = field(default_factory=dict)


Check = Callable[[Any, Facts], Finding | None]


def judge(rules: Iterable[Rule], facts: Facts) -> list[Finding]:
    """The rules that do not hold, in the order of the list."""
    found = (CHECKS[rule["rule"]](_parameter(rule), facts) for rule in rules)
    return [each for each in found if each]


def admits(levels: Sequence[str]) -> Rule:
    """The rule of a version's admitted risk levels. No recorded decision is never admitted (R3)."""
    return {"rule": RISK, "levels": list(levels)}


def short_day(day: date) -> str:
    """3 May 2025."""
    return date_format(day, "j F Y")


def _parameter(rule: Rule) -> Any:
    return next((value for name, value in rule.items() if name != "rule"), None)


def _missing(code: str, what: str) -> Finding:
    return Finding(code, _("Not recorded yet: %(what)s.") % {"what": what}, missing=True)


def _old_enough(years: int, facts: Facts) -> Finding | None:
    if facts.born_on is None:
        return _missing("age-at-least", _("the date of birth"))
    birthday = add_months(facts.born_on, years * 12)
    if birthday <= facts.on:
        return None
    return Finding(
        "age-at-least",
        _("The person is too young: this scheme takes people from the age of %(years)s, reached on %(day)s.")
        % {"years": years, "day": short_day(birthday)},
    )


def _young_enough(years: int, facts: Facts) -> Finding | None:
    if facts.born_on is None:
        return _missing("age-at-most", _("the date of birth"))
    birthday = add_months(facts.born_on, (years + 1) * 12)
    if facts.on < birthday:
        return None
    return Finding(
        "age-at-most",
        _("The person is too old: this scheme takes people up to the age of %(years)s, passed on %(day)s.")
        % {"years": years, "day": short_day(birthday)},
    )


def _category_in(codes: Sequence[str], facts: Facts) -> Finding | None:
    if not facts.category:
        return _missing("offence-category-in", _("the category of the offence"))
    return None if facts.category in codes else Finding("offence-category-in", _not_taken(facts))


def _category_not_in(codes: Sequence[str], facts: Facts) -> Finding | None:
    if not facts.category:
        return _missing("offence-category-not-in", _("the category of the offence"))
    return Finding("offence-category-not-in", _not_taken(facts)) if facts.category in codes else None


def _not_taken(facts: Facts) -> str:
    return _("This scheme does not take the offence: %(offence)s.") % {"offence": facts.category_name}


def _recent_enough(days: int, facts: Facts) -> Finding | None:
    if facts.offence_on is None:
        return _missing("offence-at-most-days-old", _("the date of the offence"))
    last = facts.offence_on + timedelta(days=days)
    if facts.on <= last:
        return None
    said = ngettext(
        "The offence was on %(day)s. This scheme takes it within %(count)s day, which ended on %(last)s.",
        "The offence was on %(day)s. This scheme takes it within %(count)s days, which ended on %(last)s.",
        days,
    )
    return Finding(
        "offence-at-most-days-old", said % {"day": short_day(facts.offence_on), "count": days, "last": short_day(last)}
    )


def _grave_at_most(score: int, facts: Facts) -> Finding | None:
    if facts.gravity is None:
        return _missing("gravity-at-most", _("the gravity score"))
    if facts.gravity <= score:
        return None
    words = _("The gravity score is %(score)s. This scheme takes up to %(most)s.")
    return Finding("gravity-at-most", words % {"score": facts.gravity, "most": score})


def _few_disposals(count: int, facts: Facts) -> Finding | None:
    if facts.previous is None:
        return _missing("previous-disposals-at-most", _("how many disposals came before"))
    if facts.previous <= count:
        return None
    words = _("Disposals before this one: %(count)s. This scheme takes up to %(most)s.")
    return Finding("previous-disposals-at-most", words % {"count": facts.previous, "most": count})


def _facts_hold(_nothing: None, facts: Facts) -> Finding | None:
    untrue = [kind for kind in facts.required if facts.said.get(kind) is False]
    if untrue:
        words = _("What this disposal requires is not so: %(facts)s.")
        return Finding("facts-hold", words % {"facts": _named(untrue)})
    unsaid = [kind for kind in facts.required if kind not in facts.said]
    return _missing("facts-hold", _named(unsaid)) if unsaid else None


def _named(kinds: Sequence[str]) -> str:
    return ", ".join(str(FactKind(kind).label).lower() for kind in kinds)


def _victim_asked(_nothing: None, facts: Facts) -> Finding | None:
    if not facts.victim:
        return _missing("victim-asked", _("whether there is a victim and what they think"))
    if facts.victim == VictimSituation.NOT_REACHED:
        return Finding("victim-asked", _("The victim could not be reached, so their views are not known."), blocks=False)
    return None


def _risk_admitted(levels: Sequence[str], facts: Facts) -> Finding | None:
    if not facts.risk_level:
        return _missing(RISK, _("the risk decision"))
    if facts.risk_level in levels:
        return None
    taken = ", ".join(str(each.label).lower() for each in RiskLevel if each in levels)
    words = _("This scheme does not take people whose risk is %(level)s. It takes: %(taken)s.")
    return Finding(RISK, words % {"level": str(RiskLevel(facts.risk_level).label).lower(), "taken": taken or _("none")})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule: how it is checked, and the one parameter it takes. A number has its least and its most."""

    check: Check
    number: str = ""
    least: int = 0
    most: int = 0
    codes: str = ""

    @property
    def names(self) -> set[str]:
        return {"rule"} | ({self.number or self.codes} - {""})


KINDS: Mapping[str, Kind] = {
    "age-at-least": Kind(_old_enough, number="years", least=10, most=100),
    "age-at-most": Kind(_young_enough, number="years", least=10, most=100),
    "offence-category-in": Kind(_category_in, codes="codes"),
    "offence-category-not-in": Kind(_category_not_in, codes="codes"),
    "offence-at-most-days-old": Kind(_recent_enough, number="days", least=1, most=3650),
    "gravity-at-most": Kind(_grave_at_most, number="score", least=1, most=5),
    "previous-disposals-at-most": Kind(_few_disposals, number="count", least=0, most=50),
    "facts-hold": Kind(_facts_hold),
    "victim-asked": Kind(_victim_asked),
}
CHECKS: Mapping[str, Check] = {RISK: _risk_admitted, **{name: kind.check for name, kind in KINDS.items()}}


class RulesAreUnclear(Refusal):
    """Rules that nobody could apply are not stored; the sentence says which one and why."""

    sentence = gettext_lazy("The rules on who is eligible cannot be read.")
    field = "eligibility"


def check_rules(rules: Any) -> None:
    """A list of rules that `judge` can read, each kind at most once.

    :raises RulesAreUnclear: a kind is unknown or there twice, or its parameter is missing, of another sort or out of bounds.
    """
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise RulesAreUnclear()
    for place, rule in enumerate(rules, 1):
        wrong = _what_is_wrong(rule)
        if wrong:
            raise RulesAreUnclear(_("Rule %(place)s: %(wrong)s") % {"place": place, "wrong": wrong})
    names = [rule["rule"] for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RulesAreUnclear(_("This rule is there twice: %(names)s.") % {"names": ", ".join(twice)})
    if {"offence-category-in", "offence-category-not-in"} <= set(names):
        raise RulesAreUnclear(_("Name either the offences that are taken or those that are not."))


def _what_is_wrong(rule: Rule) -> str:
    name = rule.get("rule")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        return _("there is no rule called “%(name)s”.") % {"name": name}
    if set(rule) != kind.names:
        return _("“%(name)s” takes %(names)s.") % {
            "name": name,
            "names": ", ".join(sorted(kind.names - {"rule"})) or _("nothing"),
        }
    value = _parameter(rule)
    if kind.number and (type(value) is not int or not kind.least <= value <= kind.most):
        return _("“%(name)s” takes a whole number from %(least)s to %(most)s.") % {
            "name": name,
            "least": kind.least,
            "most": kind.most,
        }
    if kind.codes and not (isinstance(value, list) and value and all(isinstance(code, str) for code in value)):
        return _("“%(name)s” takes at least one category of offence.") % {"name": name}
    return ""
