"""Finding a session that was visited, reporting on it, and saying what was done."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import CRITERIA
from diversion.core.forms import GovukForm, SplitDateField

SCORES = [(5, _("5, excellent")), (4, _("4, good")), (3, _("3, fair")), (2, _("2, weak")), (1, _("1, poor"))]
QUESTIONS = {
    "prepared": _("Room, material and register were ready"),
    "clear": _("Explained clearly"),
    "respectful": _("Treated everybody with respect"),
    "involving": _("Had everybody take part"),
    "safe": _("Kept people safe, and their names private"),
}


class FindSessionForm(GovukForm):
    """Who taught, and when."""

    name = forms.CharField(
        label=_("The trainer’s name or e-mail address"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    day = SplitDateField(label=_("Day of the session"), help_text=_("For example, 27 3 2026"))
    submit_text = _("Find the session")
    method = "get"


class VisitForm(GovukForm):
    """A score for each criterion, the visitor's words, and what must follow."""

    words = forms.CharField(
        label=_("What did you see?"),
        help_text=_("The trainer reads it. Write about the session and never name anybody who took part"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    follow_up = forms.CharField(
        label=_("What must be done about it?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    follow_up_by = SplitDateField(label=_("By which day?"), help_text=_("For example, 27 3 2027"), required=False)
    submit_text = _("Send the report")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {name: _score(QUESTIONS[name]) for name in CRITERIA}
        self.fields = {**asked, **self.fields}

    def report(self) -> dict[str, Any]:
        """What was typed, as `services.visits.report_visit` takes it."""
        typed = dict(self.cleaned_data)
        return {"scores": {name: typed.pop(name) for name in CRITERIA}, **typed}


class FollowUpForm(GovukForm):
    """That it is done."""

    words = forms.CharField(
        label=_("What was done?"),
        help_text=_("Never name anybody who took part"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submit_text = _("Say that it is done")


def _score(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small govuk-radios--inline"}),
        error_messages={"required": _("Choose a score from 1 to 5")},
    )
