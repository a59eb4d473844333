"""Whether two records are of one person, by name and date of birth alone (R6). Pure: people in, yes or no out.

An address is not asked, so a changed one cannot matter. What is decided here:

* Born on the same day, the names may be spelled otherwise, stand in the other order, be short forms, initials, or half of a double
  name. Given names that contradict each other are two people: twins share everything else.
* Born on nearly the same day (day and month changed round, one digit or one day off), both names must be spelled alike.
* A wholly different last name is another person, whatever else agrees. Thousands share first names and a birthday, and a yes keeps
  somebody from an offer. Who marries is found where the old name is kept beside the new, or among the given names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import jellyfish

from diversion.core.names import fold_surname, phonetic_surname
from diversion.referrals.given_names import are_one_name, are_two_names, ways_of_writing

SOUNDS_AND_LOOKS = 0.86
SHORTEST_SOUND = 3
"""How alike two names must look that sound the same, and how long be: the sound alone makes Lee, Leah and Law one."""
ONE_SLIP = 0.95
"""How alike they must look that do not: one letter left out, or doubled, in a name of some length."""
SHORTEST_SLIP = 5
_BETWEEN_WORDS = re.compile(r"[\s\-\u2010-\u2015.,/]+")


@dataclass(frozen=True, slots=True)
class Person:
    given_names: str
    family_name: str
    born_on: date


def are_same_person(one: Person, other: Person) -> bool:
    """True where the names and dates of birth are one person's, as far as paper can tell."""
    if one.born_on == other.born_on:
        return _names_agree(one, other) or _names_are_swapped(one, other)
    return births_are_near(one.born_on, other.born_on) and _names_are_spelled_alike(one, other)


def births_are_near(one: date, other: date) -> bool:
    """Two different days that a slip of the pen makes of one: day and month changed round, one digit wrong, or the day before."""
    return other in near_births(one)


def near_births(day: date) -> frozenset[date]:
    """Every day that `births_are_near`. Some forty of them."""
    return frozenset(_slips(day)) - {day}


def spellings(person: Person) -> tuple[set[str], set[str]]:
    """The words to look a person up by: whatever may stand as a last name, and whatever may stand as the first given name."""
    family, given = _words(person.family_name), _words(person.given_names)
    first = ways_of_writing(given[0]) if given else frozenset()
    whole = {fold_surname(person.family_name), fold_surname(person.given_names)}
    return {*whole, *family, *given} - {""}, {*first, *given, *family} - {""}


def _slips(day: date) -> Iterator[date]:
    yield from (day + timedelta(days=step) for step in (-1, 1))
    written = f"{day:%d%m}{day.year:04}"
    yield from _real(written[2:4] + written[:2] + written[4:])
    for place in range(len(written)):
        for digit in "0123456789":
            yield from _real(written[:place] + digit + written[place + 1 :])


def _real(written: str) -> Iterator[date]:
    try:
        yield date(int(written[4:]), int(written[2:4]), int(written[:2]))
    except ValueError:
        return


def _names_agree(one: Person, other: Person) -> bool:
    given, other_given = _words(one.given_names), _words(other.given_names)
    family, other_family = _words(one.family_name), _words(other.family_name)
    if not _given_names_agree(given, other_given):
        return False
    return (
        _look_alike("".join(family), "".join(other_family))
        or _holds(family, other_family)
        or _holds(other_family, family)
        or _holds(family, other_given[1:])
        or _holds(other_family, given[1:])
    )


def _names_are_swapped(one: Person, other: Person) -> bool:
    """Wei Zhang and Zhang Wei. No short forms here: a last name has none."""
    first, last = fold_surname(one.given_names), fold_surname(one.family_name)
    other_first, other_last = fold_surname(other.given_names), fold_surname(other.family_name)
    return _look_alike(first, other_last) and _look_alike(last, other_first)


def _names_are_spelled_alike(one: Person, other: Person) -> bool:
    """The strong agreement that a doubtful date of birth needs: nothing but accents, hyphens and doubled letters differ."""
    given, other_given = _words(one.given_names), _words(other.given_names)
    same_first = bool(given and other_given) and _spelling(given[0]) == _spelling(other_given[0])
    same_last = _spelling("".join(_words(one.family_name))) == _spelling("".join(_words(other.family_name)))
    return same_first and same_last and _rest_agrees(given[1:], other_given[1:])


def _given_names_agree(given: list[str], other: list[str]) -> bool:
    if not given or not other:
        return given == other
    if "".join(given) == "".join(other):
        return True
    if _are_given_alike(given[0], other[0]):
        return _rest_agrees(given[1:], other[1:])
    return _goes_by(given, other) or _goes_by(other, given)


def _goes_by(given: list[str], other: list[str]) -> bool:
    """One known by a middle name of the other's alone."""
    return (
        len(given) == 1 < len(other) and len(given[0]) > 1 and any(_are_given_alike(given[0], each) for each in other[1:])
    )


def _rest_agrees(rest: list[str], other: list[str]) -> bool:
    """Middle names may be missing on one side, but may not contradict: twins may both be Mohammed."""
    return not rest or not other or any(_are_given_alike(each, every) for each in rest for every in other)


def _are_given_alike(one: str, other: str) -> bool:
    if are_one_name(one, other):
        return True
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return not are_two_names(one, other) and _look_alike(one, other)


def _holds(part: list[str], whole: list[str]) -> bool:
    """Smith in Smith-Jones: every word of one stands in the other."""
    return bool(part) and all(any(_spelling(each) == _spelling(word) for word in whole) for each in part)


def _look_alike(one: str, other: str) -> bool:
    if not one or not other:
        return False
    first, second = sorted([_spelling(one), _spelling(other)])
    if first == second:
        return True
    likeness, shortest = jellyfish.jaro_winkler_similarity(first, second), min(len(first), len(second))
    if phonetic_surname(one) == phonetic_surname(other) and shortest >= SHORTEST_SOUND and likeness >= SOUNDS_AND_LOOKS:
        return True
    if jellyfish.damerau_levenshtein_distance(first, second) != 1 or shortest < SHORTEST_SLIP:
        return False
    return likeness >= ONE_SLIP or sorted(first) == sorted(second)


def _words(name: str) -> list[str]:
    """Folded words; an apostrophe joins (O'Brien), a hyphen parts (Smith-Jones)."""
    return [word for word in map(fold_surname, _BETWEEN_WORDS.split(name)) if word]


def _spelling(name: str) -> str:
    """Without what clerks do not hear: doubled letters, and y for i."""
    plain = name.replace("y", "i")
    return "".join(letter for place, letter in enumerate(plain) if plain[place - 1 : place] != letter)
