"""The door. No view runs unless its guard lets this person in."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from diversion.accounts import second_factor, sessions
from diversion.accounts.enums import Role
from diversion.accounts.guards import Guard
from diversion.accounts.models import User
from diversion.core import clock

Answer = Callable[[HttpRequest], HttpResponse]
# What a browser may still hold after sign-out. Not "cookies": the language choice stays.
LEFT_BEHIND = '"cache", "storage"'


class SessionLimitsMiddleware:
    """Ends sessions that outlived their limit, lay idle, or whose person no longer has a role; clears what a browser kept."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        came_signed_in = user.is_authenticated
        if user.is_authenticated and (user.membership is None or sessions.is_over(request, user, at=clock.now())):
            logout(request)
        response = self.get_response(request)
        if came_signed_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = LEFT_BEHIND
        return response


class GuardMiddleware:
    """Default deny. A view without a guard is a 404 for everybody, and so is a page that one's role does not open."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        guard: Guard | None = getattr(view, "guard", None)
        if guard is None:
            raise Http404
        if not request.user.is_authenticated:
            return None if guard.why else to_sign_in(request)
        if not guard.admits(request.user):
            raise Http404
        if guard.why or guard.asks_again:
            return None
        return ask_for_second_factor(request, request.user, to_set_up=guard.before_second_factor)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The way in for whom the page is: participants by their letter's code, staff by password. A form that was lost is not repeated."""
    door = "participant-sign-in" if request.path.startswith("/my/") else "account_login"
    if request.method not in ("GET", "HEAD"):
        return redirect(door)
    return redirect_to_login(request.get_full_path(), login_url=door)


def ask_for_second_factor(request: HttpRequest, user: User, *, to_set_up: bool) -> HttpResponse | None:
    """Where a member of staff must go first; None when nothing is missing. A password alone never adds a factor to another."""
    if user.role == Role.PARTICIPANT or second_factor.is_demo(request):
        return None
    if not second_factor.is_enrolled(user):
        return None if to_set_up else redirect("mfa_index")
    if not second_factor.was_shown(request, user):
        return redirect_to_login(request.get_full_path(), login_url="mfa_reauthenticate")
    return None
