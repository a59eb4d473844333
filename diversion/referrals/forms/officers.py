"""Which cases go to whom, and why."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from diversion.accounts.models import Membership, User
from diversion.accounts.permissions import Permission
from diversion.core.forms import GovukForm
from diversion.core.references import spoken
from diversion.referrals.models import Referral


class HandOverForm(GovukForm):
    """Ticked cases of one officer, or every open one; the colleague who takes them; the reason."""

    cases = forms.MultipleChoiceField(label=_("Which cases?"), required=False, widget=forms.CheckboxSelectMultiple)
    everything = forms.BooleanField(label="", required=False)
    officer = forms.ModelChoiceField(
        label=_("Who takes them?"), queryset=Membership.objects.none(), empty_label=_("Choose a colleague")
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It stays in each case’s history. Both officers are told that cases changed hands."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submit_text = _("Hand over")
    mark_optional = False

    def __init__(self, *args: Any, shown: Sequence[Referral], total: int, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cases, officer = self.fields["cases"], self.fields["officer"]
        cases.choices = [(each.public_id, _line(each)) for each in shown]  # type: ignore[attr-defined]
        able = Membership.objects.colleagues_of(user).who_may(Permission.REFER).select_related("user")
        officer.queryset = able.order_by("user__name")  # type: ignore[attr-defined]
        officer.label_from_instance = lambda each: f"{each.user.name}, {each.get_role_display()}"  # type: ignore[attr-defined]
        self.fields["everything"].label = ngettext("Their %(n)s open case", "All %(n)s of their open cases", total) % {
            "n": total
        }

    def clean(self) -> dict[str, Any]:
        """Something is handed over."""
        cleaned = super().clean() or {}
        if not cleaned.get("cases") and not cleaned.get("everything") and "cases" not in self.errors:
            self.add_error("cases", _("Choose at least one case"))
        return cleaned


def _line(referral: Referral) -> str:
    name = referral.participant.full_name if referral.participant else _("No name yet")
    return f"{name}, {spoken(referral.reference)}"
