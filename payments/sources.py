"""Where the money of a charge came from: its own payments, and after a move those for the earlier places that were carried over."""

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from payments.enums import NEVER_THE_CHARGES, AttemptState
from payments.models import Charge, PaymentAttempt


def chain_of(charge: Charge) -> list[Charge]:
    """A charge and those that it carries money from, the newest first. As long as there were moves: two, usually none."""
    chain = [charge]
    while chain[-1].carried_from:
        chain.append(chain[-1].carried_from)
    return chain


def sources(charge: Charge) -> list[tuple[PaymentAttempt, int]]:
    """Each payment that has settled the charge, with the pence of it that no refund has taken yet; the latest first."""
    settled = [charge]
    while settled[-1].carried_from and settled[-1].carried_at:
        settled.append(settled[-1].carried_from)
    paid = PaymentAttempt.objects.filter(charge__in=settled, state=AttemptState.PAID)
    left = paid.annotate(left=F("taken_pence") - Coalesce(Sum("refunds__amount_pence"), 0)).filter(left__gt=0)
    return [(attempt, attempt.left) for attempt in left.order_by("-paid_at", "-pk")]


def refundable(charge: Charge) -> int:
    """How many pence of what settled a charge can still go back: never more than it cost, nor than is left of its payments."""
    counted = charge.refunds.exclude(cause__in=NEVER_THE_CHARGES)
    returned: int = counted.aggregate(sum=Sum("amount_pence"))["sum"] or 0
    return max(min(charge.settled_pence - returned, sum(left for _attempt, left in sources(charge))), 0)
