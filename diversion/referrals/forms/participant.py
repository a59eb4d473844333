"""What a participant types: from the letter, a contact, a code."""

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm, SplitDateField
from diversion.referrals.forms.contacts import EmailField, MobileField


class ReferenceField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=_("Reference"),
            help_text=_("At the top of your letter. For example, ABCD-1234-EFGH"),
            max_length=40,
            error_messages={"required": _("Enter the reference from your letter")},
            widget=forms.TextInput(
                attrs={
                    "class": "govuk-input--width-20 govuk-input--extra-letter-spacing",
                    "autocomplete": "off",
                    "autocapitalize": "characters",
                    "spellcheck": "false",
                }
            ),
        )


class BirthField(SplitDateField):
    def __init__(self) -> None:
        super().__init__(
            label=_("Date of birth"),
            help_text=_("For example, 27 3 1990"),
            autocomplete="bday",
            error_messages={"required": _("Enter your date of birth")},
        )


class LetterForm(GovukForm):
    reference = ReferenceField()
    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("The 6 numbers in your letter."),
        max_length=20,
        error_messages={"required": _("Enter the PIN from your letter")},
        widget=forms.TextInput(
            attrs={
                "class": "govuk-input--width-10 govuk-input--extra-letter-spacing",
                "inputmode": "numeric",
                "autocomplete": "off",
            }
        ),
    )
    date_of_birth = BirthField()
    submit_text = _("Continue")

    def clean_pin(self) -> str:
        return "".join(self.cleaned_data["pin"].split())


class SignInForm(GovukForm):
    reference = ReferenceField()
    date_of_birth = BirthField()
    submit_text = _("Send me a code")


class ContactForm(GovukForm):
    email = EmailField(required=False)
    mobile = MobileField(required=False, help_text=_("Only if you would rather have a text message."))
    submit_text = _("Send me a code")
    mark_optional = False


class CodeForm(GovukForm):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("The 6 numbers we sent you."),
        max_length=20,
        error_messages={"required": _("Enter the code we sent you")},
        widget=forms.TextInput(
            attrs={
                "class": "govuk-input--width-10 govuk-input--extra-letter-spacing",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
            }
        ),
    )
    submit_text = _("Continue")


class AnswerForm(GovukForm):
    """Nothing to type: the hash names the words that were on the page."""

    text_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
