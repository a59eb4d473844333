"""``manage.py import_referrals FILE.csv --agency CODE [--dry-run]``: a file of referrals, answered with one JSON object."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from diversion.accounts.enums import OrganisationKind, Role
from diversion.accounts.models import Membership, Organisation, User
from diversion.core import clock
from diversion.core.uploads import MOST_BYTES
from diversion.partners.entries import house_of
from diversion.partners.reading import FileIsUnreadable, read_rows
from diversion.partners.services.imports import take_in_line
from diversion.referrals.services.intake import Outcome


class Command(BaseCommand):
    """Exit code 0 when the file could be read, even if rows were refused; 2 otherwise, with why."""

    help = "Take in a CSV file of referrals. Each row is taken in whole or refused; the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, of which agency, and whether only to check it."""
        parser.add_argument("file")
        parser.add_argument("--agency", required=True, help="the agency's code")
        parser.add_argument("--dry-run", action="store_true", help="check every row and take in none")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what became of each row.

        :raises SystemExit: the file could not be read, or there is no such agency.
        """
        try:
            agency = _agency(options["agency"])
            lines = read_rows(_content(options["file"]))
        except FileIsUnreadable as refusal:
            self._say({"error": {"code": refusal.code, "message": str(refusal.sentence)}})
            sys.exit(2)
        at = clock.now()
        house, hub = house_of(agency, day=clock.day_of(at)), _hub(agency)
        counts, results = Counter[str](), []
        for line in lines:
            made = take_in_line(line=line, house=house, uploader=hub, dry_run=options["dry_run"], by=None, at=at)
            counts[made.status] += 1
            errors = [each.as_dict() for each in made.errors]
            results.append({"row": line.number, "status": made.status, "reference": made.reference, "errors": errors})
        self._say({"rows": len(lines), **{status.value: counts[status] for status in Outcome}, "results": results})

    def _say(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _agency(code: str) -> Organisation:
    found: Organisation | None = Organisation.objects.filter(kind=OrganisationKind.AGENCY, code=code).first()
    if found is None:
        raise FileIsUnreadable("unknown-agency", "There is no agency with this code.")
    return found


def _content(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError:
        raise FileIsUnreadable("no-file", "There is no such file, or it cannot be opened.") from None


def _hub(agency: Organisation) -> User | None:
    """Who is the officer of rows that name none: the longest-serving member of the agency's hub."""
    live = Membership.objects.live().filter(organisation=agency, role=Role.HUB, user__is_active=True)
    first = live.select_related("user").order_by("started_at", "pk").first()
    return first.user if first else None
