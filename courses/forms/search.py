"""Where to look, and which courses to leave out."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from courses.forms.scheduling import within_reach
from courses.queries.search import EVENING, EVENING_OR_WEEKEND, IN_PERSON, ONLINE, WEEKDAY, WEEKEND, Criteria
from diversion.core.forms import GovukForm
from diversion.core.places import Place, locate

ANY = ("", _("Any"))


class PlaceForm(GovukForm):
    """A postcode's start or a town. It is posted, since an address must not hold where somebody lives."""

    place = forms.CharField(
        label=_("Postcode or town"),
        help_text=_("The first part of a postcode is enough, for example M14"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "postal-code"}),
    )
    submit_text = _("Search")
    submit_style = "secondary"
    mark_optional = False

    def clean_place(self) -> Place | None:
        """The place meant; None when nothing was typed.

        :raises ValidationError: nobody knows such a place.
        """
        typed: str = self.cleaned_data["place"].strip()
        place = locate(typed)
        if typed and place is None:
            raise forms.ValidationError(
                _("We do not know that place. Enter the start of a postcode, like M14, or a large town")
            )
        return place


class DayInput(forms.DateInput):
    """A day in one field, which the address can hold as it is."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "govuk-input--width-10"})


class FilterForm(GovukForm):
    """What kind of course. Read from the address, so nothing in it is about the person's whereabouts."""

    how = forms.ChoiceField(
        label=_("Where"),
        required=False,
        choices=[ANY, (ONLINE, _("Online")), (IN_PERSON, _("In a room with others"))],
    )
    when = forms.ChoiceField(
        label=_("When"),
        required=False,
        choices=[
            ANY,
            (WEEKDAY, _("Weekday daytimes")),
            (EVENING_OR_WEEKEND, _("Evenings or weekends")),
            (EVENING, _("Evenings")),
            (WEEKEND, _("Weekends")),
        ],
    )
    starts_from = forms.DateField(label=_("Starts on or after"), required=False, widget=DayInput)
    ends_by = forms.DateField(label=_("Ends on or before"), required=False, widget=DayInput, validators=[within_reach])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[ANY, *settings.LANGUAGES])
    step_free = forms.BooleanField(label=_("No steps (or online)"), required=False)
    submit_text = _("Show courses")
    submit_style = "secondary"
    method = "get"
    mark_optional = False

    def chosen(self) -> dict[str, Any]:
        """The filters that are on and make sense, as an address says them; anything else there counts as no filter."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in chosen.items()}

    def criteria(self, *, near: str) -> Criteria:
        """The same, for the search."""
        self.is_valid()
        return Criteria(near=near, **{name: value for name, value in self.cleaned_data.items() if value})
