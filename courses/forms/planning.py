"""What a provider's administrator asks to be planned: a run of courses alike, or a term again."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from courses.forms.scheduling import CourseForm, TimeOfDayField, pence_or_none, within_reach
from courses.planning import MOST_COURSES, Slot
from courses.services.proposing import RunWanted, TermWanted
from diversion.core.forms import GovukForm, SplitDateField

EVERY = [("1", _("Every week")), ("2", _("Every 2 weeks")), ("3", _("Every 3 weeks")), ("4", _("Every 4 weeks"))]
SHORT = {"class": "govuk-input--width-3"}
ROWS = {"second": _("Enter the time on the second day"), "third": _("Enter the time on the third day")}
"""The slots beside that of the first course, and what is said of one without a time; a row left empty is none."""


class WeekdayField(forms.ChoiceField):
    """A day of the week, by Python's number; empty for none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("", _("No other day")), *WEEKDAYS.items()], required=False, **kwargs)


class RunForm(CourseForm):
    """Everything that the courses share, when they begin, and how many or until when."""

    joining_link = None  # type: ignore[assignment]  # asked for where the plan is confirmed: what was typed here is kept between pages
    on_holidays = None  # type: ignore[assignment]  # a run skips them; a course by itself may be meant to
    every_weeks = forms.ChoiceField(label=_("A course starts"), choices=EVERY)
    second_on = WeekdayField(
        label=_("A second day of the week on which courses start"), help_text=_("Courses that start on it stay on it")
    )
    second_at = TimeOfDayField(label=_("Time on the second day"), required=False)
    third_on = WeekdayField(label=_("A third day of the week on which courses start"))
    third_at = TimeOfDayField(label=_("Time on the third day"), required=False)
    count = forms.IntegerField(
        label=_("Number of courses"),
        help_text=_("In all, on whichever day they start"),
        min_value=1,
        max_value=MOST_COURSES,
        required=False,
        widget=forms.NumberInput(attrs=SHORT),
    )
    until = SplitDateField(
        label=_("Or the last day on which one may start"), help_text=_("For example, 27 3 2027"), required=False
    )
    submit_text = _("Show the plan")
    field_order = (
        "programme", "venue", "room", "first_on", "first_at", "second_on", "second_at", "third_on", "third_at",
        "every_weeks", "count", "until", "trainers",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_on"].label = _("Day of the first course")
        self.fields["first_at"].help_text = _(
            "For example, 10:00 or 18:30. Every session of a course is on the weekday and at the time of its first"
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if "count" in typed and "until" in typed and bool(typed["count"]) == bool(typed["until"]):
            self.add_error("count", _("Enter the number of courses or the last day, one of the two"))
        self._check_slots(typed)
        return typed

    def _check_slots(self, typed: dict[str, Any]) -> None:
        """A row has both a day and a time, or neither, and says something that the rows before it do not."""
        named = [(typed["first_on"].weekday(), typed["first_at"])] if {"first_on", "first_at"} <= typed.keys() else []
        for row, no_time in ROWS.items():
            day, at_time = typed.get(f"{row}_on"), typed.get(f"{row}_at")
            if day and at_time is None and f"{row}_at" not in self.errors:
                self.add_error(f"{row}_at", no_time)
            if at_time is not None and not day and f"{row}_on" not in self.errors:
                self.add_error(f"{row}_on", _("Choose the day, or empty its time"))
            if day and at_time is not None:
                if (int(day), at_time) in named:
                    self.add_error(f"{row}_on", _("Courses start on this day at this time already"))
                named.append((int(day), at_time))

    def wanted(self) -> RunWanted:
        """What was typed, for `services.proposing`."""
        typed = dict(self.cleaned_data)
        return RunWanted(
            programme=typed["programme"], venue=typed["venue"], room=typed["room"], language=typed["language"],
            capacity=typed["capacity"], price_pence=int(typed["price"] * 100), single_sex=typed["single_sex"],
            trainers=list(typed["trainers"]), first_on=typed["first_on"], at_time=typed["first_at"],
            every_weeks=int(typed["every_weeks"]), count=typed["count"], until=typed["until"],
            also=[Slot(int(typed[f"{row}_on"]), typed[f"{row}_at"]) for row in ROWS if typed[f"{row}_on"]],
            flexible_pence=pence_or_none(typed["flexible"]),
        )  # fmt: skip


class TermForm(GovukForm):
    """Which courses to run again, and how many weeks later."""

    first_on = SplitDateField(
        label=_("First day of the term"),
        validators=[within_reach],
        help_text=_("For example, 27 3 2027"),
        error_messages={"required": _("Enter the first day of the term")},
    )
    last_on = SplitDateField(
        label=_("Last day of the term"),
        validators=[within_reach],
        help_text=_("Courses that start between these days are planned again"),
        error_messages={"required": _("Enter the last day of the term")},
    )
    weeks = forms.IntegerField(
        label=_("How many weeks later"),
        min_value=1,
        max_value=104,
        widget=forms.NumberInput(attrs=SHORT),
        error_messages={"required": _("Enter how many weeks later")},
    )
    submit_text = _("Show the plan")

    def clean(self) -> dict[str, Any] | None:
        typed = super().clean() or self.cleaned_data
        if typed.get("first_on") and typed.get("last_on") and typed["last_on"] < typed["first_on"]:
            self.add_error("last_on", _("The last day must be the first day or after it"))
        return typed

    def wanted(self) -> TermWanted:
        """What was typed, for `services.proposing`."""
        return TermWanted(**self.cleaned_data)


class PlanForm(GovukForm):
    """Confirms a plan as it was shown."""

    public_id = forms.RegexField(regex=r"^[0-9a-z]{26}$", widget=forms.HiddenInput)
    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    joining_link = forms.URLField(
        label=_("Link to join, for online courses"),
        help_text=_("People see it when they are signed in, from 30 minutes before each session"),
        required=False,
        max_length=300,
        assume_scheme="https",
    )
    publish = forms.BooleanField(label=_("Open them for booking at once"), required=False)
    submit_text = _("Make these courses")

    def __init__(self, *args: Any, online: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not online:
            del self.fields["joining_link"]
