"""The eight people one may try the service as, and how the demo's data marks them.

Staff are the users `<slug>@demo.example`. The participant is the user `participant@demo.example`: the one participant whose
account carries an address, because a real one never does. The demo's story makes all eight.
"""

from dataclasses import dataclass

from django.utils.functional import Promise

from diversion.accounts.enums import Role
from diversion.accounts.models import User


@dataclass(frozen=True)
class Persona:
    """One button of *Try it as*."""

    slug: str
    name: str | Promise


PERSONAS = tuple(Persona(role.value, role.label) for role in Role)


def persona_email(slug: str) -> str:
    """The address that marks the persona's account."""
    return f"{slug}@demo.example"


def find_persona(slug: str) -> User | None:
    """The persona's account; None when there is no such persona, no demo data, or the account's role is another's."""
    user = User.objects.filter(email=persona_email(slug), is_active=True).first()
    return user if user and user.role == slug else None
