"""Completions that an amended mark undid: what an officer still has to decide on."""

from courses.enums import BookingState
from courses.models import Booking
from diversion.referrals.enums import RequirementState, TaskKind
from diversion.referrals.models import CaseTask


def undone_booking(task: CaseTask) -> Booking | None:
    """The booking whose completion no longer stands while its requirement still counts as met; None when no such question is asked."""
    if task.kind != TaskKind.NEEDS_DECISION or task.done_at:
        return None
    undone = Booking.objects.filter(
        pk=task.subject_id, state=BookingState.NOT_COMPLETED, requirement__state=RequirementState.MET
    ).select_related("requirement__referral__participant")
    booking: Booking | None = undone.first()
    if booking is None:
        return None
    others = Booking.objects.filter(requirement=booking.requirement_id, state=BookingState.COMPLETED)
    return None if others.exists() else booking
