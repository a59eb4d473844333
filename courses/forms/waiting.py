"""Where any course will do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms.search import PlaceForm
from courses.models.waiting import Area

MILES = (5, 10, 20, 40, 60)


class WaitAnyForm(PlaceForm):
    """A place and how far from it, online, or both."""

    miles = forms.TypedChoiceField(
        label=_("How far can you travel?"),
        choices=[(n, _("%(n)d miles") % {"n": n}) for n in MILES],
        coerce=int,
    )
    online_ok = forms.BooleanField(label=_("A course online is fine too"), required=False)
    submit_text = _("Join the waiting list")
    submit_style = ""

    def clean(self) -> dict[str, Any]:
        """
        :raises ValidationError: neither a place nor online.
        """
        cleaned = super().clean() or {}
        if "place" in cleaned and cleaned["place"] is None and not cleaned.get("online_ok"):
            self.add_error("place", _("Enter a postcode or town, or say that online is fine"))
        return cleaned

    def area(self) -> Area | None:
        """None where only online will do."""
        place = self.cleaned_data["place"]
        return Area(place, self.cleaned_data["miles"]) if place else None
