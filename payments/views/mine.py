"""The place that a participant's page is about."""

from django.shortcuts import get_object_or_404

from courses.fitting import knowing_needs
from courses.models import Booking
from diversion.accounts.http import StaffRequest
from diversion.referrals.models import Requirement


def my_booking(request: StaffRequest, public_id: str) -> Booking:
    """With all that a page about it shows, and with what the rules of booking ask of its requirement; 404 where it is not theirs."""
    booking: Booking = get_object_or_404(Booking.objects.visible_to(request.user).in_full(), public_id=public_id)
    rows = knowing_needs(Requirement.objects.visible_to(request.user))
    booking.requirement = rows.select_related("programme", "referral__scheme_version").get(pk=booking.requirement_id)
    return booking
