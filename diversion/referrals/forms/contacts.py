"""Contacts as people type them, in the form we store."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from diversion.core.contacts import NotAnEmail, NotAPhoneNumber, is_mobile, normalise_email, normalise_phone


class EmailField(forms.CharField):
    """An e-mail address.

    :raises ValidationError: it does not look like one.
    """

    def __init__(self, **kwargs: object) -> None:
        widget = forms.TextInput(
            attrs={"type": "email", "inputmode": "email", "autocomplete": "email", "spellcheck": "false"}
        )
        super().__init__(**{"label": _("Email address"), "widget": widget, "max_length": 254, **kwargs})  # type: ignore[arg-type]

    def clean(self, value: object) -> str:
        typed = super().clean(value)
        try:
            return normalise_email(typed) if typed else ""
        except NotAnEmail as error:
            raise ValidationError(str(error)) from None


class MobileField(forms.CharField):
    """A mobile number, kept in E.164.

    :raises ValidationError: it is no number, or one that takes no text messages.
    """

    def __init__(self, **kwargs: object) -> None:
        widget = forms.TextInput(
            attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "class": "govuk-input--width-20"}
        )
        super().__init__(**{"label": _("Mobile number"), "widget": widget, "max_length": 30, **kwargs})  # type: ignore[arg-type]

    def clean(self, value: object) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            number = normalise_phone(typed)
        except NotAPhoneNumber as error:
            raise ValidationError(str(error)) from None
        if not is_mobile(number):
            raise ValidationError(_("Enter a mobile number: we cannot send a text message to this one."))
        return number
