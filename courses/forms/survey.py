"""The survey after a course: three questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.services.survey import Answers
from diversion.core.forms import GovukForm

AGREE = [
    (5, _("Strongly agree")),
    (4, _("Agree")),
    (3, _("Neither agree nor disagree")),
    (2, _("Disagree")),
    (1, _("Strongly disagree")),
]


def _question(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=AGREE,
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": _("Choose how far you agree")},
    )


class SurveyForm(GovukForm):
    """How far somebody agrees with three sentences."""

    submit_text = _("Send my answers")
    clear = _question(_("The course was easy to follow"))
    fair = _question(_("I was treated with respect"))
    useful = _question(_("What I learned is of use to me"))

    def answers(self) -> Answers:
        return Answers(**self.cleaned_data)
