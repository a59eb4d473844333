"""The table of outcomes says what the domain says."""

import pytest

from courses.enums import OutcomeCode
from courses.outcomes import OUTCOMES, outcomes_for
from diversion.accounts.enums import Role
from tests.factories import make_user

AXES = {
    "ATTC": (True, True),
    "AFTC": (True, False),
    "ATSH": (True, False),
    "ATSS": (True, True),
    "REFL": (False, False),
    "UAAB": (False, False),
}


def test_every_code_has_its_two_axes_as_the_domain_sets_them() -> None:
    assert {code: (outcome.attended, outcome.complied) for code, outcome in OUTCOMES.items()} == AXES
    assert set(OUTCOMES) == set(OutcomeCode.values)


def test_every_outcome_has_words_and_a_hint() -> None:
    assert all(outcome.words and str(outcome.hint) for outcome in OUTCOMES.values())


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_only_the_providers_people_may_record_these_outcomes(role: str) -> None:
    expected = set(AXES) if role in {Role.TRAINER, Role.PROVIDER_ADMINISTRATOR} else set()
    assert {outcome.code for outcome in outcomes_for(make_user(role))} == expected
