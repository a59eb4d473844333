"""Default deny: a view without a guard is never run. A guard either names a permission or says why the page is public."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from diversion.accounts.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """What a route asks of the person at the door. Exactly one of `permission`, `signed_in` or `why` is set."""

    permission: Permission | None = None
    signed_in: bool = False
    why: str = ""


def needs(permission: Permission) -> Callable[[View], View]:
    """Only signed-in people whose role grants the permission; others are told that the page does not exist."""
    return _mark(Guard(permission=permission))


def signed_in(view: View) -> View:
    """Anybody who is signed in: a page about oneself."""
    return _mark(Guard(signed_in=True))(view)


def public(why: str) -> Callable[[View], View]:
    """Anybody at all, for the reason given, which docs/permissions.md prints."""
    if not why:
        raise ValueError("a public page says why it is public")
    return _mark(Guard(why=why))


def _mark(guard: Guard) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.guard = guard  # type: ignore[attr-defined]
        return view

    return mark
