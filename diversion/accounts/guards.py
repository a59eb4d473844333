"""Default deny: a view without a guard is never run. A guard either names who may enter or says why the page is public."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """What a route asks of the person at the door. Exactly one of `permission`, `signed_in`, `staff` or `why` is set.

    `before_second_factor`: members of staff who have no second factor yet reach it with their password alone, to set one up.
    `asks_again`: the page asks staff to prove who they are, so it needs no second factor in order to open.
    `not_for_participants`: public, but a signed-in participant is told that it does not exist.
    """

    permission: Permission | None = None
    signed_in: bool = False
    staff: bool = False
    why: str = ""
    before_second_factor: bool = False
    asks_again: bool = False
    not_for_participants: bool = False

    def admits(self, user: User) -> bool:
        """Whether this person's live role opens the door."""
        if user.role == Role.PARTICIPANT and (self.staff or self.not_for_participants):
            return False
        return user.may(self.permission) if self.permission else True


def needs(permission: Permission) -> Callable[[View], View]:
    """Only signed-in people whose role grants the permission; others are told that the page does not exist."""
    return _mark(Guard(permission=permission))


def signed_in(view: View) -> View:
    """Anybody who is signed in: a page about oneself."""
    return _mark(Guard(signed_in=True))(view)


def staff(view: View) -> View:
    """Any member of staff: the pages of one's own account, which participants do not have."""
    return _mark(Guard(staff=True))(view)


def enrolment(view: View) -> View:
    """Any member of staff, also without a second factor: the pages that set one up. Who has one shows it first."""
    return _mark(Guard(staff=True, before_second_factor=True))(view)


def asks_again(view: View) -> View:
    """Any member of staff: the pages that ask for a password, code or passkey."""
    return _mark(Guard(staff=True, asks_again=True))(view)


def public(why: str) -> Callable[[View], View]:
    """Anybody at all, for the reason given, which docs/permissions.md prints."""
    if not why:
        raise ValueError("a public page says why it is public")
    return _mark(Guard(why=why))


def staff_door(why: str) -> Callable[[View], View]:
    """Anybody but a signed-in participant, for the reason given: the way in for staff."""
    return _mark(Guard(why=why, not_for_participants=True))


def _mark(guard: Guard) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.guard = guard  # type: ignore[attr-defined]
        return view

    return mark
