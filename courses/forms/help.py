"""Asking for help."""

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.referrals.enums import TaskKind

INTERPRETER = "interpreter"
NEEDS_ONE = "Needs an interpreter or British Sign Language."
"""For the officer, who sees to it that the person's needs say so: then only courses with two seats are shown."""


class HelpForm(GovukForm):
    """What it is about, and anything the person wants to say."""

    about = forms.ChoiceField(
        label=_("What do you need help with?"),
        choices=[
            (TaskKind.NO_COURSE_FITS.value, _("I cannot find a course I can go to")),
            (INTERPRETER, _("I need an interpreter or British Sign Language")),
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

    def kind(self) -> TaskKind:
        """The question it puts on the officer's list."""
        about = self.cleaned_data["about"]
        return TaskKind.ASKED_FOR_HELP if about == INTERPRETER else TaskKind(about)

    def detail(self, looked_for: str) -> str:
        """What the officer reads: what is needed or was looked for, and the person's own words."""
        needed = NEEDS_ONE if self.cleaned_data["about"] == INTERPRETER else looked_for
        return " ".join(part for part in (needed, self.cleaned_data["words"].strip()) if part)
