"""The door. No view runs unless its guard lets this person in."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from diversion.accounts.guards import Guard

Answer = Callable[[HttpRequest], HttpResponse]
GUARDED_BY_ALLAUTH = ("allauth.",)


class GuardMiddleware:
    """Default deny. A view of ours without a guard is a 404 for everybody; allauth's own pages guard themselves."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if view.__module__.startswith(GUARDED_BY_ALLAUTH):
            return None
        guard: Guard | None = getattr(view, "guard", None)
        if guard is None:
            raise Http404
        if guard.why:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if guard.permission and not request.user.may(guard.permission):
            raise Http404
        return None
