"""The days on which a trainer is away."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms.scheduling import trainers_of
from courses.models import Provider
from diversion.accounts.models import User
from diversion.core.forms import GovukForm, SplitDateField


class TimeAwayForm(GovukForm):
    """Who and when; never why."""

    trainer = forms.ModelChoiceField(
        label=_("Trainer"),
        queryset=User.objects.none(),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose a trainer")},
    )
    first_on = SplitDateField(
        label=_("First day away"),
        help_text=_("For example, 27 3 2027"),
        error_messages={"required": _("Enter the first day away")},
    )
    last_on = SplitDateField(label=_("Last day away"), error_messages={"required": _("Enter the last day away")})
    submit_text = _("Add these days")

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trainer"].queryset = trainers_of(provider)  # type: ignore[attr-defined]
