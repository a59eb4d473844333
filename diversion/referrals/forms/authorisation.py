"""The authoriser's decision."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm


class Decision(TextChoices):
    AUTHORISE = "authorise", _("Authorise and send the offer")
    RETURN = "return", _("Return for changes")
    REFUSE = "refuse", _("Refuse")


class DecisionForm(GovukForm):
    decision = forms.ChoiceField(label=_("Your decision"), choices=Decision.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed if you return or refuse it. The officer reads this."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    submit_text = _("Save decision")
    mark_optional = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wants_reason = cleaned.get("decision") in {Decision.RETURN, Decision.REFUSE}
        if wants_reason and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why, so that the officer knows what to do."))
        return cleaned
