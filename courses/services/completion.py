"""What follows from a course's marks, booking by booking. A miss is put to an officer; nothing here decides it (rule 5)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from courses.completion import Judgement, Result, judge
from courses.enums import BookingState
from courses.messages_register import SessionMissed
from courses.models import Attendance, Booking, Course
from courses.outcomes import OUTCOMES
from courses.people import participant_of
from courses.services.certificates import issue_certificate
from diversion.audit.transitions import move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.outbox import queue_message
from diversion.notifications.quiet import out_of_quiet_hours
from diversion.referrals.enums import TaskKind
from diversion.referrals.services.requirements import RequirementIsNotRunning, meet_requirement
from diversion.referrals.services.tasks import raise_task

Marks = dict[UUID, Attendance]


def settle_bookings(*, course: Course, bookings: Sequence[Booking], by: Actor, at: datetime) -> None:
    """Judge each booking by the marks that count and do what follows. The caller holds the course's row.

    Completed: the booking moves, the certificate is issued, the requirement is met on the London day the last session ended.
    No longer possible here: the booking moves, an officer is asked, the person is told; the requirement stays as it is.
    Still possible: nothing.
    """
    sessions = list(course.sessions.all())
    marks = _marks_that_count(bookings)
    for booking in bookings:
        outcomes = {session_id: OUTCOMES[mark.outcome] for session_id, mark in marks[booking.pk].items()}
        with translation.override(settings.LANGUAGE_CODE):  # stored for the officer, whatever the trainer reads
            judgement = judge(session_ids=[session.pk for session in sessions], marks=outcomes)
            detail = _detail(judgement, marks[booking.pk])
        if judgement.result == Result.COMPLETED:
            _complete(booking, on=clock.day_of(sessions[-1].ends_at), by=by, at=at)
        elif judgement.result == Result.NOT_ON_THIS_COURSE:
            _put_to_officer(booking, detail, by=by, at=at)


def _marks_that_count(bookings: Sequence[Booking]) -> defaultdict[UUID, Marks]:
    marks: defaultdict[UUID, Marks] = defaultdict(dict)
    for mark in Attendance.objects.that_count().filter(booking__in=[booking.pk for booking in bookings]):
        marks[mark.booking_id][mark.session_id] = mark
    return marks


def _complete(booking: Booking, *, on: date, by: Actor, at: datetime) -> None:
    referral = booking.requirement.referral
    try:
        meet_requirement(requirement=booking.requirement, on=on, by=by, at=at)
    except RequirementIsNotRunning:
        detail = gettext("The course was completed, but the case had ended or was decided before the register came in.")
        raise_task(referral=referral, kind=TaskKind.NEEDS_DECISION, subject_id=booking.pk, by=by, at=at, detail=detail)
    move(booking, to=BookingState.COMPLETED, by=by, at=at, case_id=referral.pk, changes={"ended_at": at})
    issue_certificate(booking=booking, on=on, by=by, at=at)


def _put_to_officer(booking: Booking, detail: str, *, by: Actor, at: datetime) -> None:
    referral = booking.requirement.referral
    move(booking, to=BookingState.NOT_COMPLETED, by=by, at=at, case_id=referral.pk, changes={"ended_at": at})
    if not raise_task(referral=referral, kind=TaskKind.NEEDS_DECISION, subject_id=booking.pk, by=by, at=at, detail=detail):
        return  # a volunteer: there is no officer, and they have just been told whom to phone
    queue_message(
        kind=SessionMissed.kind, recipient_id=participant_of(booking).pk, subject_id=booking.pk, case_id=referral.pk,
        at=at, due_at=out_of_quiet_hours(at),
    )  # fmt: skip


def _detail(judgement: Judgement, marks: Marks) -> str:
    """The judgement's sentence, with the lateness an officer must be able to weigh (rule 16)."""
    late = sum(mark.minutes_late for mark in marks.values() if not OUTCOMES[mark.outcome].counts)
    return f"{judgement.why} {gettext('Minutes late: %(n)s.') % {'n': late}}" if late else judgement.why
