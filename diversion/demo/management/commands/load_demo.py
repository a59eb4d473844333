"""`manage.py load_demo`: tell the story once, and print the letters that are still unopened."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.core import clock
from diversion.demo.story.letters import ready_letters
from diversion.demo.story.telling import is_begun, is_told, tell


class Command(BaseCommand):
    help = "Load the demo's story into an empty database; where it has been loaded, leave it as it is. Prints the ready letters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--letters", action="store_true", help="print the letters only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DIVERSION_DEMO is not set: the story is for the demo alone.")
        if is_begun() and not is_told():
            raise CommandError("The demo's story was interrupted while it was loaded. `make demo-reset` starts over.")
        if not options["letters"] and not is_told():
            tell(at=clock.now())
        letters = ready_letters()
        for letter in letters:
            self.stdout.write(f"  reference {letter.reference}   PIN {letter.pin}   born {letter.born}")
        if not letters:
            self.stdout.write("  All letters have been opened. `make demo-reset` starts over.")
