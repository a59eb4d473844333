"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """The service's name and how to get help; same place on every page."""
    return {"service_name": settings.SERVICE_NAME, "help_phone": settings.HELP_PHONE, "help_email": settings.HELP_EMAIL}
