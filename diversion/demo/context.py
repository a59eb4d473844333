"""What the sign-in page needs to offer *Try it as*."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from diversion.demo.personas import PERSONAS


def personas(request: HttpRequest) -> dict[str, Any]:
    """The eight personas, where the demo is on."""
    return {"demo_personas": PERSONAS} if settings.DEMO else {}
