"""A venue with its access facts, and a room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms.scheduling import MOST_PLACES
from courses.models import Room, Venue
from diversion.accounts.enums import Nation
from diversion.core.forms import GovukForm

FACTS = (
    "name", "address", "postcode", "nation", "step_free", "parking", "hearing_loop", "accessible_toilet", "quiet_room",
    "access_words", "transport_words",
)  # fmt: skip


class VenueForm(GovukForm):
    """What people need to know to come and to get in."""

    name = forms.CharField(label=_("Name of the venue"), max_length=120)
    address = forms.CharField(label=_("Address"), max_length=200)
    postcode = forms.CharField(
        label=_("Postcode"), max_length=10, widget=forms.TextInput(attrs={"class": "govuk-input--width-10"})
    )
    nation = forms.ChoiceField(
        label=_("Whose bank holidays it keeps"),
        choices=Nation.choices,
        initial=Nation.ENGLAND_AND_WALES,
        widget=forms.RadioSelect,
    )
    step_free = forms.BooleanField(label=_("No steps on the way to the room"), required=False)
    parking = forms.BooleanField(label=_("Parking"), required=False)
    hearing_loop = forms.BooleanField(label=_("Hearing loop"), required=False)
    accessible_toilet = forms.BooleanField(label=_("Accessible toilet"), required=False)
    quiet_room = forms.BooleanField(label=_("A quiet room to step out to"), required=False)
    access_words = forms.CharField(
        label=_("Getting in, in plain words"),
        help_text=_("For example: Ring the bell at the side door. The room is on the first floor, there is a lift."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    transport_words = forms.CharField(
        label=_("Getting there, in plain words"),
        help_text=_("For example: Bus 42 stops outside. The station is 10 minutes on foot."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submit_text = _("Save")

    def __init__(self, *args: Any, venue: Venue | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(venue, name) for name in FACTS} if venue else {}
        super().__init__(*args, initial=initial, **kwargs)


class RoomForm(GovukForm):
    """A room and how many participants it takes."""

    name = forms.CharField(label=_("Name of the room"), max_length=60)
    capacity = forms.IntegerField(
        label=_("Number of places"),
        error_messages={"required": _("Enter the number of places")},
        min_value=1,
        max_value=MOST_PLACES,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    submit_text = _("Save")

    def __init__(self, *args: Any, room: Room | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": room.name, "capacity": room.capacity} if room else {}, **kwargs)
