"""Files of referrals as a force would write them."""

import csv
import io
from typing import Any

from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.partners.columns import COLUMNS
from diversion.partners.queries import example_row
from diversion.referrals.models import OffenceCategory
from tests.factories import make_agency, make_scheme, make_user

NAMES = [column.name for column in COLUMNS]


def make_house() -> Any:
    """An agency with a scheme that takes the template's example, and somebody at its hub."""
    OffenceCategory.objects.get_or_create(code="A-TEST", defaults={"name": "Test", "summary_only": False})
    agency = make_agency()
    make_scheme(agency)
    return make_user(Role.HUB, agency)


def row(hub: Any, number: int = 1, **cells: str) -> dict[str, str]:
    """A good row; every `number` is another person."""
    example = dict(zip(NAMES, example_row(hub.membership.organisation, day=clock.today()), strict=True))
    person = {"agency_reference": f"CR/{number}", "family_name": f"Person{_letters(number)}", "mobile": "+447700900982"}
    born = f"{1960 + number % 40}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    return {**example, **person, "date_of_birth": born, **cells}


def csv_of(*rows: dict[str, str], header: list[str] | None = None) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = header or NAMES
    writer.writerow(names)
    writer.writerows([each.get(name, "") for name in names] for each in rows)
    return text.getvalue().encode()


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
