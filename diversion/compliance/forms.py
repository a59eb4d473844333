"""The officer's filters and notes."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm
from diversion.referrals.enums import EVENTS_ELSEWHERE, OF_THE_PERSON, ClosureReason
from diversion.referrals.policies import NoteIsMissing, check_closure_note

SHOW = [("open", _("Open cases")), ("done", _("Completed and closed cases")), ("all", _("Everything"))]
WHOSE = [
    ("mine", _("Only my own, and those I look after")),
    ("team", _("Only my team’s")),
    ("attention", _("Only those with a task")),
]


class CaseFilterForm(GovukForm):
    """Starts empty: all open cases the person may see."""

    show = forms.ChoiceField(label=_("Which cases"), choices=[("", _("Open cases")), *SHOW[1:]], required=False)
    whose = forms.MultipleChoiceField(
        label=_("Narrow down"), choices=WHOSE, widget=forms.CheckboxSelectMultiple, required=False
    )
    mark_optional = False
    method = "get"
    submit_text = _("Apply filters")

    def tags(self, *, searching: bool) -> list[dict[str, str]]:
        """The chosen filters, each with the address of the list without it."""
        shown = self.cleaned_data
        chosen = [("show", shown.get("show", "")), *(("whose", each) for each in shown.get("whose", []))]
        words = {**dict(SHOW), **dict(WHOSE)}
        found = [
            {
                "text": str(words[value]),
                "url": "?" + urlencode([each for each in chosen if each != (name, value) and each[1]]),
            }
            for name, value in chosen
            if value
        ]
        return [*found, {"text": str(_("Search results")), "url": "?clear=1"}] if searching else found


class CaseSearchForm(GovukForm):
    """Sent by POST: what is typed never stands in an address, a log or a history."""

    term = forms.CharField(
        label=_("Find a person"),
        help_text=_("Surname or reference"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )
    mark_optional = False
    submit_text = _("Search")


REOPEN = "reopen"


class TaskOutcomeForm(GovukForm):
    """What was done about a task, in the officer's words."""

    outcome = forms.CharField(
        label=_("What have you decided or done, and why?"),
        help_text=_("This goes on the case timeline with your name. It does not end the case or change the dates."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    submit_text = _("Record and close the task")

    def __init__(self, *args: Any, undone: bool = False, **kwargs: Any) -> None:
        """`undone`: a completion no longer stands, and the officer says what that means for the requirement."""
        super().__init__(*args, **kwargs)
        if undone:
            self.fields["undone"] = forms.ChoiceField(
                label=_("Does the requirement still count as met?"),
                choices=[("keep", _("Yes, leave it as it is")), (REOPEN, _("No, it is still to be met"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether the requirement still counts as met")},
            )
            self.order_fields(["undone", "outcome"])
            self.fields["outcome"].help_text = _("This goes on the case timeline with your name.")
        self.fields["outcome"].error_messages["required"] = _("Say what you have decided or done, and why")


OUR_DECISIONS = [each for each in ClosureReason if each not in {*EVENTS_ELSEWHERE, ClosureReason.LEFT}]


class ClosureForm(GovukForm):
    """Why a case ends: what happened elsewhere, or what we decided. `LEFT` is for people who came of their own accord."""

    reason = forms.ChoiceField(
        label=_("Why is the case closed?"),
        choices=[(each.value, each.label) for each in (*EVENTS_ELSEWHERE, *OUR_DECISIONS)],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    note = forms.CharField(
        label=_("Note for the file"),
        help_text=_("Needed for another reason. Officers read it; the person does not."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    mark_optional = False
    submit_text = _("Close this case")
    submit_style = "warning"
    cancel_text = _("Keep the case open")

    def __init__(self, *args: Any, cancel_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cancel_url = cancel_url
        reason: Any = self.fields["reason"]
        everywhere = _("Ends every open case of this person in your agency. Nobody writes to them.")
        reason.option_hints = {each.value: everywhere for each in OF_THE_PERSON}
        reason.option_headings = {
            EVENTS_ELSEWHERE[0].value: _("Something happened elsewhere"),
            OUR_DECISIONS[0].value: _("Our decision"),
        }
        reason.error_messages["required"] = _("Choose why the case is closed")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            check_closure_note(cleaned.get("reason", ""), cleaned.get("note", ""))
        except NoteIsMissing as refusal:
            self.add_error("note", refusal.sentence)
        return cleaned
