"""States and choices of the provider's half."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.core.lifecycle import Stateful


class CourseState(Stateful):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class BookingState(Stateful):
    HELD = "held"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    LAPSED = "lapsed"
    CANCELLED_BY_PARTICIPANT = "cancelled_by_participant"
    CANCELLED_BY_PROVIDER = "cancelled_by_provider"
    CANCELLED_BY_AGENCY = "cancelled_by_agency"
    SUPERSEDED = "superseded"


class OutcomeCode(models.TextChoices):
    """Attendance outcomes (domain.md section 6). What each means on the two axes is in `outcomes.py`."""

    ATTC = "ATTC", _("Attended")
    AFTC = "AFTC", _("Attended, but did not take part as asked")
    ATSH = "ATSH", _("Sent home because of behaviour")
    ATSS = "ATSS", _("Sent home because of us")
    REFL = "REFL", _("Arrived too late to be let in")
    UAAB = "UAAB", _("Did not come, no reason known")


class IdentitySeen(models.TextChoices):
    PASSPORT = "passport", _("Passport")
    DRIVING_LICENCE = "driving-licence", _("Driving licence")
    OTHER_PHOTO = "other-photo", _("Other photo document")
    KNOWN = "known", _("Questions only they could answer")
    NOT_SEEN = "not-seen", _("Not seen")


class MoveCause(models.TextChoices):
    """Who wanted the move: what it costs depends on it (rule 9)."""

    PARTICIPANT = "participant", _("The person asked")
    PROVIDER = "provider", _("The provider cancelled or changed the course")


class ReplacementState(Stateful):
    OFFERED = "offered"
    CHOSEN = "chosen"
    FORGONE = "forgone"


class LicenceKind(models.TextChoices):
    FULL = "full", _("Full")
    PROVISIONAL = "provisional", _("Provisional")


class WaitingState(Stateful):
    JOINED = "joined"
    OFFERED = "offered"
    TAKEN = "taken"
    PASSED = "passed"
    LEFT = "left"
    ENDED = "ended"
