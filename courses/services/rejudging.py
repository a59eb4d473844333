"""What follows once a mark that was sent is amended: everything that was judged by it is judged again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from courses.completion import Judgement, Result
from courses.enums import BookingState, CourseState
from courses.models import Booking
from courses.policies import must_end_before
from courses.queries.progress import judgements_of
from courses.services.certificates import revoke_certificate
from courses.services.completion import complete_booking, details_of, put_to_officer
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.referrals.enums import ReferralState, RequirementState, TaskKind
from diversion.referrals.models import Requirement
from diversion.referrals.services.tasks import answer_tasks, raise_task


def rejudge(
    *, requirement: Requirement, amended: Booking, bookings: Sequence[Booking], is_miss: bool, reason: str, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Judge a requirement's settled bookings again, in the caller's transaction, which holds their courses and the case.

    * A completion that no longer stands: the booking moves back and its certificate is revoked. **The requirement stays met
      until an officer decides** (rule 5): they are asked at once, and `reopen_requirement` is theirs alone to call.
    * A completion that stands now: the booking moves, the certificate is issued, the requirement is met. Only one booking of a
      requirement is ever completed.
    * A place that was lost by the old mark is theirs again while the course still runs, the case is open and no other place
      was taken meanwhile.
    * A miss that is none any more is no question for the officer any more.
    * A miss that was not there before (`is_miss`) goes the way of every miss: to the officer and the person.

    `bookings` have their requirement, case, course and its sessions loaded; `amended` is one of them where its mark can matter.
    """
    with translation.override(settings.LANGUAGE_CODE):  # stored for the officer, whatever the trainer reads
        judgements = judgements_of(bookings)
        details = details_of(judgements)
    for booking in bookings:
        if booking.state == BookingState.COMPLETED and not judgements[booking.pk].completed_on:
            _undo(booking, judgements[booking.pk], reason=reason, by=by, at=at)
    if any(booking.state == BookingState.COMPLETED for booking in bookings):
        return
    for booking in bookings:
        if not judgements[booking.pk].missed:
            _withdraw_question(booking, by=by, at=at)
    if _complete_one(amended, bookings, judgements, reason=reason, by=by, at=at):
        return
    for booking in bookings:
        judgement = judgements[booking.pk]
        if booking.state == BookingState.NOT_COMPLETED and judgement.result == Result.STILL_POSSIBLE:
            _seat_again(booking, requirement, reason=reason, by=by, at=at)
        elif booking.state == BookingState.CONFIRMED:
            _follow(booking, judgement, details, is_miss=is_miss, reason=reason, by=by, at=at)


def _withdraw_question(booking: Booking, *, by: Actor, at: datetime) -> None:
    """Nothing is missed any more: nobody decides on a miss that was none (rule 5). What was changed is asked about by itself."""
    outcome = "A changed mark: nothing is missed any more."
    answer_tasks(kind=TaskKind.NEEDS_DECISION, subject_id=booking.pk, outcome=outcome, by=by, at=at)


def _undo(booking: Booking, judgement: Judgement, *, reason: str, by: Actor, at: datetime) -> None:
    """An earlier question about this booking gives way to this one: with it open, nobody would be told of the certificate."""
    referral = booking.requirement.referral
    move(booking, to=BookingState.NOT_COMPLETED, by=by, at=at, case_id=referral.pk, changes={"ended_at": at}, reason=reason)
    revoke_certificate(booking=booking, reason=reason, by=by, at=at)
    with translation.override(settings.LANGUAGE_CODE):
        words = gettext(
            "A changed mark undoes the completion, and the certificate was revoked. %(why)s The requirement counts as met"
            " until you decide."
        )
        detail = words % {"why": judgement.why}
    outcome = "A changed mark undid the completion, which is asked about instead."
    answer_tasks(kind=TaskKind.NEEDS_DECISION, subject_id=booking.pk, outcome=outcome, by=by, at=at)
    raise_task(referral=referral, kind=TaskKind.NEEDS_DECISION, subject_id=booking.pk, by=by, at=at, detail=detail)


def _complete_one(
    amended: Booking,
    bookings: Sequence[Booking],
    judgements: Mapping[UUID, Judgement],
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> bool:
    """The booking whose mark was amended comes first: it is the one that the amendment completed."""
    for booking in sorted(bookings, key=lambda each: each.pk != amended.pk):
        completed_on = judgements[booking.pk].completed_on
        if completed_on and booking.state in {BookingState.CONFIRMED, BookingState.NOT_COMPLETED}:
            complete_booking(booking, on=completed_on, by=by, at=at, reason=reason)
            return True
    return False


def _seat_again(booking: Booking, requirement: Requirement, *, reason: str, by: Actor, at: datetime) -> None:
    """The seat was never given away: a course that ends without somebody still counts them."""
    course, referral = booking.course, booking.requirement.referral
    runs = course.state == CourseState.PUBLISHED and course.last_ends_at < must_end_before(requirement)
    is_open = requirement.state == RequirementState.IN_PROGRESS and referral.state == ReferralState.ACTIVE
    if runs and is_open and not Booking.objects.live().filter(requirement=requirement).exists():
        move(
            booking, to=BookingState.CONFIRMED, by=by, at=at, case_id=referral.pk, changes={"ended_at": None}, reason=reason
        )


def _follow(
    booking: Booking, judgement: Judgement, details: Mapping[UUID, str], *, is_miss: bool, reason: str, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    if judgement.result == Result.NOT_ON_THIS_COURSE:
        case_id = booking.requirement.referral_id
        move(booking, to=BookingState.NOT_COMPLETED, by=by, at=at, case_id=case_id, changes={"ended_at": at}, reason=reason)
        is_miss = True
    if judgement.missed and is_miss:
        put_to_officer(booking, details[booking.pk], by=by, at=at)
