"""How long a session lasts. Staff 8 hours, participants 1 hour, whatever they do; anybody 30 minutes without a request.

The cookie goes when the browser closes; these limits are checked here, on every request."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import login, logout
from django.http import HttpRequest

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.accounts.second_factor import DEMO_FLAG
from diversion.core import clock

STAFF_SECONDS = 8 * 60 * 60
PARTICIPANT_SECONDS = 60 * 60
IDLE_SECONDS = 30 * 60
NOTED_EVERY_SECONDS = 60
_OPENED, _SEEN = "opened_at", "seen_at"


def sign_in_participant(request: HttpRequest, user: User) -> None:
    """Open a participant's session, in place of whatever session the browser had.

    :raises ValueError: the account is not a participant's.
    """
    if user.role != Role.PARTICIPANT:
        raise ValueError("only participants sign in without a password")
    _sign_in(request, user)


def sign_in_persona(request: HttpRequest, user: User, *, persona: str) -> None:
    """Open a try-it-as session, which asks for no second factor while the demo is on."""
    _sign_in(request, user)
    request.session[DEMO_FLAG] = persona


def _sign_in(request: HttpRequest, user: User) -> None:
    if request.user.is_authenticated:
        logout(request)
    login(request, user)
    UserSession.objects.create_from_request(request)


def note_sign_in(*, request: HttpRequest, **_: object) -> None:
    """Start the clocks of a new session."""
    at = int(clock.now().timestamp())
    request.session[_OPENED] = request.session[_SEEN] = at


def is_over(request: HttpRequest, user: User, *, at: datetime) -> bool:
    """Whether the session has outlived its limit or lain idle. Notes the visit, at most once a minute."""
    now, session = int(at.timestamp()), request.session
    if now - session.get(_OPENED, 0) >= _longest(user) or now - session.get(_SEEN, 0) >= IDLE_SECONDS:
        return True
    if now - session[_SEEN] >= NOTED_EVERY_SECONDS:
        session[_SEEN] = now
    return False


def end_sessions(user: User) -> None:
    """Sign a person out everywhere."""
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()


def _longest(user: User) -> int:
    return PARTICIPANT_SECONDS if user.role == Role.PARTICIPANT else STAFF_SECONDS
