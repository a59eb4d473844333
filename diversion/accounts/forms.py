"""What people type to invite a colleague, to say who stands in, to take up an invitation and to add a key."""

from typing import Any, cast

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import OrganisationKind, Rank, Stead
from diversion.accounts.models import Invitation, Membership, Organisation, User
from diversion.accounts.permissions import Permission
from diversion.accounts.roles import EMPLOYS, STEAD_NEEDS
from diversion.core.forms import GovukForm, SplitDateField


class RankField(forms.TypedChoiceField):
    """How senior somebody is; none when nothing is chosen."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            label=_("What is their rank?"),
            choices=Rank.choices,
            coerce=int,
            initial=Rank.NONE,
            required=False,
            widget=forms.RadioSelect,
            **given,
        )

    def clean(self, value: Any) -> int:
        return super().clean(value) or Rank.NONE


class InviteForm(GovukForm):
    """Name, address and a role which the organisation employs; in an agency a rank."""

    mark_optional = False

    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(
        label=_("Work email address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=_("What is their role?"), widget=forms.RadioSelect, error_messages={"required": _("Choose their role")}
    )
    rank = RankField(help_text=_("It decides what they may authorise. Leave it as it is for people who authorise nothing."))
    submit_text = _("Send invitation")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast(forms.ChoiceField, self.fields["role"])
        role.choices = [(role.value, role.label) for role in EMPLOYS[organisation.kind]]
        if organisation.kind != OrganisationKind.AGENCY:
            del self.fields["rank"]


class TeamForm(GovukForm):
    """The team a colleague works in, by name; a new name makes the team."""

    name = forms.CharField(
        label=_("Which team?"),
        help_text=_("A name that is not there yet makes a new team. Leave it empty for no team."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )
    submit_text = _("Save team")
    mark_optional = False


class RankForm(GovukForm):
    """How senior a colleague is."""

    rank = RankField()
    submit_text = _("Save rank")


class ColleagueField(forms.ModelChoiceField):
    """One of the colleagues, by the public id of their membership; it cleans to the person."""

    def __init__(self, **given: Any) -> None:
        super().__init__(queryset=Membership.objects.none(), to_field_name="public_id", empty_label=_("Choose"), **given)

    def label_from_instance(self, obj: Membership) -> str:
        rank = f", {obj.get_rank_display()}" if obj.rank else ""
        return f"{obj.user.name} ({obj.get_role_display()}{rank})"

    def clean(self, value: Any) -> User | None:
        membership: Membership | None = super().clean(value)
        return membership.user if membership else None


class DelegationForm(GovukForm):
    """Who stands in for whom, in what, and on which days. Only those who may invite are asked for whom."""

    what = forms.ChoiceField(label=_("What will they do?"), widget=forms.RadioSelect)
    of_user = ColleagueField(label=_("Who is away?"))
    to_user = ColleagueField(label=_("Who stands in?"))
    starts_on = SplitDateField(label=_("First day"), help_text=_("From midnight at the start of this day."))
    ends_on = SplitDateField(label=_("Last day"), help_text=_("To midnight at the end of this day."))
    submit_text = _("Save")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_others, self.user = user.may(Permission.INVITE), user
        what = cast(forms.ChoiceField, self.fields["what"])
        what.choices = [(each.value, each.label) for each in Stead if for_others or user.may(STEAD_NEEDS[each])]
        if len(what.choices) == 1:
            what.initial, what.widget = what.choices[0][0], forms.HiddenInput()
        people = Membership.objects.colleagues_of(user).who_may(Permission.SEE_CASES)
        people = people.select_related("user").order_by("user__name", "pk")
        if for_others:
            cast(ColleagueField, self.fields["of_user"]).queryset = people
            self.fields["of_user"].initial = user.membership.public_id if user.membership else None
        else:
            del self.fields["of_user"]
            people = people.exclude(user=user)
        cast(ColleagueField, self.fields["to_user"]).queryset = people

    def clean(self) -> dict[str, Any]:
        return {"of_user": self.user, **(super().clean() or {})}


class AcceptForm(GovukForm):
    """One's name and a first password, which must pass the validators of the settings."""

    name = forms.CharField(label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. Three random words are a good choice."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    submit_text = _("Create account")

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        self.invitation = invitation
        super().__init__(*args, **{"initial": {"name": invitation.name}, **kwargs})

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: the password is too short, too common or too like the name or address."""
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                password_validation.validate_password(
                    password, User(email=self.invitation.email, name=cleaned.get("name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class KeyForm(AddWebAuthnForm):
    """The sign-in library's, in plain words."""

    name = forms.CharField(label=_("What do you call this key?"), required=False)
    passwordless = forms.BooleanField(
        label=_("Let me sign in with this key alone, without my password"),
        help_text=_("It then asks for your fingerprint, face or PIN each time."),
        required=False,
    )
