"""Reporting on a visit to a session, and saying that what the report asked for is done (C17)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from courses.messages_visit import VisitReported
from courses.models import CRITERIA, Session, Visit, VisitFollowUp
from courses.queries.told import administrators_of
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message


class SessionHasNotBegun(Refusal):
    sentence = _("The session has not begun. Report on it after you have seen it.")


class TrainerWasNotThere(Refusal):
    sentence = _("This trainer was not down for the session.")


class OwnSession(Refusal):
    sentence = _("Somebody else must report on your own session.")


class VisitIsReported(Refusal):
    sentence = _("You have reported on this visit already.")


class FollowUpIsHalfSaid(Refusal):
    sentence = _("Say both what must be done and by when, or neither.")
    field = "follow_up"


class NothingToFollowUp(Refusal):
    sentence = _("There is nothing to do, or somebody has said already that it is done.")


@transaction.atomic
def report_visit(
    *,
    session: Session,
    trainer: User,
    scores: Mapping[str, int],
    words: str,
    follow_up: str,
    follow_up_by: date | None,
    user: User,
    by: Actor,
    at: datetime,
) -> Visit:
    """Keep what somebody saw: a score from 1 to 5 for each of `CRITERIA`, their words, and what must follow by when, if anything.

    The trainer and the provider's administrators are told that it is there. The trail holds the scores, never the words.

    :raises SessionHasNotBegun, TrainerWasNotThere, OwnSession, FollowUpIsHalfSaid: as their sentences say.
    :raises VisitIsReported: the same person has reported on this trainer and session.
    """
    if session.starts_at > at:
        raise SessionHasNotBegun()
    if not session.trainers.filter(pk=trainer.pk).exists():
        raise TrainerWasNotThere()
    if trainer.pk == user.pk:
        raise OwnSession()
    if bool(follow_up) != bool(follow_up_by):
        raise FollowUpIsHalfSaid()
    visit = Visit(
        session=session, trainer=trainer, **{name: scores[name] for name in CRITERIA}, words=words,
        follow_up=follow_up or None, follow_up_by=follow_up_by, occurred_at=session.starts_at, recorded_at=at,
        recorded_by=user,
    )  # fmt: skip
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError:
        raise VisitIsReported() from None
    record_change(
        action="visit.reported", subject=visit, by=by, at=at, occurred_at=session.starts_at,
        data={"session": session.public_id, **{name: scores[name] for name in CRITERIA}},
    )  # fmt: skip
    organisation = session.course.provider.organisation_id
    for user_id in ({trainer.pk} | administrators_of({organisation})[organisation]) - {user.pk}:
        queue_message(kind=VisitReported.kind, recipient_id=user_id, subject_id=visit.pk, at=at, channels=[Channel.EMAIL])
    return visit


@transaction.atomic
def follow_up_visit(*, visit: Visit, words: str, user: User, by: Actor, at: datetime) -> VisitFollowUp:
    """Say that what a report asked for is done, and how; once.

    :raises NothingToFollowUp: the report asked for nothing, or it is done.
    """
    if visit.follow_up_by is None:
        raise NothingToFollowUp()
    done = VisitFollowUp(visit=visit, words=words, done_at=at, done_by=user)
    try:
        with transaction.atomic():
            done.save(force_insert=True)
    except IntegrityError:
        raise NothingToFollowUp() from None
    late = clock.is_over(visit.follow_up_by, at=at)
    record_change(action="visit.followed-up", subject=visit, by=by, at=at, reason=words, data={"late": late})
    return done
