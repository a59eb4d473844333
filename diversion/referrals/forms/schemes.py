"""A new scheme, and a draft of its rules as plain questions: nobody reads or writes data here."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.core.forms import GovukForm, SplitDateField, Text
from diversion.referrals.eligibility import KINDS
from diversion.referrals.enums import ClockOrigin, CompletionPolicy, RepeatCounts, RiskLevel
from diversion.referrals.models import OffenceCategory, Programme, SchemeVersion
from diversion.referrals.shapes import SHAPES

NARROW = {"class": "govuk-input--width-20"}


class SchemeForm(GovukForm):
    """What the agency, the disposal and the programme are; the rules come from the shape and are changed after."""

    shape = forms.ChoiceField(
        label=_("What does it look like?"),
        help_text=_("The first draft of the rules comes from here. You can change all of it."),
        choices=[(shape.code, shape.name) for shape in SHAPES.values()],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs=NARROW))
    code = forms.RegexField(
        r"\A[A-Z0-9-]+\Z",
        label=_("Code"),
        help_text=_("Capital letters, numbers and dashes, for example CAUTION-2. Your own systems name the scheme by it."),
        max_length=20,
        error_messages={"invalid": _("Use capital letters, numbers and dashes only")},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )
    programme = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.order_by("name"),
        to_field_name="public_id",
        empty_label=_("Choose a programme"),
    )
    in_force_from = SplitDateField(label=_("In force from"), help_text=_("From this day offers can be made under it."))
    submit_text = _("Save the first draft")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {shape.code: shape.hint for shape in SHAPES.values()}
        self.fields["shape"].option_hints = hints  # type: ignore[attr-defined]


def _number(label: Any, least: int, most: int, *, hint: Any = "", required: bool = True) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "govuk-input--width-4"})
    return forms.IntegerField(
        label=label, help_text=hint, min_value=least, max_value=most, required=required, widget=widget
    )


def _limit(rule: str, label: Any, *, hint: Any = "") -> forms.IntegerField:
    """The number of one kind of rule; left empty, the scheme does not have that rule."""
    return _number(label, KINDS[rule].least, KINDS[rule].most, hint=hint, required=False)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


LIMITS = {
    "youngest": "age-at-least",
    "oldest": "age-at-most",
    "offence_days": "offence-at-most-days-old",
    "gravity": "gravity-at-most",
    "previous": "previous-disposals-at-most",
}
TICKS = {"facts_hold": "facts-hold", "victim_asked": "victim-asked"}
ANY = "any"
OFFENCES = {"in": "offence-category-in", "not-in": "offence-category-not-in"}

SECTIONS: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "version": (_("This version"), ("in_force_from", "change_note")),
    "eligible": (
        _("Who may be offered it"),
        (
            "admitted_risk_levels", "youngest", "oldest", "offences", "categories", "offence_days", "gravity", "previous",
            "facts_hold", "victim_asked", "repeat_bar_months", "repeat_counts",
        ),
    ),
    "clocks": (
        _("Dates"),
        (
            "acceptance_days", "unopened_days", "book_by_days", "complete_by_weeks", "complete_by_origin", "cap_weeks",
            "backstop_months", "backstop_margin_days",
        ),
    ),
    "completion": (_("Completion and cost"), ("completion_policy", "rejoin_weeks", "longest_gap_weeks", "cost_recovery")),
    "moving": (_("Moving to another course, and giving a place up"), ("most_moves", "free_notice_days", "full_fee_hours", "cooling_off_days")),
    "retention": (_("How long records are kept"), ("retention_completed_months", "retention_otherwise_months")),
    "offer": (_("Words of the offer"), ("offer_text_en", "offer_text_cy")),
}  # fmt: skip


class VersionForm(GovukForm):
    """Every rule of one draft. `rules()` gives them as the services take them."""

    in_force_from = SplitDateField(label=_("In force from"), help_text=_("Not before today when it is published."))
    change_note = forms.CharField(
        label=_("What changes, and why"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    admitted_risk_levels = forms.MultipleChoiceField(
        label=_("Levels of risk that are admitted"),
        help_text=_("Whoever has another level is refused, and counted."),
        choices=RiskLevel.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one level of risk")},
    )
    youngest = _limit("age-at-least", _("Youngest age"))
    oldest = _limit("age-at-most", _("Oldest age"))
    offences = _choice(
        _("Which offences does it take?"),
        [(ANY, _("Any offence")), ("in", _("Only those I choose")), ("not-in", _("Any but those I choose"))],
    )
    categories = forms.MultipleChoiceField(
        label=_("The offences I choose"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
    )
    offence_days = _limit("offence-at-most-days-old", _("Days since the offence, at the most"))
    gravity = _limit("gravity-at-most", _("Gravity score, at the most"), hint=_("From 1 to 5."))
    previous = _limit("previous-disposals-at-most", _("Earlier disposals, at the most"))
    facts_hold = forms.BooleanField(
        label=_("Everything that the disposal requires must be recorded and true"), required=False
    )
    victim_asked = forms.BooleanField(
        label=_("The victim’s views must be sought, unless there is no victim"), required=False
    )
    repeat_bar_months = _number(
        _("Months until the same programme may be offered again"),
        0,
        240,
        hint=_("From the earlier offence. 0 means no bar."),
    )
    repeat_counts = _choice(_("What counts as a turn"), RepeatCounts.choices)
    acceptance_days = _number(_("Days to answer the offer"), 1, 90)
    unopened_days = _number(_("Days until an unopened offer is looked into"), 1, 90)
    book_by_days = _number(_("Days to book, from the offer"), 1, 180)
    complete_by_weeks = _number(_("Weeks to finish"), 1, 104)
    complete_by_origin = _choice(_("The weeks to finish count from"), ClockOrigin.choices)
    cap_weeks = _number(_("Longest time to finish, with every extension, in weeks"), 1, 104)
    backstop_months = _number(_("Months in which a summary-only offence can go to court"), 1, 36)
    backstop_margin_days = _number(_("Days of these kept free to build a file"), 0, 180)
    completion_policy = _choice(_("What follows a missed session"), CompletionPolicy.choices)
    rejoin_weeks = _number(_("Weeks in which a person may rejoin"), 0, 52)
    longest_gap_weeks = _number(
        _("Weeks after which an unfinished course counts no more"),
        0,
        104,
        hint=_("Until the next course begins where the last was left. 0 means that it always counts."),
    )
    most_moves = _number(_("How often a person may move to another course"), 0, 20)
    free_notice_days = _number(
        _("Days before the course until which that is free"),
        0,
        60,
        hint=_("Later it costs half the price, as does giving the place up."),
    )
    full_fee_hours = _number(_("Hours before the course from which it costs the full price"), 0, 24 * 60)
    cooling_off_days = _number(_("Days after paying in which all the money goes back, 0 where the law gives none"), 0, 60)
    cost_recovery = forms.DecimalField(
        label=_("The agency’s share of each fee"),
        help_text=_("For example 45 or 45.50. It is part of what the person pays."),
        min_value=0,
        max_value=1000,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"}),
    )
    retention_completed_months = _number(
        _("Months after the offence, if completed"),
        1,
        600,
        hint=_("Longer than the repeat bar, which is asked of these records."),
    )
    retention_otherwise_months = _number(_("Months, if not completed"), 1, 600)
    offer_text_en = forms.CharField(
        label=_("In English"),
        help_text=_("You can write {programme}, {complete_by}, {book_by} and {agency}: they are filled in."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Enter the words of the offer in English")},
    )
    offer_text_cy = forms.CharField(
        label=_("In Welsh"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    submit_text = _("Save the draft")

    def __init__(self, *args: Any, version: SchemeVersion, **kwargs: Any) -> None:
        super().__init__(*args, initial=stored(version), **kwargs)
        offences = OffenceCategory.objects.order_by("name").values_list("code", "name")
        self.fields["categories"].choices = list(offences)  # type: ignore[attr-defined]
        self.fields["cost_recovery"].prefix = "£"  # type: ignore[attr-defined]

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        helper.layout = Layout(*[Fieldset(str(title), *names) for title, names in SECTIONS.values()])
        return helper

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("offences") in OFFENCES and not cleaned.get("categories"):
            self.add_error("categories", _("Choose at least one offence"))
        return cleaned

    def rules(self) -> dict[str, Any]:
        """What was typed, as the fields of a version; the day it comes into force is apart."""
        typed = dict(self.cleaned_data)
        eligibility: list[dict[str, Any]] = []
        for name, rule in LIMITS.items():
            limit = typed.pop(name)
            if limit is not None:
                eligibility.append({"rule": rule, KINDS[rule].number: limit})
        offences, codes = typed.pop("offences"), typed.pop("categories")
        if offences in OFFENCES:
            eligibility.append({"rule": OFFENCES[offences], "codes": codes})
        eligibility += [{"rule": rule} for name, rule in TICKS.items() if typed.pop(name)]
        pence = int(typed.pop("cost_recovery") * 100)
        del typed["in_force_from"]
        return {**typed, "cost_recovery_pence": pence, "eligibility": eligibility}


def stored(version: SchemeVersion) -> dict[str, Any]:
    """The rules of a version as the answers to the form's questions."""
    known = {rule["rule"]: rule for rule in version.eligibility}
    asked: dict[str, Any] = {"offences": ANY, "categories": []}
    for name, rule in LIMITS.items():
        asked[name] = known[rule][KINDS[rule].number] if rule in known else None
    for name, rule in OFFENCES.items():
        if rule in known:
            asked.update(offences=name, categories=known[rule]["codes"])
    asked.update({name: rule in known for name, rule in TICKS.items()})
    plain = [name for _title, names in SECTIONS.values() for name in names if name not in {*asked, "cost_recovery"}]
    fee = f"{version.cost_recovery_pence / 100:.2f}".removesuffix(".00")
    return {**asked, **{name: getattr(version, name) for name in plain}, "cost_recovery": fee}


class PublishForm(GovukForm):
    """`seen` is when the draft that this page shows was last changed."""

    seen = forms.DateTimeField(widget=forms.HiddenInput)
    submit_text = _("Publish this version")
