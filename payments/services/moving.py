"""A move and its money: kept beside the old place, paid where something is lacking, exchanged in one transaction (rule 9)."""

from datetime import datetime

from django.db import transaction

from courses.models import Booking, Course
from courses.services.moving import hold_for_move
from diversion.core.actor import Actor
from payments.services.charges import charge_booking
from payments.services.checkout import open_checkout


def move_place(*, booking: Booking, course: Course, by: Actor, at: datetime) -> str:
    """Exchange a place for one on another course and say where to send the person: to the card company's page where the move
    costs something, else to the new place, which is theirs. Until the exchange is made the old place stays theirs.

    Refuses what `hold_for_move` refuses; what it costs is fixed as the new place is held.

    :raises GatewayIsDown: the card company does not answer; the new place is kept, and paying can be tried again.
    """
    return open_checkout(booking=_held(booking, course, by=by, at=at), by=by, at=at)


@transaction.atomic
def _held(booking: Booking, course: Course, *, by: Actor, at: datetime) -> Booking:
    new = hold_for_move(booking=booking, course=course, by=by, at=at)
    charge_booking(booking=new, by=by, at=at)
    return new
