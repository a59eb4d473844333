"""When a register may be marked and sent. Pairs: `check_…` raises with the reason, `is_open` answers a page."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseState
from courses.models import Course, Session
from diversion.core.errors import Refusal
from diversion.core.moments import moment_words

OPENS_BEFORE = timedelta(minutes=30)


class RegisterIsAlreadySubmitted(Refusal):
    sentence = _("This register has already been sent.")


class RegisterIsNotOpenYet(Refusal):
    """The session is more than half an hour away; the sentence says when the register opens."""


class SessionHasNotBegun(Refusal):
    """Nobody can have attended, or failed to attend, what has not begun (domain section 6)."""


class CourseIsNotRunning(Refusal):
    sentence = _("This course was cancelled, so it has no register.")


def opens_at(session: Session) -> datetime:
    """Half an hour before the session starts."""
    return session.starts_at - OPENS_BEFORE


def cut_off_rule() -> str:
    """The rule that somebody was refused entry by, as it is worded when they were: kept with the mark (rule 16)."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("Registration closes when the session starts.")


def is_open(session: Session, *, at: datetime) -> bool:
    """Whether the register may be looked at and filled in; sending waits for the start."""
    return at >= opens_at(session)


def check_can_submit(session: Session, course: Course, *, at: datetime) -> None:
    """The register of this session may be sent now. Being late stops nobody: a late mark is better than none (rule 19).

    :raises RegisterIsAlreadySubmitted: it was sent before; a correction is an amendment, not a second register.
    :raises CourseIsNotRunning: the course is a draft or cancelled.
    :raises RegisterIsNotOpenYet: the session starts in more than 30 minutes.
    :raises SessionHasNotBegun: the session is about to start.
    """
    if session.register_submitted_at is not None:
        raise RegisterIsAlreadySubmitted()
    if course.state not in {CourseState.PUBLISHED, CourseState.CLOSED}:
        raise CourseIsNotRunning()
    if not is_open(session, at=at):
        raise RegisterIsNotOpenYet(_("The register opens on %(when)s.") % {"when": moment_words(opens_at(session))})
    if at < session.starts_at:
        words = _("The session starts on %(when)s. Send the register after that.")
        raise SessionHasNotBegun(words % {"when": moment_words(session.starts_at)})
