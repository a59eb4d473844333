"""Signing in as a made-up person, with one click. Only where the demo is on."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from diversion.accounts.guards import public
from diversion.accounts.navigation import home_url
from diversion.accounts.sessions import sign_in_persona
from diversion.demo.personas import find_persona


@public("the demo's people are made up; production refuses to start with the demo on")
@require_POST
def sign_in(request: HttpRequest, persona: str) -> HttpResponse:
    """Opens a session as the persona, without a second factor, and leads to its home.

    :raises Http404: the demo is off, or there is no such persona.
    """
    user = find_persona(persona) if settings.DEMO else None
    if user is None:
        raise Http404
    sign_in_persona(request, user, persona=persona)
    return redirect(home_url(user))
