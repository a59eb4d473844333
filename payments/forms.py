"""Asking for a funded place, and deciding on it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm

GRANT, DECLINE = "grant", "decline"


class FundingForm(GovukForm):
    words = forms.CharField(
        label=_("Why can you not pay?"),
        help_text=_(
            "Your own words are enough. For example, you have no card, or the money is needed for food. No proof is needed."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say in your own words why you cannot pay")},
    )
    submit_text = _("Ask")


class FundingDecisionForm(GovukForm):
    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[(GRANT, _("Pay for the place")), (DECLINE, _("Do not pay for the place"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the place is paid for")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person reads this. Write plain words."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why. The person reads this")},
    )
    submit_text = _("Save decision")
