"""While a member of staff helps somebody, the participant's pages are that person's; the trail names who did it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from diversion.accounts.access import log_access
from diversion.accounts.middleware import ask_for_second_factor
from diversion.core import clock
from diversion.referrals.services.assistance import person_helped

HELPING = "helping"
THEIR_PAGES = "/my/"


class AssistanceMiddleware:
    """Stands before the door: it shows the person to the guard, once the member of staff has proved who they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        helping = request.session.get(HELPING)
        if helping and request.user.is_authenticated and request.path.startswith(THEIR_PAGES):
            step = ask_for_second_factor(request, request.user, to_set_up=False)
            person = None if step else person_helped(public_id=helping, user=request.user, at=clock.now())
            if person is None:
                return step or redirect("assistance-begin")
            request.user = person
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Reading somebody's page for them is a reading of their record (rule 13)."""
        helped_by = getattr(request.user, "helped_by", None)
        if helped_by:
            log_access(request, kind="page", participants=[helped_by.on_behalf_of], purpose="helping")  # type: ignore[arg-type]
