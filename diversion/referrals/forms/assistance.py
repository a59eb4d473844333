"""Whom a member of staff helps, and how they are in touch."""

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.referrals.enums import Means
from diversion.referrals.forms.participant import BirthField, ReferenceField


class AssistanceForm(GovukForm):
    reference = ReferenceField()
    date_of_birth = BirthField()
    means = forms.ChoiceField(label=_("How are they in touch?"), choices=Means.choices, widget=forms.RadioSelect)
    submit_text = _("Start helping")
