"""Restricting a case, and the names on its list. Each asks why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import Membership
from diversion.core.forms import GovukForm
from diversion.referrals.enums import Access


class ReasonForm(GovukForm):
    """Why who sees the case changes. The form sets the words on its button."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Kept on the case, where those who see it read it. The colleagues concerned are not told."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = _("Say why")


class NameForm(ReasonForm):
    """One colleague, and what the list says of them. `colleagues` are memberships of the agency, with their users."""

    colleague = forms.ChoiceField(label=_("Colleague"))
    access = forms.ChoiceField(label=_("What may they see?"), choices=Access.choices, widget=forms.RadioSelect)
    field_order = ["colleague", "access", "reason"]
    submit_text = _("Put on the list")

    def __init__(self, *args: Any, colleagues: list[Membership], restricted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {each.public_id: each for each in colleagues}
        names = [(each.public_id, f"{each.user.name}, {each.get_role_display()}") for each in colleagues]
        field: Any = self.fields["colleague"]
        field.choices = [("", _("Choose a colleague")), *names]
        if not restricted:
            self.fields["access"].initial = Access.EXCLUDED
            self.fields["access"].help_text = _(
                "The case is not restricted, so colleagues can see it unless they are excluded."
            )

    def clean_colleague(self) -> Membership:
        return self.members[self.cleaned_data["colleague"]]
