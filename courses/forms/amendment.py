"""Changing one mark of a register that was sent, or giving one to who has none."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.enums import IdentitySeen, OutcomeCode
from courses.forms.register import IDENTITIES, minutes_field
from courses.models import Attendance, Booking
from courses.outcomes import Outcome
from courses.services.register import Mark
from diversion.core.forms import GovukForm


class AmendmentForm(GovukForm):
    """What the mark should say, and why it was wrong. `seen` counts the values that the page showed; 0 for who had no mark."""

    outcome = forms.ChoiceField(
        label=_("What happened?"), widget=forms.RadioSelect, error_messages={"required": _("Choose what happened")}
    )
    identity = forms.ChoiceField(required=False, choices=IDENTITIES, label=_("What did they show to prove who they are?"))
    late = minutes_field(_("Minutes late"))
    early = minutes_field(_("Minutes they left early"))
    because = forms.CharField(
        required=False, max_length=500, label=_("If they were not let in, why?"), widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(
        max_length=500, label=_("Why was the mark wrong?"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The officer in the case reads this. Both marks are kept."),
        error_messages={"required": _("Say why the mark was wrong")},
    )  # fmt: skip
    sure = forms.BooleanField(
        label=_("I have checked this. The officer and the person will be told."),
        error_messages={"required": _("Tick the box to say that you have checked this")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    submit_text = _("Change this mark")
    mark_optional = False

    def __init__(
        self, *args: Any, booking: Booking, history: Sequence[Attendance], outcomes: Sequence[Outcome], **kwargs: Any
    ) -> None:
        super().__init__(*args, initial=_said(history), **kwargs)
        self.booking = booking
        if not history:
            self.submit_text = _("Give this mark")
            self.fields["reason"].label = _("Why did they have no mark?")
            self.fields["reason"].help_text = _("The officer in the case reads this.")
            self.fields["reason"].error_messages["required"] = _("Say why they had no mark")
        outcome = self.fields["outcome"]
        outcome.choices = [(each.code.value, each.words) for each in outcomes]  # type: ignore[attr-defined]
        outcome.option_hints = {each.code.value: each.hint for each in outcomes}  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        # Nothing is chosen beforehand for who has no mark: a hurried hand must not record a passport that nobody saw.
        if cleaned.get("outcome") not in {None, OutcomeCode.UAAB} and not cleaned.get("identity"):
            self.add_error("identity", _("Choose what they showed to prove who they are"))
        if cleaned.get("outcome") == OutcomeCode.REFL and "late" not in self.errors and not cleaned.get("late"):
            self.add_error("late", _("Say how many minutes late they were"))
        if cleaned.get("outcome") == OutcomeCode.UAAB and (cleaned.get("late") or cleaned.get("early")):
            self.add_error("late", _("They did not come: leave the minutes empty"))
        return cleaned

    def amended(self) -> Mark:
        """The mark as it should be, once the form is valid. Who did not come showed nothing."""
        typed = self.cleaned_data
        outcome = OutcomeCode(typed["outcome"])
        seen = IdentitySeen.NOT_SEEN if outcome == OutcomeCode.UAAB else IdentitySeen(typed["identity"])
        return Mark(self.booking.pk, outcome, seen, typed["late"] or 0, typed["early"] or 0, typed["because"].strip())


def _said(history: Sequence[Attendance]) -> dict[str, Any]:
    if not history:
        return {"seen": 0}
    last = history[-1]
    return {
        "outcome": last.outcome, "identity": last.identity_seen, "late": last.minutes_late or None,
        "early": last.left_early_minutes or None, "because": last.refused_because, "seen": len(history),
    }  # fmt: skip
