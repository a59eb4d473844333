"""A new course, as a provider's administrator describes it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models import Provider, Room, Venue
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.forms import GovukForm, SplitDateField
from diversion.referrals.models import Programme

MOST_PLACES = 100
FURTHEST = timedelta(days=5 * 365)


def within_reach(day: date) -> None:
    """A day for which somebody may plan: in the next five years.

    :raises ValidationError: it is later.
    """
    if day > clock.today() + FURTHEST:
        raise ValidationError(_("Enter a day within the next five years"))


class RoomField(forms.ModelChoiceField):
    """Rooms of all of a provider's venues, each with its venue and places."""

    def label_from_instance(self, room: Any) -> str:
        return gettext("%(room)s (%(places)d places)") % {"room": str(room), "places": room.capacity}


class TimeOfDayField(forms.TimeField):
    """A London time, typed with a colon or a full stop."""

    input_formats = ["%H:%M", "%H.%M"]
    default_error_messages = {"invalid": _("Enter a time like 10:00 or 18:30")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}), **kwargs)


class CourseForm(GovukForm):
    """Everything a draft needs. The sessions follow the programme's plan, a week apart on open days."""

    programme = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose a programme")},
    )
    venue = forms.ModelChoiceField(
        label=_("Venue"), queryset=Venue.objects.none(), to_field_name="public_id", required=False, empty_label=_("Online")
    )
    room = RoomField(
        label=_("Room"),
        help_text=_("A room holds one session at a time"),
        queryset=Room.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("No room in particular"),
    )
    joining_link = forms.URLField(
        label=_("Link to join, if online"),
        help_text=_("People see it when they are signed in, from 30 minutes before each session"),
        required=False,
        max_length=300,
        assume_scheme="https",
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As is usual for the programme")), *settings.LANGUAGES], required=False
    )
    capacity = forms.IntegerField(
        label=_("Number of places"),
        help_text=_("Leave it empty for what is usual for the programme"),
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    price = forms.DecimalField(
        label=_("Price"),
        error_messages={"required": _("Enter the price")},
        help_text=_("All that the person pays, for example 85 or 92.50"),
        min_value=0,
        max_value=2000,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"}),
    )
    flexible = forms.DecimalField(
        label=_("Price of moving free, on top"),
        help_text=_("Whoever pays it moves to another course for nothing. Leave it empty to offer none"),
        required=False,
        min_value=1,
        max_value=500,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"}),
    )
    first_on = SplitDateField(
        label=_("Day of the first session"),
        validators=[within_reach],
        help_text=_("For example, 27 3 2027"),
        error_messages={"required": _("Enter the day of the first session")},
    )
    first_at = TimeOfDayField(
        label=_("Time the sessions start"),
        help_text=_("For example, 10:00 or 18:30. Later sessions are a week apart at the same time"),
        error_messages={"required": _("Enter the time the sessions start")},
    )
    on_holidays = forms.BooleanField(label=_("Meet on bank holidays too"), required=False)
    single_sex = forms.BooleanField(label=_("Single-sex group"), required=False)
    trainers = forms.ModelMultipleChoiceField(
        label=_("Trainers"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    submit_text = _("Save the draft")

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.filter(  # type: ignore[attr-defined]
            providerlicence__provider=provider, providerlicence__valid_until__gte=clock.today()
        ).distinct()
        self.fields["venue"].queryset = provider.venues.order_by("name")  # type: ignore[attr-defined]
        self.fields["room"].queryset = rooms_of(provider)  # type: ignore[attr-defined]
        self.fields["trainers"].queryset = trainers_of(provider)  # type: ignore[attr-defined]
        for name in ("price", "flexible"):
            self.fields[name].prefix = "£"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the programme says is usual fills what was left empty. What it allows is for `services.allowed` to say."""
        typed: dict[str, Any] = super().clean() or {}
        programme = typed.get("programme")
        if programme is None:
            return typed
        typed["language"] = typed.get("language") or programme.language
        typed["capacity"] = typed.get("capacity") or programme.capacity
        return typed

    def plan(self) -> dict[str, Any]:
        """What was typed, as `services.scheduling.create_course` takes it."""
        typed = dict(self.cleaned_data)
        day, time, price, flexible = (typed.pop(name) for name in ("first_on", "first_at", "price", "flexible"))
        return {
            **typed,
            "price_pence": int(price * 100),
            "flexible_pence": pence_or_none(flexible),
            "first_starts_at": clock.london(day, time.hour, time.minute),
            "trainers": list(typed["trainers"]),
        }


def pence_or_none(pounds: Decimal | None) -> int | None:
    """An amount that may be left empty, in pence."""
    return None if pounds is None else int(pounds * 100)


def rooms_of(provider: Provider) -> QuerySet[Room]:
    """A provider's rooms, by venue and name."""
    return Room.objects.filter(venue__provider=provider).select_related("venue").order_by("venue__name", "name")


def trainers_of(provider: Provider) -> QuerySet[User]:
    """Those who work for a provider now, by name."""
    return User.objects.filter(
        memberships__organisation=provider.organisation_id, memberships__role=Role.TRAINER, memberships__ended_at=None
    ).order_by("name")
