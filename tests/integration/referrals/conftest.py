"""An agency with its people and scheme, browsers signed in as them, and a clean throttle."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from diversion.accounts.enums import Role
from diversion.accounts.models import Organisation, User
from diversion.referrals.models import Scheme
from tests.factories import make_agency, make_scheme, make_user
from tests.integration.referrals.browsers import sign_in


@pytest.fixture(autouse=True)
def _no_tries_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def agency(db: None) -> Organisation:
    return make_agency(name="Anytown Service")


@pytest.fixture
def scheme(agency: Organisation) -> Scheme:
    return make_scheme(agency)


@pytest.fixture
def officer(agency: Organisation) -> User:
    return make_user(Role.CASE_OFFICER, agency)


@pytest.fixture
def supervisor(agency: Organisation) -> User:
    return make_user(Role.SUPERVISOR, agency)


@pytest.fixture
def desk(officer: User) -> Client:
    """The officer's browser."""
    return sign_in(Client(), officer)


@pytest.fixture
def bench(supervisor: User) -> Client:
    """The supervisor's browser."""
    return sign_in(Client(), supervisor)
