"""``manage.py invite_first``: the first person of a new organisation, who then invites the rest."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.accounts.enums import OrganisationKind, Role
from diversion.accounts.models import Organisation
from diversion.accounts.services.invitations import invite_colleague
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal

FIRST = {
    OrganisationKind.AGENCY: Role.SUPERVISOR,
    OrganisationKind.PROVIDER: Role.PROVIDER_ADMINISTRATOR,
    OrganisationKind.SERVICE: Role.SUPPORT,
}


class Command(BaseCommand):
    """Queues an invitation; the pump sends it. Nobody types a password for somebody else."""

    help = "Invite the first person of an organisation, which is created when its code is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The organisation and the person."""
        parser.add_argument("code", help="the organisation's short code")
        parser.add_argument("email")
        parser.add_argument("name", help="the person's full name")
        parser.add_argument("--kind", choices=OrganisationKind.values, help="needed when the code is new")
        parser.add_argument("--organisation-name", help="needed when the code is new")

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite them.

        :raises CommandError: a new code without kind and name, or the invitation is refused.
        """
        organisation = Organisation.objects.filter(code=options["code"]).first()
        if organisation is None:
            if not (options["kind"] and options["organisation_name"]):
                raise CommandError("This code is new: give --kind and --organisation-name.")
            organisation = Organisation.objects.create(
                code=options["code"], kind=options["kind"], name=options["organisation_name"]
            )
        try:
            invite_colleague(
                organisation=organisation,
                email=options["email"],
                name=options["name"],
                role=FIRST[OrganisationKind(organisation.kind)],
                by=Actor.system("command line"),
                at=clock.now(),
            )
        except Refusal as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self.stdout.write(f"An invitation to {organisation.name} is on its way. It works once, for 48 hours.")
