"""The columns of a file of referrals, once: their names, what they take, an example, and which question of ours each answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diversion.referrals.enums import FactKind
from diversion.referrals.forms import drafts, file
from diversion.referrals.forms.needs import NeedsForm
from diversion.referrals.services.file import MOST_CONDITIONS

REFERENCE = "agency_reference"
OFFICER = "officer_email"
SCHEME = "scheme"
CATEGORY = "offence_category"
SAID_ON, SAID_TO = "said_on", "said_to"
PHONES = {"mobile"}
SECTIONS: Mapping[str, type[drafts.SectionForm]] = {
    "person": drafts.PersonForm,
    "offence": drafts.OffenceForm,
    "victim": file.VictimForm,
    "history": file.HistoryForm,
    "risk": drafts.RiskForm,
    "conditions": file.ConditionsForm,
    "needs": NeedsForm,
}
"""The officer's own forms check the cells: a file is held to what a page is held to."""


class Kind(StrEnum):
    TEXT = "text"
    DATE = "date"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """`example` is a text, or for a date how many days ago. `section` and `field` say which question it answers."""

    name: str
    what: str | Promise
    example: str | int = ""
    required: bool = True
    section: str = ""
    field: str = ""
    kind: Kind = Kind.TEXT

    @property
    def asked(self) -> forms.Field | None:
        """The field of ours that takes it; None for what has a rule of its own."""
        form = SECTIONS.get(self.section)
        return form.base_fields.get(self.field) if form else None


_DAY = _("A date: 2026-03-27 or 27/3/2026.")


def _text(
    section: str, name: str, what: str | Promise, example: str = "", *, field: str = "", required: bool = True
) -> Column:
    return Column(name, what, example, required, section, field or name)


def _day(section: str, name: str, example: str | int, *, field: str = "", required: bool = True) -> Column:
    return Column(name, _DAY, example, required, section, field or name, Kind.DATE)


def _list(section: str, name: str, what: str | Promise, example: str = "", *, required: bool = True) -> Column:
    return Column(name, what, example, required, section, name, Kind.LIST)


def _conditions() -> list[Column]:
    return [
        each
        for n in range(1, MOST_CONDITIONS + 1)
        for each in (
            _text("conditions", f"condition_{n}", _("What else the person must do."), field=f"words_{n}", required=False),
            _text(
                "conditions",
                f"condition_{n}_proof",
                _("How you will know that it was kept: receipt, letter or officer."),
                field=f"verified_by_{n}",
                required=False,
            ),
        )
    ]


def fact_column(kind: FactKind) -> str:
    """The column that says whether a fact holds."""
    return kind.value.replace("-", "_")


COLUMNS: tuple[Column, ...] = (
    _text("person", REFERENCE, _("Your own reference. By it the same referral is known again."), "EXAMPLE-1"),
    Column(OFFICER, _("E-mail of the officer in the case. Empty: whoever uploads the file."), required=False),
    _text("person", "given_names", _("First names."), "Sam"),
    _text("person", "family_name", _("Last name."), "Example"),
    _day("person", "date_of_birth", "1990-05-17"),
    _text("person", "email", _("E-mail address."), "sam@example.org", required=False),
    _text("person", "mobile", _("Mobile number."), "07700 900982", required=False),
    _text("person", "address", _("As on an envelope, without the postcode."), "1 High Street, Anytown", required=False),
    _text("person", "postcode", _("Postcode."), "SW1A 1AA", required=False),
    _text("person", "language", _("Language of letters. Empty: English."), "en-gb", required=False),
    _day("offence", "offence_on", 20),
    _text("offence", CATEGORY, _("The code of a category of offence.")),
    _day("offence", "disposal_on", 2),
    Column(SCHEME, _("The code of one of your agency’s schemes.")),
    _text("victim", "victim", _("Whether there is a victim, and whether they were asked."), "no-victim", field="situation"),
    _day("victim", "victim_contacted_on", "", field="contacted_on", required=False),
    _text("victim", "victim_views", _("What the victim thinks."), field="views", required=False),
    _text("history", "gravity_score", _("A whole number from 1 to 5."), "2"),
    _text("history", "gravity_reasons", _("Why this score."), "Low value.", field="rationale"),
    _text("history", "previous_disposals", _("How many out-of-court disposals came before: a whole number."), "0"),
    _text("history", "history", _("What came before, and when."), required=False),
    _text("risk", "risk_tool", _("Assessment tool."), "Triage tool", field="tool"),
    _text("risk", "risk_level", _("The level of risk."), "low", field="level"),
    _day("risk", "risk_decided_on", 2, field="decided_on"),
    _text("risk", "risk_assessor", _("Who assessed the risk."), "A. Assessor", field="assessor"),
    _text("risk", "risk_reasons", _("The reasons for the level."), "No previous history.", field="rationale"),
    *(Column(fact_column(kind), kind.label, "yes", required=False) for kind in FactKind),
    Column(SAID_ON, _("The day of what was said and agreed: 2026-03-27 or 27/3/2026."), 2, False, kind=Kind.DATE),
    Column(SAID_TO, _("To whom it was said: name or collar number."), "PC Example", required=False),
    *_conditions(),
    _list("needs", "needs", _("What the person needs at a course, with ; between. Empty: nothing."), required=False),
    _text("needs", "interpreter_language", _("Language of the interpreter."), required=False),
    _text("needs", "needs_notes", _("In the person’s own words."), required=False),
    _list("needs", "safe_routes", _("How it is safe to reach them, with ; between: or all, or none."), "all"),
    _text("needs", "safe_from", _("Messages and calls not before, like 09:00. Empty: any time."), required=False),
    _text("needs", "safe_until", _("Messages and calls not after, like 17:00."), required=False),
)
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
REQUIRED = [column.name for column in COLUMNS if column.required]


def codes_of(column: Column) -> list[tuple[str, str]]:
    """The codes that a column takes, with what each means; none where any words will do."""
    if column.name in {fact_column(kind) for kind in FactKind}:
        return [("yes", str(_("Yes"))), ("no", str(_("No")))]
    asked = column.asked
    if isinstance(asked, forms.ModelChoiceField) or not isinstance(asked, forms.ChoiceField):
        return []
    return [(str(code), str(label)) for code, label in asked.widget.choices if code]
