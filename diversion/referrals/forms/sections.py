"""Which form asks for which section, and the same forms where a submitted referral changes: with a reason."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.referrals.forms.drafts import OffenceForm, PersonForm, RequirementForm, RiskForm, SectionForm
from diversion.referrals.forms.file import AgreementForm, ConditionsForm, HistoryForm, VictimForm
from diversion.referrals.forms.needs import NeedsForm
from diversion.referrals.models import Referral

SECTION_FORMS: Mapping[str, type[SectionForm]] = {
    form.section: form
    for form in (
        PersonForm,
        OffenceForm,
        RequirementForm,
        VictimForm,
        HistoryForm,
        RiskForm,
        AgreementForm,
        ConditionsForm,
        NeedsForm,
    )
}


class ReasonForm(GovukForm):
    """Why a submitted referral changes: asked beneath the section's own fields, which keep their names."""

    reason = forms.CharField(
        label=_("Why does it change?"),
        help_text=_("Kept with the old and the new values."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def change_form(data: Any, *, referral: Referral, section: str) -> SectionForm:
    """The section's form with the reason beneath. A contact that the person confirmed is not asked for."""
    form = SECTION_FORMS[section](data, referral=referral)
    form.submit_text = _("Save the change")
    person = referral.participant
    for contact in ("email", "mobile"):
        if section == "person" and person and getattr(person, f"{contact}_confirmed_at"):
            del form.fields[contact]
    form.fields["reason"] = ReasonForm().fields["reason"]
    return form
