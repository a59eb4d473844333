"""Whether a member of staff has shown a second factor in this session. Participants have none: their letter and a code are two."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from diversion.accounts.models import SecondFactorSecret, User

REAL_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
DEMO_FLAG = "demo_persona"


def is_enrolled(user: User) -> bool:
    """Has an authenticator app or a passkey. Recovery codes alone do not count."""
    return bool(get_adapter().is_mfa_enabled(user, REAL_FACTORS))


def was_shown(request: HttpRequest, user: User) -> bool:
    """This session has been opened with a second factor, or set one up."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def is_demo(request: HttpRequest) -> bool:
    """The session was opened by a try-it-as button. Never true where the demo is off, whatever the session says."""
    return bool(settings.DEMO) and DEMO_FLAG in request.session


def remember_enrolment(*, request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    """Setting up a factor shows it: the person is not asked for it again in the same breath."""
    if authenticator.type in REAL_FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def forget_secret(*, instance: Authenticator, **_: object) -> None:
    """When an authenticator goes, its sealed secret goes too."""
    held = instance.data.get("secret") or instance.data.get("seed")
    if held:
        SecondFactorSecret.objects.filter(pk=held).delete()
