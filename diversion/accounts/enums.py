"""Words for organisations and roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    AGENCY = "agency", _("Referring agency")
    PROVIDER = "provider", _("Course provider")
    SERVICE = "service", _("Service team")


class Role(models.TextChoices):
    """What a person is in an organisation. What each may do is in `roles.py`."""

    PARTICIPANT = "participant", _("Participant")
    TRAINER = "trainer", _("Trainer")
    PROVIDER_ADMINISTRATOR = "provider-administrator", _("Provider administrator")
    CASE_OFFICER = "case-officer", _("Case officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    ANALYST = "analyst", _("Analyst")
    SUPPORT = "support", _("Support")


class Nation(models.TextChoices):
    """Whose bank holidays count."""

    ENGLAND_AND_WALES = "england-and-wales", _("England and Wales")
    SCOTLAND = "scotland", _("Scotland")
    NORTHERN_IRELAND = "northern-ireland", _("Northern Ireland")
