"""A course cancelled by its provider: everybody on it is told, offered another place, and never blamed (rule 6)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState, CourseState, ReplacementState
from courses.fitting import knowing_needs
from courses.messages import CourseCancelled
from courses.models import Booking, Course, CourseCancellation, Replacement
from courses.people import participant_of
from courses.queries.search import Criteria, courses_that_fit
from courses.services.places import courses_of_moves, end_hold, end_moves, lock_courses
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.audit.transitions import begin, move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.outbox import queue_message
from diversion.notifications.quiet import out_of_quiet_hours
from diversion.referrals.enums import RequirementState, TaskKind
from diversion.referrals.models import Requirement
from diversion.referrals.services.tasks import raise_task

CHOOSE_WITHIN = timedelta(days=5)
"""How long a person may choose another course before the money goes back."""
COURSES_PER_TICK = 20
PEOPLE_PER_TICK = 200


class CourseCannotBeCancelled(Refusal):
    sentence = _("This course has been closed or cancelled already.")


class CourseHasBegunAlready(Refusal):
    sentence = _("This course has begun. Record in the register that a session did not take place.")


class ReasonIsMissing(Refusal):
    sentence = _("Say why you cancel this course.")
    field = "reason"


class ReplacementIsSettled(Refusal):
    sentence = _("You have chosen another course, or the time to choose has ended.")


def can_cancel_course(course: Course, *, at: datetime) -> bool:
    """A draft, or an open course that has not begun."""
    return course.state == CourseState.DRAFT or (course.state == CourseState.PUBLISHED and course.first_starts_at > at)


@transaction.atomic
def cancel_course(*, course: Course, reason: str, user: User, by: Actor, at: datetime) -> CourseCancellation | None:
    """The provider cancels a course: from this moment nobody can book or pay for it. Doing it again changes nothing.

    The people on it are seen to one by one by `see_to_people`, each in a transaction of their own, so that a stop half-way
    loses nobody. A draft has nobody: it is dropped, and there is nothing to return.

    :raises ReasonIsMissing: no reason was given.
    :raises CourseCannotBeCancelled: it is closed.
    :raises CourseHasBegunAlready: its first session has started: the register says what happened, and that it was the provider's doing.
    """
    if not reason.strip():
        raise ReasonIsMissing()
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if course.state == CourseState.CANCELLED:
        return CourseCancellation.objects.filter(course=course).first()
    if course.state == CourseState.CLOSED:
        raise CourseCannotBeCancelled()
    if course.state == CourseState.PUBLISHED and course.first_starts_at <= at:
        raise CourseHasBegunAlready()
    was_published = course.state == CourseState.PUBLISHED
    move(course, to=CourseState.CANCELLED, by=by, at=at, reason=reason)
    if not was_published:
        return None
    people = Booking.objects.live().filter(course=course).count()
    return CourseCancellation.objects.create(
        course=course, reason=reason, people=people, cancelled_at=at, cancelled_by=user,
        finished_at=None if people else at,
    )  # fmt: skip


def see_to_people(*, at: datetime) -> int:
    """See to everybody on the courses cancelled lately, person by person; says to how many. Called again, it goes on."""
    running = CourseCancellation.objects.filter(finished_at=None).order_by("cancelled_at")
    return sum(see_to_course(cancellation, at=at) for cancellation in running[:COURSES_PER_TICK])


def see_to_course(cancellation: CourseCancellation, *, at: datetime, at_most: int = PEOPLE_PER_TICK) -> int:
    """See to people on one cancelled course, those with a confirmed place first; says to how many."""
    waiting = Booking.objects.live().filter(course=cancellation.course_id).order_by("state", "pk")
    seen = sum(_see_to(booking, at=at) for booking in waiting[:at_most])
    _finish(cancellation, at=at)
    return seen


@transaction.atomic
def _finish(cancellation: CourseCancellation, *, at: datetime) -> None:
    """Ended once nobody is left; two workers may both come this far."""
    left = Booking.objects.live().filter(course=cancellation.course_id)
    if not left.exists() and CourseCancellation.objects.filter(pk=cancellation.pk, finished_at=None).update(finished_at=at):
        by = Actor.system("cancelled courses")
        record_change(action="course.people_seen_to", subject=cancellation.course, by=by, at=at)


@transaction.atomic
def _see_to(booking: Booking, *, at: datetime) -> bool:
    """End one place, offer another, tell the person, and ask an officer where no course is left in time. False if it was done."""
    by = Actor.system("cancelled courses")
    locked = lock_courses(courses_of_moves(booking))
    rows = knowing_needs(Requirement.objects.select_for_update(no_key=True, of=("self",)))
    requirement = rows.select_related("referral__participant").get(pk=booking.requirement_id)
    booking = Booking.objects.select_for_update(no_key=True, of=("self",)).get(pk=booking.pk)
    booking.requirement = requirement
    was_theirs = booking.state == BookingState.CONFIRMED
    if not end_hold(booking, to=BookingState.CANCELLED_BY_PROVIDER, by=by, at=at):
        return False
    end_moves(booking, locked=locked, to=BookingState.CANCELLED_BY_PROVIDER, by=by, at=at)
    if booking.supersedes_id and not was_theirs:
        return True  # a move that was under way: the place that it would have superseded is still theirs
    if was_theirs:
        _offer_replacement(booking, by=by, at=at)
    queue_message(
        kind=CourseCancelled.kind, recipient_id=participant_of(booking).pk, subject_id=booking.pk,
        case_id=requirement.referral_id, at=at, due_at=out_of_quiet_hours(at),
    )  # fmt: skip
    if not courses_that_fit(requirement=requirement, criteria=Criteria(), at=at).exists():
        _put_to_officer(booking, by=by, at=at)
    return True


def _offer_replacement(booking: Booking, *, by: Actor, at: datetime) -> None:
    replacement = Replacement(booking=booking, offered_at=at, choose_by=at + CHOOSE_WITHIN)
    begin(replacement, state=ReplacementState.OFFERED, by=by, at=at, case_id=booking.requirement.referral_id)


def _put_to_officer(booking: Booking, *, by: Actor, at: datetime) -> None:
    detail = gettext(
        "Service failure, not the person’s fault: the provider cancelled their course and no other ends by their date. "
        "Find them a place or extend the date."
    )
    raise_task(
        referral=booking.requirement.referral, kind=TaskKind.SERVICE_FAILURE, subject_id=booking.pk, by=by, at=at,
        detail=detail,
    )  # fmt: skip


@transaction.atomic
def forgo_replacement(*, replacement: Replacement, by: Actor, at: datetime) -> Replacement:
    """Nothing is taken instead, as the person said or their time ran out. Doing it again changes nothing.

    Where the courses that there were have filled up meanwhile, their officer is asked now (rule 6). What becomes of the money is `payments`' matter.

    :raises ReplacementIsSettled: another place was chosen.
    """
    row: Replacement = Replacement.objects.select_for_update(no_key=True).get(pk=replacement.pk)
    if row.state == ReplacementState.CHOSEN:
        raise ReplacementIsSettled()
    if row.state == ReplacementState.OFFERED:
        case_id = replacement.booking.requirement.referral_id
        move(row, to=ReplacementState.FORGONE, by=by, at=at, case_id=case_id, changes={"ended_at": at})
        _ask_if_nothing_is_left(replacement.booking, by=by, at=at)
    return row


def _ask_if_nothing_is_left(booking: Booking, *, by: Actor, at: datetime) -> None:
    requirement = knowing_needs(Requirement.objects.all()).get(pk=booking.requirement_id)
    if requirement.state != RequirementState.IN_PROGRESS:
        return
    if Booking.objects.live().filter(requirement=requirement).exists():
        return
    if not courses_that_fit(requirement=requirement, criteria=Criteria(), at=at).exists():
        _put_to_officer(booking, by=by, at=at)
