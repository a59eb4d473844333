"""Every penny is a row. Amounts are fixed when the row is made; balances are derived."""

import pghistory
from django.db import models
from django.db.models import F, Q

from courses.models import Booking
from diversion.accounts.models import Organisation, User
from diversion.core.encryption import EncryptedTextField
from diversion.core.models import PublicRow, Row, StatefulModel, legal_moves, state_field, state_known
from diversion.referrals.models import Requirement
from payments.enums import AttemptState, FundingState, RefundCause
from payments.lifecycle import ATTEMPT, CHARGE, FUNDING, REFUND
from payments.querysets import ChargeQuerySet, FundingRequestQuerySet


@pghistory.track()
class Charge(PublicRow, StatefulModel):
    """What is owed for a booking. Cost recovery belongs to the originating agency, not where the course ran (rule 8).

    Of a move, `carried_pence` were paid for the earlier place already and `kept_pence` of that are the fee for moving; both are
    fixed when the new place is held and count once the exchange is made, at `carried_at` (rule 9).
    """

    lifecycle = CHARGE
    state = state_field(CHARGE)
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="charge")
    amount_pence = models.PositiveIntegerField()
    cost_recovery_pence = models.PositiveIntegerField(default=0)
    vat_pence = models.PositiveIntegerField(default=0)
    carried_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="carried_to")
    carried_pence = models.PositiveIntegerField(default=0)
    kept_pence = models.PositiveIntegerField(default=0)
    carried_at = models.DateTimeField(null=True)
    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="charges")
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    receipt_number = models.CharField(max_length=12, unique=True, null=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        triggers = [legal_moves(CHARGE)]
        constraints = [
            state_known("payments_charge", CHARGE),
            models.CheckConstraint(
                condition=Q(amount_pence__gte=F("cost_recovery_pence") + F("vat_pence")), name="payments_charge_parts_fit"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_at__isnull=False), name="payments_charge_paid_has_time"
            ),
            models.CheckConstraint(
                condition=Q(carried_pence__lte=F("amount_pence")), name="payments_charge_carries_no_more_than_it_costs"
            ),
            models.CheckConstraint(
                condition=Q(carried_from__isnull=False) | Q(carried_pence=0, kept_pence=0, carried_at=None),
                name="payments_charge_carries_from_somewhere",
            ),
            models.UniqueConstraint(
                fields=["carried_from"], condition=Q(carried_at__isnull=False), name="payments_charge_carried_once"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def due_pence(self) -> int:
        """What is left to pay by card."""
        return self.amount_pence - self.carried_pence

    @property
    def settled_pence(self) -> int:
        """What settling this charge takes: less than its amount only where an exchange fell through that would have carried."""
        fell_through = self.carried_from_id is not None and self.carried_at is None
        return self.due_pence if fell_through else self.amount_pence


@pghistory.track()
class PaymentAttempt(PublicRow, StatefulModel):
    """One page at the card company. Its row is committed before the call; its own id is the idempotency key.

    `amount_pence` is what was asked, `taken_pence` what the card company says it took.
    """

    lifecycle = ATTEMPT
    state = state_field(ATTEMPT)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    amount_pence = models.PositiveIntegerField()
    reserved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    stripe_session_id = models.CharField(max_length=120, unique=True, null=True)
    stripe_payment_intent_id = models.CharField(max_length=120, unique=True, null=True)
    paid_at = models.DateTimeField(null=True)
    taken_pence = models.PositiveIntegerField(null=True)

    class Meta:
        triggers = [legal_moves(ATTEMPT)]
        constraints = [
            state_known("payments_paymentattempt", ATTEMPT),
            models.UniqueConstraint(fields=["charge", "number"], name="payments_paymentattempt_number"),
            models.UniqueConstraint(
                fields=["charge"],
                condition=Q(state__in=[AttemptState.RESERVED, AttemptState.OPEN]),
                name="payments_paymentattempt_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=AttemptState.PAID)
                | Q(paid_at__isnull=False, stripe_payment_intent_id__isnull=False, taken_pence__isnull=False),
                name="payments_paymentattempt_paid_has_proof",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=[AttemptState.RESERVED, AttemptState.OPEN]),
                name="payments_open_attempts",
            )
        ]

    def __str__(self) -> str:
        return self.public_id


@pghistory.track()
class Refund(Row, StatefulModel):
    """Money on its way back. The row is the outbox: it is committed, claimed, then asked for with its own id as the key.

    It goes back to the card of `attempt`; `charge` is what it was paid for, after a move a later one than the attempt's.

    `leased_until` is when an attempt may be taken over by another worker, or when a failed one may be tried again.
    """

    lifecycle = REFUND
    state = state_field(REFUND)
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    cause = models.CharField(max_length=24, choices=RefundCause.choices)
    amount_pence = models.PositiveIntegerField()
    requested_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    stripe_refund_id = models.CharField(max_length=120, unique=True, null=True)

    class Meta:
        triggers = [legal_moves(REFUND)]
        constraints = [
            state_known("payments_refund", REFUND),
            models.UniqueConstraint(fields=["attempt", "charge", "cause"], name="payments_refund_once_per_cause"),
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="payments_refund_is_something"),
            models.CheckConstraint(condition=Q(cause__in=RefundCause.values), name="payments_refund_cause_known"),
        ]

    def __str__(self) -> str:
        return self.get_cause_display()


class FundingRequest(PublicRow, StatefulModel):
    """A person says that they cannot pay (rule 7). Decided by a named person, with a reason that the asker reads.

    No history is kept of it: the trail says who decided and when, and a volunteer who leaves takes their words with them.
    """

    lifecycle = FUNDING
    state = state_field(FUNDING)
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="funding_requests")
    words = EncryptedTextField(max_length=1000)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(blank=True, default="", max_length=1000)

    objects = FundingRequestQuerySet.as_manager()

    class Meta:
        triggers = [legal_moves(FUNDING)]
        constraints = [
            state_known("payments_fundingrequest", FUNDING),
            models.UniqueConstraint(
                fields=["requirement"], condition=Q(state=FundingState.ASKED), name="payments_fundingrequest_one_open"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[FundingState.GRANTED, FundingState.DECLINED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                | (~Q(state__in=[FundingState.GRANTED, FundingState.DECLINED]) & Q(decided_at=None, decided_by=None)),
                name="payments_fundingrequest_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(state=FundingState.ASKED), name="payments_funding_asked")]

    def __str__(self) -> str:
        return self.public_id


class StripeEvent(models.Model):
    """One notice from the card company, by its own id, so that each counts once. No payload is kept: it may name the payer.

    `object_id` is what it is about; the object itself is fetched from the card company before anything is done.
    """

    event_id = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["received_at"], condition=Q(handled_at=None), name="payments_events_waiting")]

    def __str__(self) -> str:
        return self.kind
