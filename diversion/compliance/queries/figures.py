"""Figures that name nobody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Func, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce

from courses.models import Booking
from courses.queries.quality import SMALLEST
from diversion.notifications.models import Heartbeat
from diversion.notifications.services.pump import waiting
from diversion.referrals.eligibility import RISK
from diversion.referrals.enums import Answer, Stage
from diversion.referrals.enums import ReferralState as R
from diversion.referrals.models import EligibilityCheck, OfferAnswer, Referral
from payments.enums import AttemptState, RefundState
from payments.models import PaymentAttempt, Refund, StripeEvent

_WITHDRAWN = Q(state=R.WITHDRAWN)
_ACCEPTED = [R.ACCEPTED, R.ACTIVE, R.COMPLIED, R.BREACHED, R.DISCHARGED]
FUNNEL = [
    ("offered", Q(state__in=[R.OFFERED, R.DECLINED, R.EXPIRED, *_ACCEPTED]) | _WITHDRAWN & Q(scheme_version__isnull=False)),
    ("accepted", Q(state__in=_ACCEPTED) | _WITHDRAWN & Q(said_yes=True)),
    ("booked", Q(state__in=[R.ACTIVE, R.COMPLIED]) | _WITHDRAWN & Q(was_booked=True)),
    ("completed", Q(state=R.COMPLIED)),
    ("withdrawn", _WITHDRAWN),
]
"""A case that was withdrawn still counts as far as it had come."""


@dataclass(frozen=True)
class SchemeFigures:
    """How far the referrals of one scheme got. A count under five is not shown: few people can be guessed."""

    scheme: str
    offered: str
    accepted: str
    booked: str
    completed: str
    withdrawn: str


def funnel(agency_id: UUID | None) -> list[SchemeFigures]:
    """One row for each scheme of the agency, in one query.

    Restricted cases count, whoever reads: figures that left them out would differ from reader to reader, and two readers would
    learn from the difference what neither may. A figure says how many, never who, and the small ones are not shown; that an
    agency has restricted cases its supervisors know anyway.
    """
    counts: Any = {name: Count("pk", filter=those) for name, those in FUNNEL}
    yes = OfferAnswer.objects.filter(offer__referral=OuterRef("pk"), answer=Answer.ACCEPTED)
    place = Booking.objects.filter(requirement__referral=OuterRef("pk"), confirmed_at__isnull=False)
    ours = Referral.objects.filter(agency=agency_id, scheme__isnull=False)
    ours = ours.annotate(said_yes=Exists(yes), was_booked=Exists(place))
    rows = ours.values("scheme__name").annotate(**counts)
    return [
        SchemeFigures(scheme=row["scheme__name"], **{name: suppressed(row[name]) for name, _ in FUNNEL})
        for row in rows.order_by("scheme__name")
    ]


@dataclass(frozen=True)
class RefusalFigures:
    """How many people one scheme's rules refused: for the level of risk, and for other rules. One may count in both."""

    scheme: str
    risk: str
    other: str


def refusals(agency_id: UUID | None) -> list[RefusalFigures]:
    """One row for each scheme that refused anybody, in one query: people, not tries (R3).

    What is said while an officer still writes a draft is no refusal; what is said on submission or later is, and what is said of
    the row of a file, which the agency's own reference tells from others.
    """
    asked = EligibilityCheck.objects.filter(scheme_version__scheme__agency=agency_id, eligible=False)
    hexadecimal = Func("refused_index", Value("hex"), function="encode", output_field=TextField())
    people = asked.exclude(stage=Stage.DRAFT).annotate(who=Coalesce(Cast("referral_id", TextField()), hexadecimal))
    rows = people.values("scheme_version__scheme__name").annotate(
        risk=Count("who", filter=Q(unmet__contains=[RISK]), distinct=True),
        other=Count("who", filter=~Q(unmet=[RISK]), distinct=True),
    )
    return [
        RefusalFigures(
            scheme=row["scheme_version__scheme__name"], risk=suppressed(row["risk"]), other=suppressed(row["other"])
        )
        for row in rows.order_by("scheme_version__scheme__name")
    ]


def suppressed(count: int) -> str:
    """The count, 0 as it is, and "fewer than 5" for what is between."""
    return f"fewer than {SMALLEST}" if 0 < count < SMALLEST else str(count)


def service_state(*, at: datetime) -> dict[str, Any]:
    """What the support team looks at: queues and clocks, nobody's case."""
    return {
        "messages_state": waiting(at=at),
        "jobs": list(Heartbeat.objects.order_by("name")),
        "notices_waiting": StripeEvent.objects.filter(handled_at=None).count(),
        "payments_overdue": PaymentAttempt.objects.filter(
            state__in=[AttemptState.RESERVED, AttemptState.OPEN], expires_at__lte=at
        ).count(),
        "refunds_waiting": Refund.objects.exclude(state=RefundState.DONE).count(),
    }
