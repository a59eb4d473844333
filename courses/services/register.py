"""The register: facts are recorded once, and what follows from them is worked out in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState, CourseState, IdentitySeen, OutcomeCode
from courses.models import Attendance, Booking, Course, Session
from courses.outcomes import OUTCOMES
from courses.queries.registers import drafts_of
from courses.register_rules import check_can_submit, cut_off_rule
from courses.services.completion import settle_bookings
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.audit.transitions import move
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import TaskKind
from diversion.referrals.services.tasks import answer_tasks


class RegisterHasChanged(Refusal):
    sentence = _("Somebody took or gave up a place since you opened this page. Check the register and send it again.")


class MarksHaveChanged(Refusal):
    sentence = _("Somebody else marked people at this very moment. Send the register again: you will see what they marked.")


class OutcomeIsNotYours(Refusal):
    sentence = _("You cannot record one of these outcomes.")


class LatenessIsMissing(Refusal):
    sentence = _("Say how many minutes late each person was whom you did not let in.")


class ArrivalIsAhead(Refusal):
    """Knows whose mark it is, so that a page can say it on that line."""

    sentence = _("They cannot have come later than now: check the minutes late.")
    field = "late"

    def __init__(self, booking_id: UUID) -> None:
        super().__init__()
        self.booking_id = booking_id


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the register. `minutes_late` counts from the scheduled start, `left_early_minutes` back from the end."""

    booking_id: UUID
    outcome: OutcomeCode
    identity_seen: IdentitySeen
    minutes_late: int = 0
    left_early_minutes: int = 0
    refused_because: str = ""


@transaction.atomic
def submit_register(
    *, session: Session, marks: Sequence[Mark], user: User, by: Actor, at: datetime, seen: Mapping[UUID, str] | None = None
) -> Session:
    """Record a session's register, once, with one mark for each confirmed place; then settle what follows.

    Who completed gets their certificate and the requirement is met; who can no longer complete here is put to an officer.
    When it was the course's last register, the course closes. Rows are locked as everywhere: course, session, referral,
    requirement, booking. `seen` are the tokens of the kept marks that the page had shown (`drafts.Kept.tokens`); None where no
    page was sent.

    :raises RegisterIsAlreadySubmitted, CourseIsNotRunning, RegisterIsNotOpenYet, SessionHasNotBegun: see `register_rules`.
    :raises RegisterHasChanged: the marks are not for exactly the people who have a place for this session.
    :raises MarksHaveChanged: another trainer kept a mark since: sending would take it away unread.
    :raises OutcomeIsNotYours: the person's role may not record an outcome.
    :raises LatenessIsMissing: somebody was refused entry and nobody said how late they were (rule 16).
    :raises ArrivalIsAhead: somebody would have arrived later than now.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=session.course_id)
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    check_can_submit(session, course, at=at)
    bookings = _confirmed(session)
    _check_marks(marks, set(bookings), session, user, at=at)
    if seen is not None and seen != {key: each.token for key, each in drafts_of(session).items() if key in bookings}:
        raise MarksHaveChanged()
    _record(session, marks, bookings, user=user, by=by, at=at)
    session.register_submitted_at, session.register_submitted_by = at, user
    session.save(update_fields=["register_submitted_at", "register_submitted_by"])
    session.drafts.all().delete()
    record_change(
        action="register.submitted",
        subject=session,
        by=by,
        at=at,
        occurred_at=session.starts_at,
        data={"people": len(marks)},
    )
    missed = {mark.booking_id for mark in marks if not OUTCOMES[mark.outcome].counts}
    settle_bookings(course=course, session=session, bookings=list(bookings.values()), missed=missed, by=by, at=at)
    answer_tasks(kind=TaskKind.REGISTER_LATE, subject_id=session.pk, outcome="The register came in.", by=by, at=at)
    if course.state == CourseState.PUBLISHED and not course.sessions.filter(register_submitted_at=None).exists():
        move(course, to=CourseState.CLOSED, by=by, at=at)
    return session


def _confirmed(session: Session) -> dict[UUID, Booking]:
    """In the order of their cases' keys, so that two registers that need the same two cases never wait for each other."""
    rows = (
        Booking.objects.expected_at(session)
        .filter(state=BookingState.CONFIRMED)
        .select_related("requirement__referral__agency", "requirement__referral__participant")
    )
    return {row.pk: row for row in rows.order_by("requirement__referral_id")}


def attendance_of(mark: Mark, *, session: Session, user: User, at: datetime) -> Attendance:
    """The row of a mark, not stored yet. Who was refused entry gets what they may contest it with (rule 16)."""
    row = Attendance(
        booking_id=mark.booking_id, session=session, outcome=mark.outcome, identity_seen=mark.identity_seen,
        minutes_late=mark.minutes_late, left_early_minutes=mark.left_early_minutes, occurred_at=session.starts_at,
        recorded_at=at, recorded_by=user,
    )  # fmt: skip
    if mark.outcome == OutcomeCode.REFL:
        row.arrived_at = session.starts_at + timedelta(minutes=mark.minutes_late)
        row.cut_off_rule, row.refused_by, row.refused_because = cut_off_rule(), user, mark.refused_because
    return row


def check_mark(mark: Mark, *, session: Session, user: User, at: datetime) -> None:
    """:raises OutcomeIsNotYours, LatenessIsMissing, ArrivalIsAhead: as `submit_register`."""
    if not user.may(OUTCOMES[mark.outcome].recorded_with):
        raise OutcomeIsNotYours()
    if mark.outcome == OutcomeCode.REFL and mark.minutes_late < 1:
        raise LatenessIsMissing()
    # A minute that has begun counts.
    if mark.minutes_late and session.starts_at + timedelta(minutes=mark.minutes_late - 1) > at:
        raise ArrivalIsAhead(mark.booking_id)


def _check_marks(marks: Sequence[Mark], booking_ids: set[UUID], session: Session, user: User, *, at: datetime) -> None:
    if len(marks) != len(booking_ids) or {mark.booking_id for mark in marks} != booking_ids:
        raise RegisterHasChanged()
    for mark in marks:
        check_mark(mark, session=session, user=user, at=at)


def _record(
    session: Session, marks: Sequence[Mark], bookings: dict[UUID, Booking], *, user: User, by: Actor, at: datetime
) -> None:
    rows = [attendance_of(mark, session=session, user=user, at=at) for mark in marks]
    Attendance.objects.bulk_create(rows)
    for row in rows:
        record_change(
            action="attendance.recorded", subject=row, by=by, at=at, occurred_at=row.occurred_at,
            case_id=bookings[row.booking_id].requirement.referral_id,
            data={"session": session.public_id, "outcome": row.outcome, "minutes_late": row.minutes_late},
        )  # fmt: skip
