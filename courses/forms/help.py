"""Asking for help."""

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.referrals.enums import TaskKind


class HelpForm(GovukForm):
    """What it is about, and anything the person wants to say."""

    about = forms.ChoiceField(
        label=_("What do you need help with?"),
        choices=[
            (TaskKind.NO_COURSE_FITS.value, _("I cannot find a course I can go to")),
            (TaskKind.ASKED_FOR_HELP.value, _("Something else")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you need help with")},
    )
    words = forms.CharField(
        label=_("Tell us more"),
        help_text=_("For example, days you cannot come, how far you can travel, or what went wrong"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    submit_text = _("Ask for help")

    def detail(self, looked_for: str) -> str:
        """What the officer reads: what was looked for, and the person's own words."""
        return " ".join(part for part in (looked_for, self.cleaned_data["words"].strip()) if part)
