"""Giving a confirmed place up: what goes back depends on the notice, or on whose doing it is (domain section 8)."""

from datetime import datetime

import structlog
from django.db import transaction

from courses.models import Booking, Replacement
from courses.policies import check_can_cancel
from courses.services.booking import give_up_place
from courses.services.replacing import forgo_replacement
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from payments.enums import ChargeState, RefundCause
from payments.models import Charge
from payments.quotes import money_back
from payments.services.locks import lock_charge
from payments.services.refunds import refund_charge
from payments.sources import refundable

BATCH = 100
log = structlog.get_logger("diversion.payments")


@transaction.atomic
def cancel_place(*, booking: Booking, by: Actor, at: datetime) -> int:
    """The person gives a confirmed place up; says how many pence go back. The date to finish by stays as it is.

    :raises PlaceCannotBeMoved, CourseHasBegun: see `policies.check_can_cancel`.
    """
    charge = _charge_of(booking)
    booking = Booking.objects.select_related("course", "requirement__referral__scheme_version").get(pk=booking.pk)
    check_can_cancel(booking=booking, at=at)
    back = money_back(booking, charge, at=at)
    give_up_place(booking=booking, by=by, at=at)
    if charge and back:
        refund_charge(charge=charge, cause=RefundCause.PARTICIPANT_CANCELLED, amount=back, by=by, at=at)
    return back


@transaction.atomic
def return_money(*, replacement: Replacement, by: Actor, at: datetime) -> int:
    """Nothing is taken in place of what the provider cancelled: all that was paid goes back. Says how many pence, 0 if settled.

    :raises ReplacementIsSettled: the person has chosen another place meanwhile.
    """
    charge = _charge_of(replacement.booking)
    forgo_replacement(replacement=replacement, by=by, at=at)
    if charge is None or charge.state != ChargeState.PAID:
        return 0
    back = refundable(charge)
    refund_charge(charge=charge, cause=RefundCause.PROVIDER_CANCELLED, amount=back, by=by, at=at)
    return back


def return_unchosen(*, at: datetime) -> int:
    """Give back the money of those who have chosen nothing by their time, each by itself; says of how many."""
    by = Actor.system("replacements")
    done = 0
    for replacement in Replacement.objects.open().filter(choose_by__lte=at).select_related("booking")[:BATCH]:
        try:
            return_money(replacement=replacement, by=by, at=at)
        except Refusal as refusal:
            log.info("replacement_settled_meanwhile", replacement=replacement.public_id, why=type(refusal).__name__)
        done += 1
    return done


def _charge_of(booking: Booking) -> Charge | None:
    seen = Charge.objects.filter(booking=booking).first()
    return lock_charge(seen.pk) if seen else None
