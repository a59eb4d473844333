"""Rules as data: each kind on both sides of its edge, in words with dates; and what nobody could apply is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.referrals.eligibility import (
    KINDS,
    RISK,
    Facts,
    Finding,
    Kind,
    Rule,
    RulesAreUnclear,
    admits,
    check_rules,
    judge,
)
from diversion.referrals.enums import FactKind, RiskLevel, VictimSituation

TODAY = date(2026, 8, 1)


def said(rule: Rule, **facts: Any) -> list[Finding]:
    return judge([rule], Facts(**{"on": TODAY, **facts}))


@pytest.mark.parametrize(
    ("rule", "holds", "fails", "words"),
    [
        (
            {"rule": "age-at-least", "years": 18},
            {"born_on": date(2008, 8, 1)},
            {"born_on": date(2008, 8, 2)},
            "The person is too young: this scheme takes people from the age of 18, reached on 2 August 2026.",
        ),
        (
            {"rule": "age-at-most", "years": 25},
            {"born_on": date(2000, 8, 2)},
            {"born_on": date(2000, 8, 1)},
            "The person is too old: this scheme takes people up to the age of 25, passed on 1 August 2026.",
        ),
        (
            {"rule": "offence-category-in", "codes": ["THEFT-SHOP"]},
            {"category": "THEFT-SHOP", "category_name": "Theft from a shop"},
            {"category": "DRUNK-DIS", "category_name": "Drunk and disorderly"},
            "This scheme does not take the offence: Drunk and disorderly.",
        ),
        (
            {"rule": "offence-category-not-in", "codes": ["DRUNK-DIS"]},
            {"category": "THEFT-SHOP", "category_name": "Theft from a shop"},
            {"category": "DRUNK-DIS", "category_name": "Drunk and disorderly"},
            "This scheme does not take the offence: Drunk and disorderly.",
        ),
        (
            {"rule": "offence-at-most-days-old", "days": 90},
            {"offence_on": date(2026, 5, 3)},
            {"offence_on": date(2026, 5, 2)},
            "The offence was on 2 May 2026. This scheme takes it within 90 days, which ended on 31 July 2026.",
        ),
        (
            {"rule": "gravity-at-most", "score": 3},
            {"gravity": 3},
            {"gravity": 4},
            "The gravity score is 4. This scheme takes up to 3.",
        ),
        (
            {"rule": "previous-disposals-at-most", "count": 0},
            {"previous": 0},
            {"previous": 1},
            "Disposals before this one: 1. This scheme takes up to 0.",
        ),
        (
            {"rule": "facts-hold"},
            {"required": ["admission", "consent"], "said": {"admission": True, "consent": True}},
            {"required": ["admission", "consent"], "said": {"admission": False, "consent": True}},
            "What this disposal requires is not so: admits the offence.",
        ),
        (
            admits(["low", "medium"]),
            {"risk_level": "medium"},
            {"risk_level": "high"},
            "This scheme does not take people whose risk is high. It takes: low, medium.",
        ),
    ],
    ids=lambda value: value["rule"] if isinstance(value, dict) and "rule" in value else "",
)
def test_each_rule_holds_up_to_its_edge_and_says_why_beyond_it(
    rule: Rule, holds: dict[str, Any], fails: dict[str, Any], words: str
) -> None:
    assert said(rule, **holds) == []
    assert said(rule, **fails) == [Finding(rule["rule"], words)]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"rule": "age-at-least", "years": 18}, "Not recorded yet: the date of birth."),
        ({"rule": "age-at-most", "years": 18}, "Not recorded yet: the date of birth."),
        ({"rule": "offence-category-in", "codes": ["X"]}, "Not recorded yet: the category of the offence."),
        ({"rule": "offence-category-not-in", "codes": ["X"]}, "Not recorded yet: the category of the offence."),
        ({"rule": "offence-at-most-days-old", "days": 90}, "Not recorded yet: the date of the offence."),
        ({"rule": "gravity-at-most", "score": 3}, "Not recorded yet: the gravity score."),
        ({"rule": "previous-disposals-at-most", "count": 2}, "Not recorded yet: how many disposals came before."),
        ({"rule": "facts-hold"}, "Not recorded yet: agrees to the disposal."),
        ({"rule": "victim-asked"}, "Not recorded yet: whether there is a victim and what they think."),
        (admits(list(RiskLevel)), "Not recorded yet: the risk decision."),
    ],
    ids=lambda value: value["rule"] if isinstance(value, dict) else "",
)
def test_what_is_not_recorded_never_passes(rule: Rule, words: str) -> None:
    assert said(rule, required=[FactKind.CONSENT]) == [Finding(rule["rule"], words, blocks=True, missing=True)]


def test_the_victim_was_asked_or_there_is_none_and_one_who_was_not_reached_is_a_warning() -> None:
    rule = {"rule": "victim-asked"}
    assert said(rule, victim=VictimSituation.NO_VICTIM) == said(rule, victim=VictimSituation.CONTACTED) == []
    (found,) = said(rule, victim=VictimSituation.NOT_REACHED)
    assert not found.blocks
    assert "could not be reached" in found.words


def test_a_scheme_that_admits_no_level_admits_nobody() -> None:
    assert said(admits([]), risk_level="low")[0].words.endswith("It takes: none.")


def test_findings_come_in_the_order_of_the_rules() -> None:
    rules = [admits(["low"]), {"rule": "gravity-at-most", "score": 1}, {"rule": "victim-asked"}]
    facts = Facts(on=TODAY, risk_level="high", gravity=2, victim="no-victim")
    assert [each.code for each in judge(rules, facts)] == [RISK, "gravity-at-most"]


@given(
    born_on=st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    on=st.dates(date(2024, 1, 1), date(2034, 12, 31)),
    years=st.integers(10, 100),
)
def test_an_age_is_at_least_some_years_or_at_most_one_less(born_on: date, on: date, years: int) -> None:
    facts = Facts(on=on, born_on=born_on)
    old_enough = judge([{"rule": "age-at-least", "years": years}], facts) == []
    young_enough = judge([{"rule": "age-at-most", "years": years - 1}], facts) == []
    assert old_enough != young_enough


@given(offence_on=st.dates(date(2024, 1, 1), date(2026, 1, 1)), days=st.integers(1, 3650), passed=st.integers(0, 4000))
def test_an_offence_is_taken_on_its_last_day_and_not_after(offence_on: date, days: int, passed: int) -> None:
    facts = Facts(on=offence_on + timedelta(days=passed), offence_on=offence_on)
    found = judge([{"rule": "offence-at-most-days-old", "days": days}], facts)
    assert (found == []) == (passed <= days)


def one_of(name: str, kind: Kind) -> st.SearchStrategy[Rule]:
    parameters: dict[str, st.SearchStrategy[Any]] = {"rule": st.just(name)}
    if kind.number:
        parameters[kind.number] = st.integers(kind.least, kind.most)
    if kind.codes:
        parameters[kind.codes] = st.lists(st.text(), min_size=1)
    return st.fixed_dictionaries(parameters)


known = {name: one_of(name, kind) for name, kind in KINDS.items() if name != "offence-category-not-in"}


@given(rules=st.fixed_dictionaries({}, optional=known).map(lambda chosen: list(chosen.values())))
def test_whatever_is_accepted_can_be_judged(rules: list[Rule]) -> None:
    check_rules(rules)
    assert {each.code for each in judge(rules, Facts(on=TODAY, required=["consent"]))} == {rule["rule"] for rule in rules}


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ("age", "cannot be read"),
        (["age"], "cannot be read"),
        ([{"rule": "star-sign"}], "Rule 1: there is no rule called “star-sign”."),
        ([{"years": 18}], "no rule called"),
        ([{"rule": ["age-at-least"], "years": 18}], "no rule called"),
        ([{"rule": RISK, "levels": ["high"]}], "no rule called"),
        ([{"rule": "age-at-least"}], "“age-at-least” takes years."),
        ([{"rule": "age-at-least", "days": 18}], "“age-at-least” takes years."),
        ([{"rule": "age-at-least", "years": 18, "sex": "f"}], "“age-at-least” takes years."),
        ([{"rule": "facts-hold", "years": 18}], "“facts-hold” takes nothing."),
        ([{"rule": "age-at-least", "years": "18"}], "a whole number from 10 to 100"),
        ([{"rule": "age-at-least", "years": True}], "a whole number from 10 to 100"),
        ([{"rule": "age-at-least", "years": 9}], "a whole number from 10 to 100"),
        ([{"rule": "gravity-at-most", "score": 6}], "a whole number from 1 to 5"),
        ([{"rule": "offence-category-in", "codes": []}], "at least one category"),
        ([{"rule": "offence-category-in", "codes": "THEFT-SHOP"}], "at least one category"),
        ([{"rule": "offence-category-in", "codes": [1]}], "at least one category"),
        ([{"rule": "victim-asked"}, {"rule": "victim-asked"}], "there twice: victim-asked"),
        (
            [{"rule": "offence-category-in", "codes": ["A"]}, {"rule": "offence-category-not-in", "codes": ["B"]}],
            "either the offences that are taken",
        ),
    ],
)
def test_rules_that_nobody_could_apply_are_refused_in_words(rules: Any, says: str) -> None:
    with pytest.raises(RulesAreUnclear) as refused:
        check_rules(rules)
    assert says in str(refused.value.sentence)
    assert refused.value.field == "eligibility"


def test_every_kind_has_its_own_check() -> None:
    checks: list[Callable[..., Any]] = [kind.check for kind in KINDS.values()]
    assert len(set(checks)) == len(KINDS)
