"""`manage.py verify_audit`: has anybody touched the trail?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.audit.chain import faults, head
from diversion.core import clock


class Command(BaseCommand):
    help = "Verify the chain over the trail. Exits 1 and names the first bad link. Prints the head: note it outside the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--witness", default="", help="a head printed earlier, POSITION:HASH; finds a tail that was cut off"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(faults(at=clock.now(), witness=options["witness"]))
        for fault in found:
            self.stderr.write(f"BROKEN: {fault}")
        if found:
            raise CommandError("The trail has been tampered with, or sealing has stopped.")
        self.stdout.write(str(head()))
