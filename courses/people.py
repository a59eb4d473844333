"""Whose booking it is."""

from courses.models import Booking
from diversion.referrals.models import Participant


def participant_of(booking: Booking) -> Participant:
    """The person with the place. A referral that has come as far as a booking names one: the database insists.

    :raises ValueError: it does not.
    """
    participant = booking.requirement.referral.participant
    if participant is None:
        raise ValueError("a booking is somebody's")
    return participant
