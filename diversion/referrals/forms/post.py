"""That letters have left: when, how, and with what proof."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm, SplitDateField


class PostingForm(GovukForm):
    """A batch was posted."""

    posted_on = SplitDateField(label=_("When were they posted?"))
    proof = forms.CharField(
        label=_("Proof of posting"),
        help_text=_("The number on the post office’s certificate of posting, or the name of whoever took them."),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    submit_text = _("Record posting")


class Way(TextChoices):
    POSTED = "posted", _("Posted")
    HANDED_OVER = "handed-over", _("Handed over to the person")


class SendingForm(GovukForm):
    """One letter left by itself."""

    way = forms.ChoiceField(label=_("How did the letter leave?"), choices=Way.choices, widget=forms.RadioSelect)
    posted_on = SplitDateField(label=_("When?"))
    proof = forms.CharField(
        label=_("Proof of posting"),
        help_text=_("Needed if it was posted. The number on the certificate of posting, or the name of whoever took it."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    submit_text = _("Record")
    mark_optional = False

    def clean(self) -> dict[str, Any]:
        """By hand there is no proof; by post there must be."""
        cleaned = super().clean() or {}
        if cleaned.get("way") == Way.HANDED_OVER:
            cleaned["proof"] = ""
        elif cleaned.get("way") == Way.POSTED and not cleaned.get("proof"):
            self.add_error("proof", _("Enter the number of the certificate of posting, or who took the letter."))
        return cleaned
