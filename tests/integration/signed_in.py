"""A client signed in as somebody, past the second factor as after a real sign-in."""

import time

from allauth.mfa.models import Authenticator
from django.test import Client

from diversion.accounts.enums import Role
from diversion.accounts.models import User


def sign_in(client: Client, user: User, *, lasting: int = 0) -> Client:
    """Sign in without the pages; staff get an authenticator, and the session that it was shown just now, or that many seconds
    later, for whoever is to be recently signed in however long the tests take."""
    client.force_login(user)
    if user.role != Role.PARTICIPANT:
        Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() + lasting}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client
