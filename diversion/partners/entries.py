"""From the cells of one row to an entry that can be taken in, or what is wrong with them, column by column."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from diversion.accounts.models import Membership, Organisation, User
from diversion.accounts.permissions import Permission
from diversion.partners import columns
from diversion.partners.columns import BY_NAME, COLUMNS, OFFICER, SAID_ON, SAID_TO, SCHEME, Kind, codes_of, fact_column
from diversion.referrals.enums import FactKind
from diversion.referrals.forms.file import AgreementForm
from diversion.referrals.models import OffenceCategory, Referral, Scheme
from diversion.referrals.needs import ROUTES
from diversion.referrals.queries import disposals_on
from diversion.referrals.services.intake import Entry, Trouble

ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
BRITISH = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")
NOBODYS = UUID(int=0)
"""A key that no row has."""
IN_SECTIONS = ("victim_view", "previous_history", "risk_decision", "legal_facts", "conditions")
"""What a section's form reads of a referral beside its own columns."""
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class House:
    """What is looked up once for a whole file: the agency's schemes with their law, the categories, and its referrers.

    `shells` are the empty referrals that the forms are asked for: one for each scheme, and one, under "", for none.
    """

    agency: Organisation
    schemes: Mapping[str, Scheme]
    shells: Mapping[str, Referral]
    categories: Mapping[str, Any]
    referrers: Mapping[str, User]


@dataclass(frozen=True, slots=True)
class Ready:
    entry: Entry
    officer: User


def house_of(agency: Organisation, *, day: date) -> House:
    """What the agency has on a day."""
    schemes = Scheme.objects.filter(agency=agency).select_related("programme", "disposal").prefetch_related("versions")
    live = Membership.objects.live().filter(organisation=agency, user__is_active=True).select_related("user")
    law = disposals_on([each.disposal.code for each in schemes], day=day)
    shells = {
        each.code.casefold(): Referral(agency=agency, scheme=each, disposal=law.get(each.disposal.code)) for each in schemes
    }
    shells[""] = Referral(agency=agency)
    # That they hold nothing is asked once here, and not by each form of each row.
    prefetch_related_objects(list(shells.values()), *IN_SECTIONS)
    referrers = [each.user for each in live if each.user.may(Permission.REFER)]
    return House(
        agency=agency,
        schemes={each.code.casefold(): each for each in schemes},
        shells=shells,
        categories={code.casefold(): pk for code, pk in OffenceCategory.objects.values_list("code", "pk")},
        referrers={user.email.casefold(): user for user in referrers if user.email},
    )


def ready(cells: Cells, house: House, *, uploader: User | None) -> Ready | list[Trouble]:
    """The entry and its officer: a live colleague by e-mail, or else the uploader."""
    wrong: list[Trouble] = []
    officer = house.referrers.get(cells.get(OFFICER, "").casefold()) if cells.get(OFFICER) else uploader
    if officer is None:
        wrong.append(Trouble(OFFICER, "unknown", _("Enter the e-mail of a colleague who may make referrals.")))
    scheme = house.schemes.get(cells.get(SCHEME, "").casefold())
    if scheme is None:
        wrong.append(Trouble(SCHEME, "unknown", _("Enter the code of one of your agency’s schemes.")))
    shell = house.shells[scheme.code.casefold() if scheme else ""]
    given: dict[str, dict[str, Any]] = {}
    for section, form_class in columns.SECTIONS.items():
        form = form_class(_data(section, cells, house), referral=shell)
        wrong += _errors(form.errors.as_data(), {each.field: each.name for each in COLUMNS if each.section == section})
        given[section] = {} if form.errors else form.values()
    agreement = AgreementForm(_said(shell, cells), referral=shell)
    wrong += _errors(agreement.errors.as_data(), _fact_columns())
    if wrong or officer is None or scheme is None:
        return wrong
    entry = Entry(
        scheme=scheme,
        facts=agreement.values()["facts"],
        conditions=given.pop("conditions")["conditions"],
        **given,
    )
    return Ready(entry, officer)


def column_of(trouble: Trouble) -> Trouble:
    """A service's refusal, told of the column instead of the form's field."""
    names = {each.field: each.name for each in COLUMNS if each.field} | _fact_columns()
    return Trouble(names.get(trouble.field, trouble.field), trouble.code, trouble.message)


def _data(section: str, cells: Cells, house: House) -> dict[str, Any]:
    """What the section's page would have sent."""
    data: dict[str, Any] = {}
    for column in COLUMNS:
        if column.section != section:
            continue
        cell = cells.get(column.name, "")
        if column.kind == Kind.DATE:
            data |= _parts(column.field, cell)
        elif column.kind == Kind.LIST:
            data[column.field] = _listed(column.name, cell)
        elif column.name == columns.CATEGORY:
            data[column.field] = house.categories.get(cell.casefold(), cell and NOBODYS)
        else:
            data[column.field] = cell
    if section == "person":
        data["language"] = data["language"] or "en-gb"
    return data


def _parts(field: str, cell: str) -> dict[str, str]:
    found = ISO.fullmatch(cell) or BRITISH.fullmatch(cell)
    # What is no date is handed on as it is, so that the field itself says so.
    parts = found.groupdict() if found else dict.fromkeys(("day", "month", "year"), "?" if cell else "")
    return {f"{field}_{part}": text for part, text in parts.items()}


def _listed(name: str, cell: str) -> list[str]:
    words = [word.strip().lower() for word in cell.split(";") if word.strip()]
    if name != "safe_routes":
        return words
    return {"all": list(ROUTES), "none": []}.get(" ".join(words), words or ["unsaid"])


def _said(shell: Referral, cells: Cells) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for kind in FactKind:
        data[f"{kind}_holds"] = cells.get(fact_column(kind), "").lower()
        data |= _parts(f"{kind}_said_on", cells.get(SAID_ON, ""))
        data[f"{kind}_said_to"] = cells.get(SAID_TO, "")
    return data


def _fact_columns() -> dict[str, str]:
    return {
        f"{kind}_{part}": name
        for kind in FactKind
        for part, name in [("holds", fact_column(kind)), (SAID_ON, SAID_ON), (SAID_TO, SAID_TO)]
    }


def _errors(found: Mapping[str, list[ValidationError]], names: Mapping[str, str]) -> Iterator[Trouble]:
    told: set[tuple[str, str]] = set()
    for field, errors in found.items():
        name = names.get(field, "")
        for error in errors:
            code = error.code or "invalid"
            if (name, code) not in told:
                told.add((name, code))
                yield Trouble(name, code, _words(name, code, error))


def _words(name: str, code: str, error: ValidationError) -> str:
    """The field's own words, but never Django's that repeat what was typed."""
    if code != "invalid_choice":
        return " ".join(error.messages)
    codes = [code for code, _label in codes_of(BY_NAME[name])] if name else []
    if codes:
        return _("Use one of: %(codes)s.") % {"codes": ", ".join(codes)}
    return _("Use a code from the column guide.")
