"""What would follow if a case were closed now."""

from dataclasses import dataclass
from datetime import datetime

from courses.models import Booking
from diversion.referrals.models import Referral
from payments.queries import fees_to_return


@dataclass(frozen=True)
class Consequences:
    """`place` is the place given up; `pence` what goes back; `register_due`: the course is over and nobody has said how it went."""

    place: Booking | None
    pence: int
    offer_ends: bool
    hears: bool
    register_due: bool


def consequences(referral: Referral, *, at: datetime) -> Consequences:
    """As `services.closure.withdraw_case` would act on the case at this moment. The person hears only of what they were offered."""
    places = Booking.objects.places().filter(requirement__referral=referral)
    place = places.select_related("course__programme", "course__venue").first()
    return Consequences(
        place=place,
        pence=sum(pence for _charge, pence in fees_to_return(referral)),
        offer_ends=referral.offers.filter(ended_at=None, answer=None).exists(),
        hears=referral.scheme_version_id is not None,
        register_due=place is not None and place.confirmed_at is not None and place.ends_at <= at,
    )
