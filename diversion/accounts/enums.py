"""Words for organisations and roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    AGENCY = "agency", _("Referring agency")
    PROVIDER = "provider", _("Course provider")
    SERVICE = "service", _("Service team")
    SELF = "self", _("Voluntary service")


class Role(models.TextChoices):
    """What a person is in an organisation. What each may do is in `roles.py`."""

    PARTICIPANT = "participant", _("Participant")
    TRAINER = "trainer", _("Trainer")
    PROVIDER_ADMINISTRATOR = "provider-administrator", _("Provider administrator")
    CASE_OFFICER = "case-officer", _("Case officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    HUB = "force-hub", _("Force hub")
    ANALYST = "analyst", _("Analyst")
    SUPPORT = "support", _("Support")


class Rank(models.IntegerChoices):
    """How senior somebody is, as disposals ask for it. Other services read it as the equivalent grade."""

    NONE = 0, _("No rank")
    CONSTABLE = 1, _("Constable or equivalent")
    SERGEANT = 2, _("Sergeant or equivalent")
    INSPECTOR = 3, _("Inspector or equivalent")
    CHIEF_INSPECTOR = 4, _("Chief inspector or equivalent")
    SUPERINTENDENT = 5, _("Superintendent or equivalent")


class Stead(models.TextChoices):
    """What somebody does in a colleague's stead for some days."""

    AUTHORISING = "authorising", _("Authorise referrals with their rank")
    CASES = "cases", _("Look after their cases")


class Nation(models.TextChoices):
    """Whose bank holidays count."""

    ENGLAND_AND_WALES = "england-and-wales", _("England and Wales")
    SCOTLAND = "scotland", _("Scotland")
    NORTHERN_IRELAND = "northern-ireland", _("Northern Ireland")
