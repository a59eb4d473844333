"""States of a charge, an attempt to pay it, and a refund."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion.core.lifecycle import Stateful


class ChargeState(Stateful):
    OWED = "owed"
    PAID = "paid"
    WAIVED = "waived"
    FUNDED = "funded"
    CANCELLED = "cancelled"
    REFUND_DUE = "refund_due"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"


class AttemptState(Stateful):
    RESERVED = "reserved"
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"


class RefundState(Stateful):
    REQUESTED = "requested"
    ATTEMPTING = "attempting"
    DONE = "done"
    FAILED = "failed"


class RefundCause(models.TextChoices):
    HOLD_ENDED = "hold-ended", _("Paid after the place had gone")
    PAID_TWICE = "paid-twice", _("Paid twice")
    PROVIDER_CANCELLED = "provider-cancelled", _("Provider cancelled")
    AGENCY_WITHDREW = "agency-withdrew", _("Agency withdrew")
    PARTICIPANT_CANCELLED = "participant-cancelled", _("Participant cancelled")
