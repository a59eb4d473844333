"""The authoriser's decision: on one referral, or on several from one page, each by itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from diversion.core.errors import Refusal
from diversion.core.forms import GovukForm
from diversion.referrals.authority import Authority
from diversion.referrals.enums import Decision
from diversion.referrals.models import Referral
from diversion.referrals.services.authorisation import Choice, Result

REASONED = {Decision.RETURN, Decision.REFUSE}


class QueueFilterForm(GovukForm):
    """Starts empty: everything that waits."""

    show = forms.MultipleChoiceField(
        label=_("Narrow down"),
        choices=[("mine", _("Only those I may decide"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    mark_optional = False
    method = "get"

    @property
    def only_mine(self) -> bool:
        return self.is_valid() and bool(self.cleaned_data["show"])

    def tags(self) -> list[dict[str, str]]:
        """The chosen filter, with the address of the list without it."""
        return [{"text": _g("Only those I may decide"), "url": "?"}] if self.only_mine else []


class LastWord(forms.HiddenInput):
    """The `last_word` on what this very page shows, also where the page is shown again with what was typed."""

    def __init__(self, referral: Referral) -> None:
        super().__init__()
        self.last_word: datetime | None = referral.last_word  # type: ignore[attr-defined]

    def format_value(self, value: Any) -> str:
        return self.last_word.isoformat() if self.last_word else ""


class DecisionForm(GovukForm):
    """Nothing is chosen beforehand: a person decides, having read it. The referral comes `with_last_word`."""

    decision = forms.ChoiceField(label=_("Your decision"), choices=Decision.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed if you return or refuse it. The officer reads this."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    read = forms.DateTimeField(required=False)
    reason_missing: str | Promise = _("Say why, so that the officer knows what to do.")
    submit_text = _("Save decision")
    mark_optional = False

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.referral = referral
        self.fields["read"].widget = LastWord(referral)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") in REASONED and not cleaned.get("reason", "").strip():
            self.add_error("reason", str(self.reason_missing))
        return cleaned

    def choice(self) -> Choice:
        """What was chosen, for the service."""
        given = self.cleaned_data
        return Choice(
            referral=self.referral, decision=Decision(given["decision"]), reason=given["reason"], read=given["read"]
        )


class OneOfManyForm(DecisionForm):
    """One referral's part of the sheet. Its fields carry the referral's own id, so that no answer lands on another person,
    and its sentences the person's name, so that each stands alone in the summary of errors."""

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, referral=referral, prefix=referral.public_id, **kwargs)
        self.name = referral.participant.full_name if referral.participant else ""
        words = {"name": self.name}
        decision, reason = self.fields["decision"], self.fields["reason"]
        decision.label = _g("Your decision on %(name)s") % words
        decision.error_messages["required"] = _g("Choose a decision on %(name)s") % words
        reason.label = _g("Reason for %(name)s") % words
        reason.widget.attrs["rows"] = 2
        self.reason_missing = _g("Say why for %(name)s, so that the officer knows what to do.") % words

    def refuse(self, refusal: Refusal) -> None:
        """Put a service's refusal beside the field it names, or beside the decision."""
        field = refusal.field if refusal.field in self.fields else "decision"
        self.add_error(field, f"{self.name}: {refusal.sentence}")


@dataclass(frozen=True)
class Line:
    """One referral of the sheet: with its form while it can be decided, else with the words why it cannot."""

    referral: Referral
    form: OneOfManyForm | None
    why_not: str


class DecisionSheet:
    """A decision on each of several referrals, sent together and taken one by one."""

    def __init__(self, data: Mapping[str, Any] | None, *, referrals: Sequence[Referral], authority: Authority) -> None:
        self.lines = []
        for referral in referrals:
            why_not = authority.why_not(referral)
            form = None if why_not else OneOfManyForm(data, referral=referral)
            self.lines.append(Line(referral=referral, form=form, why_not=why_not))
        self.forms = [line.form for line in self.lines if line.form]

    def is_valid(self) -> bool:
        """Whether every referral that can be decided has a whole answer. With one missing, nothing is decided."""
        return all([form.is_valid() for form in self.forms])

    def choices(self) -> list[Choice]:
        return [form.choice() for form in self.forms]

    def show(self, results: Collection[Result]) -> None:
        """Say beside each referral that is still open why it could not be decided."""
        refused: dict[UUID, Refusal] = {each.choice.referral.pk: each.refusal for each in results if each.refusal}
        for form in self.forms:
            if (refusal := refused.get(form.referral.pk)) and form.is_bound:
                form.refuse(refusal)
