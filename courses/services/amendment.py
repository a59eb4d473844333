"""After the register was sent: another mark beside the old one, or one for who has none, with a reason, and what follows (C12)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState, OutcomeCode
from courses.messages_register import MarkAmended, MarkAmendedForOfficer
from courses.models import Attendance, Booking, Session
from courses.outcomes import OUTCOMES, Outcome
from courses.people import participant_of
from courses.queries.registers import people_without_mark
from courses.services.places import lock_courses
from courses.services.register import Mark, attendance_of, check_mark
from courses.services.rejudging import rejudge
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.moments import moment_words
from diversion.notifications.outbox import queue_message
from diversion.notifications.quiet import out_of_quiet_hours
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import Referral, Requirement
from diversion.referrals.services.tasks import raise_task
from diversion.referrals.services.telling import tell_officer

SETTLED = [BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.NOT_COMPLETED]


class MarkWasAmended(Refusal):
    """Somebody else was faster; the sentence says who, when and what the mark is now."""


class NothingIsDifferent(Refusal):
    sentence = _("This is what the register says already. Change something, or leave it as it is.")


class AmendmentNeedsReason(Refusal):
    sentence = _("Say why the mark was wrong.")
    field = "reason"


class LateMarkNeedsReason(Refusal):
    sentence = _("Say why they had no mark.")
    field = "reason"


class NobodyToMark(Refusal):
    sentence = _("This person has no place for this session, or its register was not sent yet.")


class CaseHasEnded(Refusal):
    sentence = _("The agency has ended this person’s case. Nothing can be changed any more.")


@transaction.atomic
def amend_mark(*, seen: Attendance, mark: Mark, reason: str, user: User, by: Actor, at: datetime) -> Attendance:
    """Put another value in the place of the one that was `seen`, with a reason; both are kept (domain: attendance).

    In the same transaction everything that was judged by it is judged again (`rejudging`), the officer and the participant are
    told, and an officer gets a task where it changes whether the session counts. A requirement that was met is never un-met
    here: an officer decides (rule 5). Rows are locked as everywhere: courses by key, session, referral, requirement, bookings.

    :raises AmendmentNeedsReason: there is none.
    :raises MarkWasAmended: the mark is no longer the one that was seen. The database refuses a second successor too.
    :raises NothingIsDifferent: the new values are the old ones.
    :raises OutcomeIsNotYours, LatenessIsMissing, ArrivalIsAhead: see `submit_register`.
    :raises CaseHasEnded: the agency ended the case, and the place with it.
    """
    if not reason.strip():
        raise AmendmentNeedsReason()
    return _put(seen, mark, session=seen.session, booking=seen.booking, reason=reason, user=user, by=by, at=at)


@transaction.atomic
def mark_afterwards(
    *, session: Session, booking: Booking, mark: Mark, reason: str, user: User, by: Actor, at: datetime
) -> Attendance:
    """Give a mark to somebody who has none although the register was sent: who got their place back when an earlier mark was put
    right, or would have it still but for that. It is a first mark (`amends` is NULL) with a reason; all else is as in `amend_mark`.

    :raises LateMarkNeedsReason: there is no reason.
    :raises NobodyToMark: the register was not sent, the place is not for this session, or it was given up, moved or completed.
    :raises MarkWasAmended: somebody has given them a mark meanwhile. The database refuses a second first mark too.
    :raises OutcomeIsNotYours, LatenessIsMissing, ArrivalIsAhead: see `submit_register`.
    :raises CaseHasEnded: the agency ended the case, and the place with it.
    """
    if not reason.strip():
        raise LateMarkNeedsReason()
    return _put(None, mark, session=session, booking=booking, reason=reason, user=user, by=by, at=at)


def _put(
    seen: Attendance | None, mark: Mark, *, session: Session, booking: Booking, reason: str, user: User, by: Actor,
    at: datetime,
) -> Attendance:  # fmt: skip
    check_mark(mark, session=session, user=user, at=at)
    requirement_id = booking.requirement_id
    settled = Booking.objects.filter(requirement=requirement_id, state__in=SETTLED)
    course_ids = {session.course_id, *settled.values_list("course_id", flat=True)}
    courses = lock_courses(course_ids)
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    requirement = Requirement.objects.get(pk=requirement_id)
    referral = Referral.objects.select_for_update().get(pk=requirement.referral_id)
    requirement = Requirement.objects.select_for_update().get(pk=requirement_id)
    booking = _loaded(Booking.objects.all()).get(pk=booking.pk)
    if booking.state == BookingState.CANCELLED_BY_AGENCY:
        raise CaseHasEnded()
    _check_is_last(seen, booking, session)
    if seen is None and not people_without_mark(session).filter(pk=booking.pk).exists():
        raise NobodyToMark()
    if seen is not None and _values(seen) == _values(mark):
        raise NothingIsDifferent()
    row = _record(seen, mark, session, booking, reason=reason, user=user, by=by, at=at)
    bookings = [each for each in _loaded(settled) if each.course_id in courses]
    is_miss = not OUTCOMES[row.outcome].counts and (seen is None or OUTCOMES[seen.outcome].counts)
    rejudge(requirement=requirement, amended=booking, bookings=bookings, is_miss=is_miss, reason=reason, by=by, at=at)
    _tell(row, seen, booking, referral, by=by, at=at)
    return row


def _loaded(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    loaded: QuerySet[Booking] = bookings.select_related(
        "course", "requirement__referral__agency", "requirement__referral__participant"
    ).prefetch_related("course__sessions")
    return loaded.order_by("-held_at")


def _check_is_last(seen: Attendance | None, booking: Booking, session: Session) -> None:
    last = Attendance.objects.of_one_mark(booking=booking, session=session).select_related("recorded_by").last()
    if last is not None and (seen is None or last.pk != seen.pk):
        words = _("%(who)s changed this mark on %(when)s. It is now “%(what)s”. Look at it again before you change it.")
        what = last.get_outcome_display()
        raise MarkWasAmended(words % {"who": last.recorded_by, "when": moment_words(last.recorded_at), "what": what})


def _values(mark: Attendance | Mark) -> tuple[object, ...]:
    because = (mark.refused_because or "") if mark.outcome == OutcomeCode.REFL else ""
    return (mark.outcome, mark.identity_seen, mark.minutes_late, mark.left_early_minutes, because)


def _record(
    seen: Attendance | None, mark: Mark, session: Session, booking: Booking, *, reason: str, user: User, by: Actor,
    at: datetime,
) -> Attendance:  # fmt: skip
    row = attendance_of(mark, session=session, user=user, at=at)
    row.reason = reason
    data = {"session": session.public_id, "outcome": row.outcome, "minutes_late": row.minutes_late}
    if seen is not None:
        row.amends, row.occurred_at = seen, seen.occurred_at
        if row.refused_by and seen.refused_by_id:
            row.refused_by_id = seen.refused_by_id  # who stood at the door is not who corrects the minutes
        data |= {"was": seen.outcome, "was_late": seen.minutes_late}
    row.save(force_insert=True)
    record_change(
        action="attendance.amended" if seen else "attendance.added", subject=row, by=by, at=at, reason=reason,
        case_id=booking.requirement.referral_id, data=data,
    )  # fmt: skip
    return row


def _tell(
    row: Attendance, seen: Attendance | None, booking: Booking, referral: Referral, *, by: Actor, at: datetime
) -> None:
    """The person always, in neutral words; the officer by e-mail always, and by a task where the session counts otherwise now."""
    queue_message(
        kind=MarkAmended.kind, recipient_id=participant_of(booking).pk, subject_id=row.pk, case_id=referral.pk, at=at,
        due_at=out_of_quiet_hours(at),
    )  # fmt: skip
    tell_officer(kind=MarkAmendedForOfficer.kind, referral=referral, subject_id=referral.pk, at=at, occurrence=str(row.pk))
    was, now = OUTCOMES[seen.outcome] if seen else None, OUTCOMES[row.outcome]
    if referral.voluntary or _axes(was) == _axes(now):
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = gettext("Session on %(when)s: the register said “%(was)s” and now says “%(now)s”.")
        said = was.words if was else gettext("no mark")
        detail = words % {"when": moment_words(row.occurred_at), "was": said, "now": now.words}
    raise_task(referral=referral, kind=TaskKind.MARK_AMENDED, subject_id=row.pk, by=by, at=at, detail=detail)


def _axes(outcome: Outcome | None) -> tuple[bool, bool]:
    """Who has no mark of a session whose register is in was not there (see `completion.Meeting`)."""
    return (outcome.attended, outcome.complied) if outcome else (False, False)
