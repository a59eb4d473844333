"""What the service team types about a programme and its sessions."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.forms.scheduling import MOST_PLACES
from courses.services.programmes import Planned
from diversion.core.forms import GovukForm
from diversion.referrals.enums import Mode

MORE = 3
MOST_SESSIONS = 30
LONGEST = 600


class ProgrammeForm(GovukForm):
    """What is taught, and how a course of it usually runs."""

    code = forms.RegexField(
        label=_("Code"),
        help_text=_("Capital letters, figures and hyphens, for example ANGER-1"),
        regex=r"^[A-Z0-9-]{2,20}$",
        error_messages={"invalid": _("Use 2 to 20 capital letters, figures and hyphens")},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    name_cy = forms.CharField(label=_("Name in Welsh"), required=False, max_length=120)
    neutral_name = forms.CharField(
        label=_("Neutral name"),
        help_text=_("What others may see on a screen, a receipt or in a calendar. It must not tell what it is about"),
        max_length=60,
    )
    summary = forms.CharField(label=_("What is taught"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    mode = forms.ChoiceField(label=_("Taught"), choices=Mode.choices, widget=forms.RadioSelect, initial=Mode.EITHER)
    language = forms.ChoiceField(label=_("Usual language"), choices=settings.LANGUAGES)
    capacity = forms.IntegerField(
        label=_("Usual number of places"),
        min_value=1,
        max_value=MOST_PLACES,
        initial=12,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    single_sex = forms.BooleanField(label=_("Courses may be for a single sex"), required=False)
    submit_text = _("Save")


class PlanForm(GovukForm):
    """The sessions of a programme, and empty lines for more. A line without a title is no session; the places say the order.

    `seen` is the plan as the page showed it, so that of two who change it at once one is told.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    submit_text = _("Save the sessions")

    def __init__(self, *args: Any, plan: Sequence[Planned], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = self.data.get("lines", "") if self.is_bound else ""
        shown = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else len(plan) + MORE
        self.lines = min(shown, MOST_SESSIONS)
        self.initial.setdefault("seen", json.dumps([[each.title, each.minutes] for each in plan]))
        self.fields["lines"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=self.lines)
        for number in range(1, self.lines + 1):
            old = plan[number - 1] if number <= len(plan) else None
            self._add_line(number, old)

    def _add_line(self, number: int, old: Planned | None) -> None:
        words = {"number": number}
        self.fields[f"title_{number}"] = forms.CharField(
            label=_("Title of session %(number)s") % words, required=False, max_length=120,
            initial=old.title if old else "",
        )  # fmt: skip
        self.fields[f"minutes_{number}"] = forms.IntegerField(
            label=_("Minutes of session %(number)s") % words, required=False, min_value=1, max_value=LONGEST,
            initial=old.minutes if old else None, widget=_narrow(),
        )  # fmt: skip
        self.fields[f"place_{number}"] = forms.IntegerField(
            label=_("Place of session %(number)s in the order") % words, required=False, min_value=1, max_value=99,
            initial=number, widget=_narrow(),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for number in range(1, self.lines + 1):
            title, minutes = typed.get(f"title_{number}"), typed.get(f"minutes_{number}")
            if title and minutes is None and f"minutes_{number}" not in self.errors:
                self.add_error(f"minutes_{number}", _("Enter how many minutes the session takes"))
        return typed

    def plan(self) -> list[Planned]:
        """What was typed, in the order of the places."""
        typed = self.cleaned_data
        lines = [
            (typed[f"place_{number}"] or number, number, Planned(typed[f"title_{number}"], typed[f"minutes_{number}"]))
            for number in range(1, self.lines + 1)
            if typed[f"title_{number}"]
        ]
        return [planned for _place, _number, planned in sorted(lines, key=lambda line: line[:2])]

    def clean_seen(self) -> list[Planned]:
        try:
            return [Planned(str(title), int(minutes)) for title, minutes in json.loads(self.cleaned_data["seen"] or "[]")]
        except (ValueError, TypeError):
            raise ValidationError(_("Open the page again.")) from None


def _narrow() -> forms.NumberInput:
    return forms.NumberInput(attrs={"class": "govuk-input--width-3"})
