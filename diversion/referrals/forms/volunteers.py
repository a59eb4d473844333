"""What somebody who asks for help themselves is asked: as little as there can be."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.referrals.forms.contacts import EmailField, MobileField
from diversion.referrals.forms.participant import ReferenceField
from diversion.referrals.models import Scheme


class CourseChoiceForm(GovukForm):
    """Which of the voluntary schemes, named by what they teach."""

    scheme = forms.ChoiceField(
        label=_("Which course would you like?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a course")},
    )
    heading_field = "scheme"
    submit_text = _("Continue")

    def __init__(self, *args: Any, schemes: list[Scheme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        welsh = get_language() == "cy"
        taught = {each.public_id: each.programme for each in schemes}
        choice: Any = self.fields["scheme"]
        choice.choices = [(key, (welsh and programme.name_cy) or programme.name) for key, programme in taught.items()]
        choice.option_hints = {key: programme.summary for key, programme in taught.items()}


class NewcomerForm(GovukForm):
    called = forms.CharField(
        label=_("What shall we call you?"),
        help_text=_("It does not have to be your real name. The trainer sees it."),
        max_length=40,
        error_messages={"required": _("Enter a name. It can be a made-up one")},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
    )
    email = EmailField(required=False)
    mobile = MobileField(required=False, help_text=_("Only if you would rather have a text message."))
    submit_text = _("Send me a code")
    mark_optional = False


class ComeBackForm(GovukForm):
    reference = ReferenceField()
    submit_text = _("Send me a code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].help_text = _("In the first message we sent you. For example, ABCD-1234-EFGH")
        self.fields["reference"].error_messages["required"] = _("Enter your reference")
