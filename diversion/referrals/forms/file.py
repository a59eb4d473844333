"""The sections that make the file: the victim, the history, what was said and agreed, and the conditions."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import SplitDateField
from diversion.referrals.enums import FactKind, Verification, VictimSituation
from diversion.referrals.forms.drafts import NARROW, SectionForm
from diversion.referrals.models import Referral
from diversion.referrals.queries import required_facts
from diversion.referrals.services.file import MOST_CONDITIONS, Said, ToDo

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
PROOFS = [each for each in Verification.choices if each[0] != Verification.CERTIFICATE]
"""Our certificate proves the course alone."""


class VictimForm(SectionForm):
    section = "victim"
    heading = _("The victim")
    situation = forms.ChoiceField(label=_("Is there a victim?"), choices=VictimSituation.choices, widget=forms.RadioSelect)
    contacted_on = SplitDateField(
        label=_("Date of the contact"), help_text=_("If the victim was contacted."), required=False
    )
    views = forms.CharField(
        label=_("What the victim thinks"),
        help_text=_("In their own words. Their name is not needed here."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("situation") != VictimSituation.CONTACTED:
            cleaned["contacted_on"] = None
        return cleaned


class HistoryForm(SectionForm):
    section = "history"
    heading = _("Gravity and previous history")
    gravity_score = forms.TypedChoiceField(
        label=_("Gravity score"),
        help_text=_("On the gravity matrix, with what makes it better or worse: 1 is least serious, 5 is most serious."),
        choices=[(score, str(score)) for score in range(1, 6)],
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
    )
    rationale = forms.CharField(label=_("Why this score"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    previous_disposals = forms.IntegerField(
        label=_("How many out-of-court disposals came before?"),
        min_value=0,
        max_value=99,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    history = forms.CharField(
        label=_("Previous history"),
        help_text=_("What came before, and when."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AgreementForm(SectionForm):
    """One question for each fact that the disposal asks for. A day or a name left empty is the one above it."""

    section = "agreement"
    heading = _("What was said and agreed")
    mark_optional = False

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, referral=referral, **kwargs)
        self.kinds = required_facts(referral)
        for number, kind in enumerate(self.kinds):
            self._ask(kind, first=number == 0)

    def _ask(self, kind: FactKind, *, first: bool) -> None:
        about, same = str(kind.label), _("Leave it empty if it is the same as above.")
        self.fields[f"{kind}_holds"] = forms.ChoiceField(
            label=kind.label,
            choices=YES_NO,
            widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
            error_messages={"required": _g("Say yes or no: %(fact)s") % {"fact": about}},
        )
        self.fields[f"{kind}_said_on"] = SplitDateField(
            label=self.label_of(f"{kind}_said_on"),
            required=first,
            help_text="" if first else same,
            error_messages={"required": _g("Enter the day: %(fact)s") % {"fact": about}},
        )
        self.fields[f"{kind}_said_to"] = forms.CharField(
            label=self.label_of(f"{kind}_said_to"),
            max_length=120,
            required=first,
            help_text=_("Name or collar number of the officer.") if first else same,
            widget=forms.TextInput(attrs=NARROW),
            error_messages={"required": _g("Enter to whom: %(fact)s") % {"fact": about}},
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for above, kind in zip(self.kinds, self.kinds[1:], strict=False):
            for part in ("said_on", "said_to"):
                if f"{kind}_{part}" in cleaned:
                    cleaned[f"{kind}_{part}"] = cleaned[f"{kind}_{part}"] or cleaned.get(f"{above}_{part}")
        return cleaned

    @classmethod
    def label_of(cls, name: str) -> str:
        kind, _sep, part = name.partition("_")
        words = {"said_on": _g("%(fact)s: on which day"), "said_to": _g("%(fact)s: to whom")}
        return words.get(part, "%(fact)s") % {"fact": FactKind(kind).label}

    def values(self) -> dict[str, Any]:
        return {"facts": [self._said(kind) for kind in self.kinds]}

    def _said(self, kind: FactKind) -> Said:
        given = self.cleaned_data
        return Said(
            kind=kind,
            holds=given[f"{kind}_holds"] == "yes",
            said_on=given[f"{kind}_said_on"],
            said_to=given[f"{kind}_said_to"],
        )


class ConditionsForm(SectionForm):
    """None to five things to do beside the course. The button *Only the course* sends nothing else."""

    section = "conditions"
    heading = _("Conditions")
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_CONDITIONS + 1):
            self.fields[f"words_{number}"] = forms.CharField(
                label=self.label_of(f"words_{number}"),
                help_text=_("As the person reads it after “I will also:”.") if number == 1 else "",
                max_length=500,
                required=False,
                widget=forms.TextInput(),
            )
            self.fields[f"verified_by_{number}"] = forms.ChoiceField(
                label=self.label_of(f"verified_by_{number}"),
                choices=[("", _("Choose")), *PROOFS],
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, MOST_CONDITIONS + 1):
            words, proof = cleaned.get(f"words_{number}"), cleaned.get(f"verified_by_{number}")
            if words and proof == "":
                self.add_error(f"verified_by_{number}", _("Choose how you will know that it was kept."))
            if proof and words == "":
                self.add_error(f"words_{number}", _("Enter what the person must do."))
        return cleaned

    @classmethod
    def label_of(cls, name: str) -> str:
        part, _sep, number = name.rpartition("_")
        words = _g("Condition %(number)s")
        if part == "verified_by":
            words = _g("Condition %(number)s: how will you know that it was kept?")
        return words % {"number": number}

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        pairs = [(given[f"words_{n}"], given[f"verified_by_{n}"]) for n in range(1, MOST_CONDITIONS + 1)]
        return {"conditions": [ToDo(words=words, verified_by=proof) for words, proof in pairs if words]}
