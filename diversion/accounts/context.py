"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from diversion.accounts.navigation import menu


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """The service's name, how to get help, and the menu of whoever is signed in; same place on every page."""
    frame: dict[str, Any] = {
        "service_name": settings.SERVICE_NAME,
        "help_phone": settings.HELP_PHONE,
        "help_email": settings.HELP_EMAIL,
    }
    user = getattr(request, "user", None)  # an error before the session was read has none
    if user is not None and user.is_authenticated and user.membership:
        frame["navigation"] = menu(request, user)
    return frame
