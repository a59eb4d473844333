"""Two people grant the same licence at the same moment: one of them is told that it is there already."""

from datetime import timedelta

import pytest

from courses.enums import LicenceKind
from courses.models import ProviderLicence
from courses.services.licences import grant_licence
from diversion.core import clock
from diversion.core.actor import Actor
from tests.concurrency.test_last_place import at_once
from tests.factories import make_programme, make_provider, make_trainer

pytestmark = pytest.mark.usefixtures("committed_db")
DAYS = timedelta(days=30)


@pytest.mark.parametrize("whose", ["provider", "trainer"])
def test_one_is_granted_and_the_others_are_told_why_not(whose: str) -> None:
    provider, programme, at = make_provider(), make_programme(), clock.now()
    holder = provider if whose == "provider" else make_trainer(provider, programmes=[])

    def grant() -> object:
        return grant_licence(
            holder=holder, programme=programme, kind=LicenceKind.FULL, valid_from=clock.day_of(at),
            valid_until=clock.day_of(at) + DAYS, by=Actor.system("tests"), at=at,
        )  # fmt: skip

    assert sorted(at_once([grant] * 8)) == ["LicencesOverlap"] * 7 + ["yes"]
    assert holder.licences.count() == 1


def test_whoever_goes_round_the_service_is_stopped_by_the_database() -> None:
    provider, programme, today = make_provider(), make_programme(), clock.today()

    def insert(first: int) -> object:
        begins = today + timedelta(days=first)
        return ProviderLicence.objects.create(
            provider=provider, programme=programme, valid_from=begins, valid_until=begins + DAYS
        )

    answers = at_once([lambda n=n: insert(n) for n in range(6)])
    assert (answers.count("yes"), provider.licences.count()) == (1, 1)
