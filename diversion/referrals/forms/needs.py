"""What a person needs at a course, how they may safely be reached, and whom they must not meet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.referrals.enums import Need
from diversion.referrals.forms.drafts import NARROW, SectionForm
from diversion.referrals.needs import ROUTES

HOURS = [("", _("Any time")), *((f"{hour:02d}:00", f"{hour:02d}:00") for hour in range(8, 22))]
SAFE = dict(zip(ROUTES, (_("E-mail"), _("Text message"), _("Voicemail"), _("Letters by post")), strict=True))


class NeedsForm(SectionForm):
    section = "needs"
    heading = _("Needs and safe contact")
    needs = forms.MultipleChoiceField(
        label=_("What does the person need?"),
        help_text=_("Ask the person. Choose nothing if they need nothing."),
        choices=Need.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    interpreter_language = forms.CharField(
        label=_("Language of the interpreter"), max_length=40, required=False, widget=forms.TextInput(attrs=NARROW)
    )
    needs_notes = forms.CharField(
        label=_("In the person’s own words"),
        help_text=_("What they need, never a diagnosis. Only the agency reads this."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    safe_routes = forms.MultipleChoiceField(
        label=_("How is it safe to reach them?"),
        help_text=_("Others may read their post or hold their phone. What is not chosen is not used."),
        choices=list(SAFE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    safe_from = forms.ChoiceField(label=_("Messages and calls not before"), choices=HOURS, required=False)
    safe_until = forms.ChoiceField(label=_("and not after"), choices=HOURS, required=False)

    def clean(self) -> dict[str, Any]:
        """An interpreter has a language, and the hours are hours."""
        cleaned = super().clean() or {}
        if Need.INTERPRETER in cleaned.get("needs", []) and not cleaned.get("interpreter_language"):
            self.add_error("interpreter_language", _("Enter the language of the interpreter"))
        first, last = cleaned.get("safe_from", ""), cleaned.get("safe_until", "")
        if bool(first) != bool(last) or (first and first >= last):
            self.add_error("safe_until", _("Choose both hours, the later one second, or any time for both"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """As the service takes it: one value for the safe contact."""
        given = self.typed()
        first, last, routes = (given.pop(name) for name in ("safe_from", "safe_until", "safe_routes"))
        hours = {"from": first, "until": last} if first else {}
        return {**given, "safe_contact": {**{route: route in routes for route in ROUTES}, **hours}}


class NonAssociationForm(GovukForm):
    """Somebody the person must not meet."""

    other_family_name = forms.CharField(
        label=_("Their last name"), max_length=80, required=False, widget=forms.TextInput(attrs=NARROW)
    )
    other_given_names = forms.CharField(
        label=_("Their first names"),
        help_text=_("Without them everybody of that last name is kept apart, and fewer courses are left."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs=NARROW),
    )
    incident = forms.CharField(
        label=_("Incident number"),
        help_text=_("Everybody referred with the same number is kept apart."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=NARROW),
    )
    submit_text = _("Add")
    mark_optional = False

    def clean(self) -> dict[str, Any]:
        """A first name alone names nobody."""
        cleaned = super().clean() or {}
        if not cleaned.get("other_family_name") and not cleaned.get("incident"):
            self.add_error("other_family_name", _("Enter their last name, or the incident number"))
        return cleaned
