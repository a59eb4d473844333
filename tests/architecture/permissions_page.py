"""docs/permissions.md, from the policy that the tests try, the guards on the views and the grants of the roles."""

from django.urls import URLPattern

from diversion.accounts.enums import Role
from diversion.accounts.guards import Guard
from diversion.accounts.permissions import Permission
from diversion.accounts.roles import GRANTS
from tests.architecture.matrix import routes
from tests.architecture.policy import PERSONAS, POLICY, THIRD_PARTY

INTRODUCTION = """# Permissions

Default deny: a view without a guard does not exist for anybody. A guard names a permission, or says why the page is public; rows
come only through `visible_to(user)`. What somebody may not open looks, byte for byte, like what does not exist (404). Who is not
signed in is led to the way in. A member of staff without a second factor is led to set one up.

_This page is generated (`make docs`) from `tests/architecture/policy.py`, which the tests try in full: every route, as every
persona, by GET and by POST._
"""


def page() -> str:
    ways = dict(routes())
    own = [name for name in POLICY if name not in THIRD_PARTY]
    return "\n".join(
        [
            INTRODUCTION,
            "## Roles\n",
            *_roles(),
            "\n## Personas of the matrix\n",
            "A persona stands in a relation to the object that a route takes.\n",
            "| persona | who |\n|---|---|",
            *[f"| {name} | {words} |" for name, words in PERSONAS.items()],
            "\n## Routes\n",
            *_table(own, ways),
            "\n## Routes of the sign-in library\n",
            "Only these of its pages exist; each has a guard of ours (`diversion/accounts/sign_in_urls.py`).\n",
            *_table([name for name in POLICY if name in THIRD_PARTY], ways),
            "",
        ]
    )


def _roles() -> list[str]:
    roles = [Role(role) for role in GRANTS]
    head = "| | " + " | ".join(str(role.label) for role in roles) + " |"
    rows = [
        f"| {permission.value} | " + " | ".join("yes" if permission in GRANTS[role] else "" for role in roles) + " |"
        for permission in Permission
    ]
    return [head, "|---" * (len(roles) + 1) + "|", *rows]


def _table(names: list[str], ways: dict[str, URLPattern]) -> list[str]:
    head = ["| route | asks for | opens to |", "|---|---|---|"]
    return [*head, *[f"| {name} | {_asks(ways[name].callback.guard)} | {_opens(POLICY[name].allowed)} |" for name in names]]


def _asks(guard: Guard) -> str:
    if guard.why:
        return f"public: {guard.why}" + (" (not for participants)" if guard.not_for_participants else "")
    if guard.permission:
        return guard.permission.value
    if guard.asks_again:
        return "staff; the page itself asks who they are"
    if guard.before_second_factor:
        return "staff, also before the second factor"
    return "staff" if guard.staff else "signed in"


def _opens(allowed: set[str]) -> str:
    if allowed == set(PERSONAS):
        return "everybody"
    return ", ".join(name for name in PERSONAS if name in allowed)
