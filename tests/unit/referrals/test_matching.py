"""Who is the same person, on paper, and who is not (R6). Each pair says why."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diversion.referrals.matching import Person, are_same_person, births_are_near, near_births, spellings

BORN = date(1990, 5, 17)


def person(name: str, born_on: date = BORN) -> Person:
    """`name` is "given names / last name"."""
    given, family = name.split("/")
    return Person(given.strip(), family.strip(), born_on)


SAME = [
    ("Sam / Okafor", "SAM / OKAFOR", "capitals"),
    ("Zoë / Núñez", "Zoe / Nunez", "accents"),
    ("Zoe\u0308 / Nunez", "Zoë / Nunez", "an accent typed as a sign of its own"),
    ("Aoife / O'Brien", "Aoife / O’BRIEN", "apostrophes"),
    ("Aoife / O'Brien", "Aoife / O Brien", "an apostrophe left out"),
    ("John / Smith", "John / Smyth", "a last name as it sounds"),
    ("Anne / Thompson", "Ann / Thomson", "both as they sound"),
    ("Stephen / Phillips", "Steven / Philips", "both as they sound, doubled letters"),
    ("Mohammed / Hussain", "Muhammad / Hussein", "one alphabet written in another"),
    ("Sam / Okafor", "Sam / Okafer", "a wrong vowel"),
    ("Sam / Williamson", "Sam / Willaimson", "two letters changed round"),
    ("Brian / Okafor", "Brain / Okafor", "two letters changed round in a given name"),
    ("Sam / Macdonald", "Sam / McDonald", "Mac and Mc"),
    ("William / Carter", "Bill / Carter", "a short form"),
    ("Bill / Carter", "Will / Carter", "two short forms"),
    ("Catherine / Hall", "Kate / Hall", "a short form under another letter"),
    ("Samuel / Hall", "Sam / Hall", "a short form of a man's name"),
    ("Samantha / Hall", "Sam / Hall", "the same short form of a woman's"),
    ("J / Carter", "James / Carter", "an initial"),
    ("James P / Carter", "James Peter / Carter", "a middle initial"),
    ("James Peter / Carter", "James / Carter", "no middle name"),
    ("James Peter / Carter", "Peter / Carter", "known by a middle name"),
    ("Mary-Jane / Carter", "Mary Jane / Carter", "a hyphen in a given name"),
    ("Maryjane / Carter", "Mary Jane / Carter", "given names written as one"),
    ("Sarah / Smith-Jones", "Sarah / Smith Jones", "a hyphen in a last name"),
    ("Sarah / Smith", "Sarah / Smith-Jones", "married, both names kept"),
    ("Sarah / Smith-Jones", "Sarah / Jones-Smith", "both names, the other way round"),
    ("Sarah / Smith", "Sarah Smith / Jones", "married, the old name among the given"),
    ("Mohammed / Ali Khan", "Mohammed Ali / Khan", "which name is the last is not plain"),
    ("Wei / Zhang", "Zhang / Wei", "last name first"),
    ("Wei Ming / Zhang", "Zhang / Wei Ming", "last name first, with two given names"),
    ("Иван / Петров", "Иван / Петров", "another alphabet"),
    ("/ Suharto", "/ Suharto", "one name alone"),
]

NOT_SAME = [
    ("James / Carter", "Oliver / Carter", "twins"),
    ("Jane / Carter", "Joan / Carter", "twins whose names sound alike"),
    ("Lee / Carter", "Leah / Carter", "twins whose names sound alike"),
    ("Daniel / Carter", "Danielle / Carter", "a brother and a sister"),
    ("Paul / Carter", "Paula / Carter", "a brother and a sister"),
    ("Simon / Carter", "Simone / Carter", "a brother and a sister"),
    ("Michael / Carter", "Michelle / Carter", "a brother and a sister"),
    ("Andrew / Carter", "Andrea / Carter", "a brother and a sister"),
    ("Joseph / Carter", "Josephine / Carter", "a brother and a sister"),
    ("Hassan / Ali", "Hussain / Ali", "brothers of one day"),
    ("Samuel / Carter", "Samantha / Carter", "one short form, two names"),
    ("Mohammed Ali / Khan", "Mohammed Hassan / Khan", "twins with one first name"),
    ("J / Carter", "Peter / Carter", "another initial"),
    ("Sarah Louise / Smith", "Sarah Louise / Jones", "another last name, whatever else agrees"),
    ("John / Hall", "John / Hill", "last names that sound alike"),
    ("John / Lee", "John / Law", "last names that sound alike"),
    ("John / Roberts", "John / Robertson", "one last name that begins another"),
    ("John / Harris", "John / Harrison", "one last name that begins another"),
    ("Gurpreet / Kaur Gill", "Gurpreet / Kaur Sandhu", "a name of faith in common"),
    ("John / de Souza", "John / de Silva", "a particle in common"),
    ("Wei / Zhang", "Zhang / Li", "half of a change of order"),
    ("Sam / Carter", "/ Carter", "no given name on one side"),
    ("Иван / Петров", "Олег / Петров", "another alphabet"),
]


@pytest.mark.parametrize(("one", "other", "_why"), SAME)
def test_pairs_that_are_one_person(one: str, other: str, _why: str) -> None:
    assert are_same_person(person(one), person(other))


@pytest.mark.parametrize(("one", "other", "_why"), NOT_SAME)
def test_pairs_that_are_two(one: str, other: str, _why: str) -> None:
    assert not are_same_person(person(one), person(other))


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (date(1990, 5, 7), date(1990, 7, 5), "day and month changed round"),
        (date(1990, 5, 17), date(1990, 5, 18), "the day after"),
        (date(1990, 5, 31), date(1990, 6, 1), "the day after, in the next month"),
        (date(1990, 5, 17), date(1990, 5, 11), "one digit of the day"),
        (date(1990, 5, 17), date(1990, 6, 17), "one digit of the month"),
        (date(1990, 5, 17), date(1960, 5, 17), "one digit of the year"),
        (date(1990, 5, 17), date(1990, 5, 20), ""),
        (date(1990, 5, 17), date(1991, 6, 17), ""),
        (date(1990, 5, 17), date(1989, 5, 17), ""),
        (date(1990, 5, 17), date(1990, 5, 17), ""),
    ],
)
def test_days_of_birth_that_a_slip_makes_of_one(one: date, other: date, near: str) -> None:
    assert births_are_near(one, other) == births_are_near(other, one) == bool(near)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("José / O'Brien", "Jose / OBrien", True),
        ("Philip / Reed", "Phillip / Reed", True),
        ("James Peter / Carter", "James / Carter", True),
        ("James Peter / Carter", "James Paul / Carter", False),
        ("John / Smith", "Jon / Smith", False),
        ("William / Smith", "Bill / Smith", False),
        ("John / Reed", "John / Reid", False),
        ("John / Smith", "John / Smith-Jones", False),
        ("Wei / Zhang", "Zhang / Wei", False),
        ("J / Smith", "John / Smith", False),
        ("/ Suharto", "/ Suharto", False),
    ],
)
def test_a_doubtful_day_of_birth_needs_both_names_spelled_alike(one: str, other: str, same: bool) -> None:
    assert are_same_person(person(one), person(other, date(1990, 5, 18))) == same


def test_another_day_of_birth_is_another_person() -> None:
    """Siblings, fathers and sons: the same names do not make one person of them."""
    assert not are_same_person(person("John / Smith"), person("John / Smith", date(1992, 11, 3)))


NAMES = ["", "J", "Jo", "John", "Jon", "Jonathan", "Bill", "William", "Wei Ming", "Zhang", "Smith", "Smyth", "Smith-Jones"]
names = st.sampled_from(NAMES) | st.text("abehijnoty '-é", max_size=12)
births = st.sampled_from([BORN, date(1990, 5, 18), date(1990, 7, 5), date(1990, 5, 7)])
people = st.builds(Person, names, names, births)
days = st.dates(date(1900, 1, 1), date(2026, 12, 31))


@given(one=people, other=people)
@example(one=person("Wei / Zhang"), other=person("Zhang / Wei"))
@example(one=person("James Peter / Carter"), other=person("Peter / Carter"))
def test_likeness_is_the_same_from_either_side(one: Person, other: Person) -> None:
    assert are_same_person(one, other) == are_same_person(other, one)


@given(given_names=names.filter(str.strip), family_name=names.filter(lambda name: name.strip(" '-")), born_on=births)
def test_everybody_is_themselves(given_names: str, family_name: str, born_on: date) -> None:
    one = Person(given_names, family_name, born_on)
    assert are_same_person(one, one)


@given(one=days, other=days)
@example(one=date(1990, 5, 7), other=date(1990, 7, 5))
def test_nearness_of_births_is_the_same_from_either_side(one: date, other: date) -> None:
    assert births_are_near(one, other) == births_are_near(other, one)
    assert len(near_births(one)) <= 60


@pytest.mark.parametrize(("one", "other", "_why"), SAME)
def test_whoever_is_the_same_has_a_word_to_be_looked_up_by(one: str, other: str, _why: str) -> None:
    """The look-up goes by the sound of these words, so a pair without one in common would never be compared."""
    from diversion.core.names import phonetic_given_name, phonetic_surname

    last, first = spellings(person(one))
    there = person(other)
    sounds = {phonetic_surname(word) for word in last} & {phonetic_surname(there.family_name)}
    given_sounds = {phonetic_given_name(word) for word in first} & {phonetic_given_name(there.given_names)}
    assert sounds | given_sounds
