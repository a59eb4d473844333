"""What the service team types to grant, renew and end a licence."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.enums import LicenceKind
from courses.models import Provider
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.core.forms import GovukForm, SplitDateField
from diversion.referrals.models import Programme


def _kind() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Kind"),
        help_text=_("A trainer with a provisional licence teaches only beside one with a full licence"),
        choices=LicenceKind.choices,
        initial=LicenceKind.FULL,
        widget=forms.RadioSelect,
    )


class ProviderChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.organisation.name)


class ProviderField(forms.Form):
    """Whose: one of the providers."""

    holder = ProviderChoice(
        label=_("Provider"),
        queryset=Provider.objects.select_related("organisation").order_by("organisation__name", "pk"),
        to_field_name="public_id",
        empty_label=_("Choose one"),
    )


class TrainerField(forms.Form):
    """Whose: a trainer, by the e-mail address they sign in with. There may be thousands: nobody scrolls through them."""

    holder = forms.EmailField(
        label=_("The trainer’s e-mail address"),
        help_text=_("The one they sign in with"),
        widget=forms.EmailInput(attrs={"class": "govuk-input--width-20"}),
    )

    def clean_holder(self) -> User:
        teaches = Membership.objects.live().filter(role=Role.TRAINER, user__email__iexact=self.cleaned_data["holder"])
        found = teaches.select_related("user").first()
        if found is None:
            raise ValidationError(_("No trainer signs in with this address."))
        return found.user


class Days(GovukForm):
    """For what, of which kind, and for how long."""

    programme = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.order_by("name", "pk"),
        to_field_name="public_id",
        empty_label=_("Choose one"),
    )
    kind = _kind()
    valid_from = SplitDateField(label=_("First day"), help_text=_("For example, 27 3 2027"))
    valid_until = SplitDateField(label=_("Last day"), help_text=_("The licence covers this day too"))
    submit_text = _("Grant the licence")


class GrantToProviderForm(ProviderField, Days):
    """A provider's."""

    field_order = ("holder",)


class GrantToTrainerForm(TrainerField, Days):
    """A trainer's."""

    field_order = ("holder",)


class RenewForm(GovukForm):
    """Another licence that follows without a gap."""

    kind = _kind()
    valid_until = SplitDateField(label=_("New last day"), help_text=_("For example, 27 3 2027"))
    submit_text = _("Renew the licence")


class LastDayForm(GovukForm):
    """Which day is the last. Asked first, so that what it would do can be shown before anybody presses anything."""

    last_day = SplitDateField(label=_("Which day is its last?"), help_text=_("For example, 27 3 2027"))
    submit_text = _("See what this would do")
    method = "get"


class EndForm(GovukForm):
    """Why. The day is as it was shown."""

    last_day = forms.DateField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why does it end early?"),
        help_text=_("The service team reads it in the licence’s history"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    submit_text = _("End the licence")
    submit_style = "warning"
