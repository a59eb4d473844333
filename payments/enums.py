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
    CARRIED = "carried"


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


class FundingState(Stateful):
    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RefundCause(models.TextChoices):
    HOLD_ENDED = "hold-ended", _("Paid after the place had gone")
    PAID_TWICE = "paid-twice", _("Paid twice")
    NOT_AS_ASKED = "not-as-asked", _("The sum taken was not the sum asked for")
    PROVIDER_CANCELLED = "provider-cancelled", _("Provider cancelled")
    AGENCY_WITHDREW = "agency-withdrew", _("Agency withdrew")
    PARTICIPANT_CANCELLED = "participant-cancelled", _("Participant cancelled")
    PRICE_DIFFERENCE = "price-difference", _("The new course costs less")


NOT_THE_PERSONS_DOING = frozenset(
    {RefundCause.HOLD_ENDED, RefundCause.PAID_TWICE, RefundCause.NOT_AS_ASKED, RefundCause.PROVIDER_CANCELLED}
)
"""Causes after which the person is told that it is not their fault. An agency's withdrawal is told in words of its own."""

NEVER_THE_CHARGES = frozenset({RefundCause.PAID_TWICE, RefundCause.NOT_AS_ASKED, RefundCause.PRICE_DIFFERENCE})
"""Causes for returning money that the charge does not need, as it never settled it or was left over: the charge stays as it is."""
