"""Coming in as staff do, step by step, through the real pages."""

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

PASSWORD = "correct horse battery"


def body(response) -> bytes:
    """The page without its CSRF token, which is new each time."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", response.content)


def code_of(secret: str, *, ahead: int = 0) -> str:
    """What an authenticator app would show."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def give_app(user) -> str:
    """An authenticator app already set up; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def forget_used_codes() -> None:
    """As if half a minute had passed: the same code is not taken twice."""
    from django.core.cache import cache

    cache.clear()


def type_password(client: Client, user, *, password: str = PASSWORD, **extra):
    return client.post("/account/login/", {"login": user.email, "password": password, **extra})


def sign_in(client: Client, user) -> str:
    """Password and code, the app being set up first if need be; returns its secret."""
    had = Authenticator.objects.filter(user=user, type="totp").exists()
    assert not had, "sign_in() makes the app itself"
    secret = give_app(user)
    assert type_password(client, user).status_code == 303
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 303
    return secret
