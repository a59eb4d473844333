"""What people type to invite a colleague, to take up an invitation and to add a key."""

from typing import Any, cast

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import Invitation, Organisation, User
from diversion.accounts.roles import EMPLOYS
from diversion.core.forms import GovukForm


class InviteForm(GovukForm):
    """Name, address and a role which the organisation employs."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(
        label=_("Work email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=_("What is their role?"), widget=forms.RadioSelect, error_messages={"required": _("Choose their role")}
    )
    submit_text = _("Send invitation")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast(forms.ChoiceField, self.fields["role"])
        role.choices = [(role.value, role.label) for role in EMPLOYS[organisation.kind]]


class AcceptForm(GovukForm):
    """One's name and a first password, which must pass the validators of the settings."""

    name = forms.CharField(label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. Three random words are a good choice."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    submit_text = _("Create account")

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        self.invitation = invitation
        super().__init__(*args, **{"initial": {"name": invitation.name}, **kwargs})

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: the password is too short, too common or too like the name or address."""
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                password_validation.validate_password(
                    password, User(email=self.invitation.email, name=cleaned.get("name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class KeyForm(AddWebAuthnForm):
    """The sign-in library's, in plain words."""

    name = forms.CharField(label=_("What do you call this key?"), required=False)
    passwordless = forms.BooleanField(
        label=_("Let me sign in with this key alone, without my password"),
        help_text=_("It then asks for your fingerprint, face or PIN each time."),
        required=False,
    )
