"""The number on a certificate."""

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.core.references import canonical


class SerialForm(GovukForm):
    serial = forms.CharField(
        max_length=40,
        label=_("Certificate number"),
        help_text=_("12 letters and numbers, for example 7KQ2-4TXM-9BHD"),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off", "spellcheck": "false"}),
    )
    submit_text = _("Check")

    def clean_serial(self) -> str:
        """As stored. Whether it exists is said on the next page, the same way for every number."""
        serial = canonical(self.cleaned_data["serial"])
        if not serial:
            raise forms.ValidationError(_("Enter the letters and numbers of the certificate number"))
        return serial
