"""The agency withdraws a case: its places end with it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState, ReplacementState
from courses.messages import PlaceFreed
from courses.models import Booking, Replacement
from courses.services.places import end_hold, lock_courses
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import message_rows, queue_rows
from diversion.referrals.models import Referral, Requirement

MOST_TRIES = 5


class CaseIsBusy(Refusal):
    sentence = _("Something else is happening on this case at this moment. Try again.")


class _BookedMeanwhile(Exception):
    """A place was taken on a course whose row is not ours."""


@transaction.atomic
def lock_cases(*, referral_ids: Collection[UUID]) -> Sequence[Referral]:
    """Cases with their courses, requirements and bookings, all of them ours until the end of the transaction.

    In the house's order. A place taken on another course while we waited cannot be locked out of order: what we hold is let
    go (with the savepoint) and we begin again with that course among ours.

    :raises CaseIsBusy: the person took one place after the other, faster than we could follow.
    """
    for _try in range(MOST_TRIES):
        try:
            with transaction.atomic():
                return _lock(referral_ids)
        except _BookedMeanwhile:
            continue
    raise CaseIsBusy()


def _lock(referral_ids: Collection[UUID]) -> Sequence[Referral]:
    course_ids = _course_ids(referral_ids)
    lock_courses(course_ids)
    referrals = list(Referral.objects.select_for_update(of=("self",)).filter(pk__in=referral_ids).order_by("pk"))
    list(Requirement.objects.select_for_update(no_key=True).filter(referral__in=referral_ids).order_by("pk"))
    if not _course_ids(referral_ids) <= course_ids:
        raise _BookedMeanwhile()
    return referrals


def _course_ids(referral_ids: Collection[UUID]) -> set[UUID]:
    """Of every booking, ended ones too: money may still be on its way for them."""
    bookings = Booking.objects.filter(requirement__referral__in=referral_ids).order_by()
    return set(bookings.values_list("course_id", flat=True))


@transaction.atomic
def cancel_for_agency(*, referral: Referral, by: Actor, at: datetime) -> None:
    """End the live places of a case that `lock_cases` has locked: each is freed once, and leaves the provider's register.

    What a provider's cancelled course was to be replaced with needs no choosing any more. The provider's administrators are told of a confirmed place that became free; a hold was never theirs to reckon with.
    """
    live = Booking.objects.live().filter(requirement__referral=referral)
    for booking in live.select_for_update(of=("self",), no_key=True).select_related("requirement", "course__provider"):
        was_theirs = booking.state == BookingState.CONFIRMED
        if end_hold(booking, to=BookingState.CANCELLED_BY_AGENCY, by=by, at=at) and was_theirs:
            _tell_provider(booking, at=at)
    for replacement in Replacement.objects.open().filter(booking__requirement__referral=referral):
        changes = {"ended_at": at}
        move(replacement, to=ReplacementState.FORGONE, by=by, at=at, case_id=referral.pk, changes=changes)


def _tell_provider(booking: Booking, *, at: datetime) -> None:
    """Under no case: the outbox ties the message to a course, and the words name nobody."""
    administrators = Membership.objects.live().filter(
        organisation=booking.course.provider.organisation_id, role=Role.PROVIDER_ADMINISTRATOR
    )
    rows = [
        row
        for user_id in administrators.values_list("user_id", flat=True)
        for row in message_rows(
            kind=PlaceFreed.kind, recipient_id=user_id, subject_id=booking.course_id, at=at,
            occurrence=at.isoformat(), channels=[Channel.EMAIL],
        )
    ]  # fmt: skip
    queue_rows(rows, at=at)
