"""Cancelling a course."""

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm


class CancelCourseForm(GovukForm):
    """Why, for colleagues and the agencies; no participant reads it."""

    reason = forms.CharField(
        label=_("Why is the course cancelled?"),
        help_text=_("For example: the trainer is ill. The people on the course do not see this."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why you cancel this course")},
    )
    submit_text = _("Cancel the course")
    submit_style = "warning"
    mark_optional = False
