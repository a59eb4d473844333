"""How allauth behaves here: nobody signs up unasked, mail goes through the outbox, second-factor secrets are sealed."""

import time
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from diversion.accounts.enums import Role
from diversion.accounts.models import SecondFactorSecret, User
from diversion.accounts.second_factor import is_demo
from diversion.accounts.signals import staff_message_due
from diversion.core import clock


class AccountAdapter(DefaultAccountAdapter):
    """Staff sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: staff come by invitation, participants by letter."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Who has no live membership, or is a participant, does not come in by a password."""
        if user.role in ("", Role.PARTICIPANT):
            clear_login(request)
            return redirect("account_inactive")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of signing in, and not for a try-it-as session, which has nothing to type."""
        if is_demo(self.request):
            return False
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Queue it, for staff alone: the answer takes as long for a stranger's address, and the link is made when it is sent."""
        at = clock.now()
        if user.role not in ("", Role.PARTICIPANT):
            staff_message_due.send(
                User, kind="password-reset", recipient_id=user.pk, subject_id=user.pk, at=at, occurrence=f"{at:%Y%m%d%H%M}"
            )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing of the library's is sent during a request.

        :raises NotImplementedError: always; a new mail needs a message kind of ours.
        """
        raise NotImplementedError(template_prefix)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps, passkeys and recovery codes."""

    def get_user_display_name(self, user: User) -> str:
        return str(user)

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """What a new key is called until its owner calls it something else."""
        return gettext("Key %(number)s") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}

    def encrypt(self, text: str) -> str:
        """Seal a secret in a row of its own, which key rotation covers, and return the row's id."""
        return str(SecondFactorSecret.objects.create(text=text).pk)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret behind an id that `encrypt` returned.

        :raises SecondFactorSecret.DoesNotExist: no such secret.
        """
        return str(SecondFactorSecret.objects.get(pk=UUID(encrypted_text)).text)
