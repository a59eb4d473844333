"""What follows from a course's marks, booking by booking. A miss is put to an officer; nothing here decides it (rule 5)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext

from courses.completion import Judgement, Result
from courses.enums import BookingState
from courses.messages_register import SessionMissed
from courses.models import Attendance, Booking, Course, Session
from courses.outcomes import OUTCOMES
from courses.people import participant_of
from courses.queries.progress import judgements_of
from courses.services.certificates import issue_certificate
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.notifications.outbox import queue_message
from diversion.notifications.quiet import out_of_quiet_hours
from diversion.referrals.enums import TaskKind
from diversion.referrals.services.requirements import RequirementIsNotRunning, meet_requirement
from diversion.referrals.services.tasks import raise_task


def settle_bookings(
    *, course: Course, session: Session, bookings: Sequence[Booking], missed: Collection[UUID], by: Actor, at: datetime
) -> None:
    """Judge each booking by the marks that count and do what follows. The caller holds the course's row; `missed` are the
    bookings that this session, whose register has just come in, does not count for.

    Completed: the booking moves, the certificate is issued, the requirement is met on the London day of the last session that
    it took. No longer possible here: the booking moves, an officer is asked, the person is told; the requirement stays as it
    is. Still possible: nothing, but that a miss which may be caught up is put to the officer and told to the person too, once:
    the registers after it do not ask again what an officer has answered.
    """
    prefetch_related_objects([course], "sessions")
    for booking in bookings:
        booking.course = course
    with translation.override(settings.LANGUAGE_CODE):  # stored for the officer, whatever the trainer reads
        judgements = judgements_of(bookings)
        details = details_of(judgements)
    for booking in bookings:
        judgement = judgements[booking.pk]
        if judgement.completed_on:
            complete_booking(booking, on=judgement.completed_on, by=by, at=at)
            continue
        if judgement.result == Result.NOT_ON_THIS_COURSE:
            case_id = booking.requirement.referral_id
            move(booking, to=BookingState.NOT_COMPLETED, by=by, at=at, case_id=case_id, changes={"ended_at": at})
        if booking.pk in missed or judgement.result == Result.NOT_ON_THIS_COURSE:
            put_to_officer(booking, details[booking.pk], by=by, at=at, occurrence=session.public_id)


def complete_booking(booking: Booking, *, on: date, by: Actor, at: datetime, reason: str = "") -> None:
    """The booking is completed, its requirement met on that London day, and the certificate issued.

    A case that was decided otherwise meanwhile is not decided again here: the officer is asked.
    """
    referral = booking.requirement.referral
    try:
        meet_requirement(requirement=booking.requirement, on=on, by=by, at=at)
    except RequirementIsNotRunning:
        detail = gettext("The course was completed, but the case had ended or was decided before the register came in.")
        raise_task(referral=referral, kind=TaskKind.NEEDS_DECISION, subject_id=booking.pk, by=by, at=at, detail=detail)
    move(booking, to=BookingState.COMPLETED, by=by, at=at, case_id=referral.pk, changes={"ended_at": at}, reason=reason)
    issue_certificate(booking=booking, on=on, by=by, at=at)


def put_to_officer(booking: Booking, detail: str, *, by: Actor, at: datetime, occurrence: str = "") -> None:
    """A miss: asks the officer, and tells the person, once for each `occurrence`, that something needs them. A volunteer is told
    whom to phone.
    """
    referral = booking.requirement.referral
    if not raise_task(referral=referral, kind=TaskKind.NEEDS_DECISION, subject_id=booking.pk, by=by, at=at, detail=detail):
        return  # a volunteer: there is no officer, and they have just been told whom to phone
    queue_message(
        kind=SessionMissed.kind, recipient_id=participant_of(booking).pk, subject_id=booking.pk, case_id=referral.pk,
        at=at, due_at=out_of_quiet_hours(at), occurrence=occurrence,
    )  # fmt: skip


def details_of(judgements: Mapping[UUID, Judgement]) -> dict[UUID, str]:
    """Each judgement's sentence, with the lateness an officer must be able to weigh (rule 16) and what the policy allows."""
    late: dict[UUID, int] = defaultdict(int)
    for mark in Attendance.objects.that_count().filter(booking__in=judgements.keys(), minutes_late__gt=0):
        late[mark.booking_id] += 0 if OUTCOMES[mark.outcome].counts else mark.minutes_late
    return {
        key: " ".join(
            filter(
                None,
                [
                    judgement.why,
                    gettext("Minutes late: %(n)s.") % {"n": late[key]} if late[key] else "",
                    judgement.next_step.words if judgement.next_step else "",
                ],
            )
        )
        for key, judgement in judgements.items()
    }
