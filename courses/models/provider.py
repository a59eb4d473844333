"""Who may run a programme, where, and how its sessions go."""

from django.db import models

from courses.querysets import ProviderQuerySet, VenueQuerySet
from diversion.accounts.enums import Nation
from diversion.accounts.models import Organisation
from diversion.core.models import PublicRow, Row
from diversion.referrals.models import Programme


class Provider(PublicRow):
    """A licensed organisation that delivers courses. `statement_descriptor` is what a card statement shows (rule 14)."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="provider")
    statement_descriptor = models.CharField(max_length=22)
    vat_registered = models.BooleanField(default=False)
    joining_help_phone = models.CharField(max_length=20, blank=True)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(statement_descriptor__regex=r"^[A-Za-z0-9 .-]{5,22}$"),
                name="courses_provider_descriptor_5_to_22",
            )
        ]

    def __str__(self) -> str:
        return self.organisation.name


class SessionTemplate(Row):
    """One of a programme's sessions, in order."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="session_templates")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "position"], name="courses_sessiontemplate_position"),
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="courses_sessiontemplate_has_length"),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class Venue(PublicRow):
    """A place with its access facts. `nation` is whose bank holidays it keeps; `access_words` and `transport_words` are plain words."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="venues")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    latitude = models.FloatField()
    longitude = models.FloatField()
    nation = models.CharField(max_length=20, choices=Nation.choices, default=Nation.ENGLAND_AND_WALES)
    step_free = models.BooleanField(default=False)
    parking = models.BooleanField(default=False)
    hearing_loop = models.BooleanField(default=False)
    accessible_toilet = models.BooleanField(default=False)
    quiet_room = models.BooleanField(default=False)
    access_words = models.TextField(blank=True)
    transport_words = models.TextField(blank=True)

    objects = VenueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(nation__in=Nation.values), name="courses_venue_nation_is_known")
        ]

    def __str__(self) -> str:
        return self.name
