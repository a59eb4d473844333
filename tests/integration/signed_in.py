"""A client signed in as somebody, past the second factor as after a real sign-in."""

from allauth.mfa.models import Authenticator
from django.test import Client

from diversion.accounts.enums import Role
from diversion.accounts.models import User


def sign_in(client: Client, user: User) -> Client:
    """Sign in without the pages; staff get an authenticator, so that the second-factor gate is satisfied."""
    if user.role != Role.PARTICIPANT and not Authenticator.objects.filter(user=user).exists():
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
