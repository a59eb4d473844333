"""Organisations and the people in them."""

import itertools
from datetime import UTC, datetime
from typing import Any

from diversion.accounts.enums import OrganisationKind, Rank, Role
from diversion.accounts.models import Membership, Organisation, User

_numbers = itertools.count(1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_organisation(kind: str = OrganisationKind.AGENCY, **fields: Any) -> Organisation:
    n = next(_numbers)
    return Organisation.objects.create(**{"kind": kind, "code": f"ORG{n}", "name": f"Organisation {n}", **fields})


def make_agency(**fields: Any) -> Organisation:
    return make_organisation(OrganisationKind.AGENCY, **fields)


def make_user(role: str = Role.CASE_OFFICER, organisation: Organisation | None = None, **fields: Any) -> User:
    """A user with a live membership. Staff have an e-mail and the password `correct horse battery`; participants have neither."""
    n = next(_numbers)
    if organisation is None:
        kind = {
            Role.TRAINER: OrganisationKind.PROVIDER,
            Role.PROVIDER_ADMINISTRATOR: OrganisationKind.PROVIDER,
            Role.SUPPORT: OrganisationKind.SERVICE,
        }.get(Role(role), OrganisationKind.AGENCY)
        organisation = make_organisation(kind)
    staff = {"email": f"person{n}@example.org", "name": f"Person {n}", "password": "correct horse battery"}
    membership = {"rank": fields.pop("rank", Rank.SUPERINTENDENT if role == Role.SUPERVISOR else Rank.NONE)}
    membership["team"] = fields.pop("team", None)
    user = User.objects.create_user(**{**(staff if role != Role.PARTICIPANT else {}), **fields})
    Membership.objects.create(user=user, organisation=organisation, role=role, started_at=LONG_AGO, **membership)
    return user
