"""Moving a session, and with it those after it. The provider can never move a person's date to finish by (rule 3)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.cascade import Later
from courses.enums import BookingState, CourseState
from courses.models import Booking, Course, Session
from courses.planning import Meeting
from courses.policies import end_on, must_end_before
from courses.queries.licences import lacks_of_plans
from courses.queries.rescheduling import Move, move_of
from courses.services.announcements import announce_new_times
from courses.services.clashes import lock_timetable, refusing_clashes
from courses.services.scheduling import check_licences, set_times
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.moments import day_words
from diversion.referrals.enums import TaskKind
from diversion.referrals.services.tasks import raise_task


class MoveHasChanged(Refusal):
    sentence = _("Something has changed since this was shown. Look at it again before you move the session.")


class SomeFinishTooLate(Refusal):
    sentence = _(
        "Some people would finish after their date. Say that their officers are to be asked, or choose another time."
    )
    field = "ask_officers"


class CourseIsOver(Refusal):
    sentence = _("This course is over or was cancelled. Its sessions cannot be moved.")


@transaction.atomic
def move_session(
    *,
    session: Session,
    to: datetime,
    later: Later,
    fingerprint: str,
    ask_officers: bool,
    by: Actor,
    at: datetime,
) -> Course:
    """Give a session another time, with those that follow it, as it was shown. Doing it again changes nothing.

    Everybody with a confirmed place is told once and reminded anew; whoever has a place may move it free from now on (rule 9).
    Those whose course would end after their date are put to their officers as a failure of the service (rule 6): nobody's
    place is taken away, and nobody's date is changed. A place that is being taken at this moment is either counted, or sees
    the new times: both hold the course's row.

    :raises CourseIsOver: it is neither a draft nor published.
    :raises MoveHasChanged: it would not be what was shown, or other people would be late.
    :raises SomeFinishTooLate: somebody would be late, and nobody said that their officers are to be asked.
    :raises Refusal: whatever `cascade` or a missing licence refuses.
    """
    lock_timetable(session.course.provider)
    course = Course.objects.select_for_update(no_key=True, of=("self",)).select_related("venue").get(pk=session.course_id)
    if course.state not in {CourseState.DRAFT, CourseState.PUBLISHED}:
        raise CourseIsOver()
    found = move_of(course=course, position=session.position, to=to, later=later, at=at)
    if not found.changes:
        return course
    if found.fingerprint != fingerprint:
        raise MoveHasChanged()
    if found.late and not ask_officers:
        raise SomeFinishTooLate()
    moved = _write(course, found, by=by, at=at)
    _check_covered(course, moved)
    for place in found.places:
        _note(place, by=by, at=at)
    for place in found.late:
        _ask_officer(place, course, by=by, at=at)
    confirmed = [place for place in found.places if place.state == BookingState.CONFIRMED]
    announce_new_times(bookings=confirmed, moved=moved, at=at)
    return course


def _write(course: Course, found: Move, *, by: Actor, at: datetime) -> Sequence[Session]:
    """The new times of sessions and course, with a row of the trail for each session. One statement: they may change places."""
    changes = {each.position: each for each in found.changes}
    moved = [session for session in found.sessions if session.position in changes]
    for session in moved:
        new = changes[session.position]
        data = {"from": session.starts_at.isoformat(), "to": new.starts_at.isoformat()}
        session.starts_at, session.ends_at, session.sequence = new.starts_at, new.ends_at, session.sequence + 1
        record_change(action="session.moved", subject=session, by=by, at=at, data=data)
    with refusing_clashes():
        Session.objects.bulk_update(moved, ["starts_at", "ends_at", "sequence"])
    set_times(course, [Meeting(each.position, each.title, each.starts_at, each.ends_at) for each in found.sessions])
    course.save(update_fields=["first_starts_at", "last_ends_at", "evening_or_weekend"])
    return moved


def _check_covered(course: Course, moved: Sequence[Session]) -> None:
    """Licences cover the new days, as they must when a course is opened or a trainer put on it."""
    sessions = [(each.starts_at, each.ends_at, list(each.trainers.all())) for each in moved]
    if course.state == CourseState.PUBLISHED or any(trainers for _start, _end, trainers in sessions):
        check_licences(lacks_of_plans(course.provider, [(course.programme, sessions)])[0])


def _note(place: Booking, *, by: Actor, at: datetime) -> None:
    place.times_changed_at = at
    place.save(update_fields=["times_changed_at"])
    record_change(action="booking.times_changed", subject=place, by=by, at=at, case_id=place.requirement.referral_id)


def _ask_officer(place: Booking, course: Course, *, by: Actor, at: datetime) -> None:
    with translation.override("en-gb"):  # stored for the officer, whatever the administrator reads
        words = gettext(
            "The provider moved the course. It now ends on %(ends)s, after the date to finish by, %(by)s. This is a failure of"
            " the service, not of the person: find a place in time, or extend the date if that is allowed. They may move free."
        )
        too_late_to_go_on = gettext(
            "The provider moved the course. The sessions that the person still lacks are now too late for what they attended"
            " before to count. This is a failure of the service, not of the person: find a place in time. They may move free."
        )
        ends_at = end_on(course, place.part)
        if ends_at < must_end_before(place.requirement):
            words = too_late_to_go_on
        detail = words % {"ends": day_words(clock.day_of(ends_at)), "by": day_words(place.requirement.complete_by)}
    raise_task(
        referral=place.requirement.referral, kind=TaskKind.SERVICE_FAILURE, subject_id=place.pk, by=by, at=at, detail=detail
    )
