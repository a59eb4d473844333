"""``manage.py rotate_field_keys``: seal every encrypted value anew with the primary key."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from diversion.core.encryption.rotation import count_stale, encrypted_models, rotate

PATIENCE_SECONDS = 10


class Command(BaseCommand):
    """Works batch by batch beside live traffic; may be stopped and started again."""

    help = "Seal every encrypted value anew with the primary field key. An old key may go once --check finds none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much at once, through which connection, or only look."""
        parser.add_argument("--batch", type=int, default=500, help="rows per transaction (default 500)")
        parser.add_argument("--database", default="owner" if "owner" in connections else "default")
        parser.add_argument("--check", action="store_true", help="change nothing; fail if an old key is in use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate each table in turn and report.

        :raises CommandError: values under an old key remain.
        """
        using, left = options["database"], 0
        for model in encrypted_models():
            done = 0 if options["check"] else self._rotate_table(model, options["batch"], using)
            stale = count_stale(model=model, using=using)
            left += stale
            self.stdout.write(f"{model._meta.db_table}: {done} rows sealed anew, {stale} left")
        if left:
            raise CommandError(f"{left} rows are still sealed by an older key. Keep it, and run this again.")

    def _rotate_table(self, model: Any, batch: int, using: str) -> int:
        done, patience = 0, PATIENCE_SECONDS
        while True:
            done += (just_done := rotate(model=model, batch=batch, using=using))
            if just_done:
                continue
            # Nothing was free. What is left, if anything, is locked by someone at work: wait a little.
            if not patience or not count_stale(model=model, using=using):
                return done
            patience -= 1
            time.sleep(1)
