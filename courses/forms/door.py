"""What a trainer writes down beside the marks."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Booking
from courses.queries.registers import names_told_apart
from diversion.core.forms import GovukForm


class ConcernForm(GovukForm):
    """About whom, and what it is."""

    person = forms.ChoiceField(label=_("Who are you concerned about?"))
    words = forms.CharField(
        label=_("What are you concerned about?"),
        help_text=_(
            "What you saw or heard, in your own words. Only the agency reads this; our service team for people who have none. It is not about attendance."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say what you are concerned about")},
    )
    submit_text = _("Pass it on")
    mark_optional = False

    def __init__(self, *args: Any, bookings: Iterable[Booking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bookings = {booking.public_id: booking for booking in bookings}
        names = names_told_apart(self.bookings.values())
        people = [(key, names[booking.pk]) for key, booking in self.bookings.items()]
        person: Any = self.fields["person"]
        person.choices = [("", _("Choose a person")), *people]
        person.error_messages["required"] = _("Choose who you are concerned about")

    def booking(self) -> Booking:
        return self.bookings[self.cleaned_data["person"]]


class ConcernFollowUpForm(GovukForm):
    """What the service team did."""

    words = forms.CharField(
        label=_("What did you do?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whom you reached, and what was agreed. Only the service team reads this."),
        error_messages={"required": _("Say what you did")},
    )  # fmt: skip
    submit_text = _("Say that it is done")
    mark_optional = False


class WalkInForm(GovukForm):
    """Who somebody without a place said they were."""

    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the first name that they say")},
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Reference on their letter"), max_length=20, required=False,
        help_text=_("12 letters and numbers, like ABCD-EFGH-JKMN. Leave it empty if they have no letter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )  # fmt: skip
    submit_text = _("Write it down")
