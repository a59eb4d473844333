"""The rules of a version as rows to read, and two versions beside each other. The words are those of the form's questions."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from diversion.core.money import pounds
from diversion.referrals.eligibility import short_day
from diversion.referrals.enums import SchemeVersionState
from diversion.referrals.forms.schemes import SECTIONS, VersionForm
from diversion.referrals.models import SchemeVersion

Row = dict[str, str]


def cards(version: SchemeVersion) -> list[dict[str, Any]]:
    """One card for each section of the rules; what a version does not ask is left out."""
    form = VersionForm(version=version)
    return [
        {"title": str(title), "rows": [{"key": _label(form, name), "value": _said(form, name)} for name in names]}
        for title, names in SECTIONS.values()
    ]


def differences(old: SchemeVersion | None, new: SchemeVersion) -> list[list[dict[str, Any]]]:
    """The rows of a table: each rule that differs, as it was and as it will be. Without an old version: none."""
    if old is None:
        return []
    before, after = VersionForm(version=old), VersionForm(version=new)
    names = [name for _title, each in SECTIONS.values() for name in each if name not in {"in_force_from", "change_note"}]
    said = [(name, _said(before, name), _said(after, name)) for name in names]
    return [
        [{"text": _label(after, name), "header": True}, {"text": was or _("Not asked")}, {"text": will or _("Not asked")}]
        for name, was, will in said
        if was != will
    ]


def state_tag(version: SchemeVersion, in_force: SchemeVersion | None, *, today: date) -> dict[str, str]:
    """What a version is today."""
    if version.state == SchemeVersionState.DRAFTED:
        return {"text": _("Draft"), "colour": "yellow"}
    if version.state == SchemeVersionState.DROPPED:
        return {"text": _("Dropped"), "colour": "grey"}
    if version == in_force:
        return {"text": _("In force"), "colour": "green"}
    if version.in_force_from > today:
        return {"text": _("Next"), "colour": "blue"}
    return {"text": _("Earlier"), "colour": "grey"}


def _label(form: VersionForm, name: str) -> str:
    return str(form.fields[name].label)


def _said(form: VersionForm, name: str) -> str:
    value, field = form.initial[name], form.fields[name]
    labels = {str(code): str(label) for code, label in getattr(field, "choices", [])}
    if name == "cost_recovery":
        return pounds(round(float(value) * 100))
    if isinstance(value, list):
        return ", ".join(labels.get(str(each), str(each)) for each in value)
    if isinstance(value, bool):
        return _("Yes") if value else ""
    if isinstance(value, date):
        return short_day(value)
    return "" if value is None else labels.get(str(value), str(value))
