"""`manage.py check_invariants`: non-zero, naming each broken invariant."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.compliance.invariants import INVARIANTS, broken


class Command(BaseCommand):
    help = "Check what must be true of the whole database. Exits 1 and names each broken invariant."

    def handle(self, *args: Any, **options: Any) -> None:
        found = broken()
        for rule, rows in found.items():
            self.stderr.write(f"BROKEN: {rule}: {', '.join(rows)}")
        if found:
            raise CommandError(f"{len(found)} of {len(INVARIANTS)} invariants are broken.")
        self.stdout.write(f"{len(INVARIANTS)} invariants hold.")
