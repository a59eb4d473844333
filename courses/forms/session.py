"""Another time, or other trainers, for a session."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.cascade import Later
from courses.forms.scheduling import trainers_of, within_reach
from courses.models import Session
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.forms import GovukForm, SplitDateField


class MoveForm(GovukForm):
    """When the session is to be, and what becomes of those after it. It only asks: nothing is changed by sending it."""

    day = SplitDateField(
        label=_("New day"),
        help_text=_("For example, 27 3 2027"),
        validators=[within_reach],
        error_messages={"required": _("Enter the new day")},
    )
    time = forms.TimeField(
        label=_("New time"),
        help_text=_("For example, 10:00 or 18:30"),
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}),
        error_messages={"required": _("Enter the new time"), "invalid": _("Enter a time like 10:00 or 18:30")},
    )
    later = forms.ChoiceField(
        label=_("Later sessions of this course"),
        choices=[
            (Later.FOLLOW.value, _("Move them by as many days, at the new time")),
            (Later.STAY.value, _("Leave them")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the later sessions")},
    )
    method = "get"
    submit_text = _("Show what changes")

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wall = clock.london_wall(session.starts_at)
        self.fields["day"].initial, self.fields["time"].initial = wall.date(), wall.time()
        if not session.course.sessions.filter(position__gt=session.position).exists():
            del self.fields["later"]

    def wish(self) -> dict[str, Any]:
        """What was asked for, as `queries.rescheduling.move_of` takes it."""
        time = self.cleaned_data["time"]
        return {
            "to": clock.london(self.cleaned_data["day"], time.hour, time.minute),
            "later": Later(self.cleaned_data.get("later", Later.STAY)),
        }


class MoveConfirmForm(GovukForm):
    """Confirms a move as it was shown. Where people would be late, it takes a tick that their officers are asked."""

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    ask_officers = forms.BooleanField(
        label=_("Ask the officers of those who would finish after their date to find them a place in time"), required=False
    )
    submit_text = _("Move and tell everybody")

    def __init__(self, *args: Any, late: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not late:
            del self.fields["ask_officers"]


class TrainersForm(GovukForm):
    """Who teaches a session."""

    trainers = forms.ModelMultipleChoiceField(
        label=_("Trainers"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one trainer")},
    )
    submit_text = _("Save")

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trainers"].queryset = trainers_of(session.course.provider)  # type: ignore[attr-defined]
        self.fields["trainers"].initial = list(session.trainers.all())
