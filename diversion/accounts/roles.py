"""What each role may do. The only grants there are."""

from collections.abc import Mapping

from diversion.accounts.enums import OrganisationKind, Role, Stead
from diversion.accounts.permissions import Permission as P

GRANTS: Mapping[str, frozenset[P]] = {
    Role.PARTICIPANT: frozenset({P.OWN_CASE}),
    Role.TRAINER: frozenset({P.MARK_REGISTER, P.SEE_VISITS}),
    Role.PROVIDER_ADMINISTRATOR: frozenset(
        {P.SEE_COURSES, P.SCHEDULE, P.MARK_REGISTER, P.SEE_VISITS, P.REPORT_VISITS, P.INVITE}
    ),
    Role.CASE_OFFICER: frozenset({P.SEE_CASES, P.REFER, P.DECIDE, P.HAND_OVER, P.WITHDRAW, P.RESTRICT, P.POST_LETTERS}),
    Role.SUPERVISOR: frozenset(
        {
            P.SEE_CASES,
            P.AUTHORISE,
            P.DECIDE,
            P.FUND,
            P.HAND_OVER,
            P.WITHDRAW,
            P.RESTRICT,
            P.KNOW_OF_RESTRICTED,
            P.MANAGE_SCHEMES,
            P.SEE_STATISTICS,
            P.INVITE,
        }
    ),
    Role.HUB: frozenset(
        {
            P.SEE_CASES,
            P.REFER,
            P.DECIDE,
            P.FUND,
            P.HAND_OVER,
            P.WITHDRAW,
            P.KNOW_OF_RESTRICTED,
            P.POST_LETTERS,
            P.IMPORT,
            P.ASSIST,
            P.MANAGE_SCHEMES,
            P.SEE_STATISTICS,
        }
    ),
    Role.ANALYST: frozenset({P.SEE_STATISTICS}),
    Role.SUPPORT: frozenset(
        {
            P.SUPPORT,
            P.ASSIST,
            P.FUND,
            P.MANAGE_PROGRAMMES,
            P.MANAGE_LICENCES,
            P.READ_CONCERNS,
            P.VISIT_ANYWHERE,
            P.SEE_VISITS,
            P.REPORT_VISITS,
        }
    ),
}

# Whom each kind of organisation employs, in the order in which a form offers them.
EMPLOYS: Mapping[str, tuple[Role, ...]] = {
    OrganisationKind.AGENCY: (Role.CASE_OFFICER, Role.SUPERVISOR, Role.HUB, Role.ANALYST),
    OrganisationKind.PROVIDER: (Role.TRAINER, Role.PROVIDER_ADMINISTRATOR),
    OrganisationKind.SERVICE: (Role.SUPPORT,),
    OrganisationKind.SELF: (),
}

# What giver and holder of a stead must both be allowed to do: nobody lends, or takes, what they have not.
STEAD_NEEDS: Mapping[str, P] = {Stead.AUTHORISING: P.AUTHORISE, Stead.CASES: P.SEE_CASES}


def roles_with(permission: P) -> list[str]:
    """The roles that grant a permission."""
    return [role for role, granted in GRANTS.items() if permission in granted]
