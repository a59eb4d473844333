"""Who teaches a session, when somebody else must."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.cascade import SessionIsPast
from courses.enums import CourseState
from courses.models import Course, Session
from courses.planning import Meeting
from courses.queries.licences import lacks_of_plans
from courses.services.clashes import check_free, check_there, lock_timetable, refusing_clashes
from courses.services.rescheduling import CourseIsOver
from courses.services.scheduling import check_licences, check_trainers
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor


class BegunWithoutThem(SessionIsPast):
    sentence = _("This session has ended or its register is in. Its trainers cannot be changed.")


@transaction.atomic
def replace_trainers(*, session: Session, trainers: Sequence[User], by: Actor, at: datetime) -> Session:
    """These trainers, and no others, teach a session that has not ended. The same trainers again change nothing.

    :raises CourseIsOver, BegunWithoutThem: it is too late.
    :raises TrainerIsNotTheirs, TrainerIsAway, TrainerIsTaken: as their sentences say.
    :raises NotLicensed, TrainerIsNotLicensed, NeedsFullBeside: a licence does not cover the session's day.
    """
    lock_timetable(session.course.provider)
    course = Course.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.course_id)
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    before = list(session.trainers.order_by("pk"))
    if {who.pk for who in before} == {who.pk for who in trainers}:
        return session
    if course.state not in {CourseState.DRAFT, CourseState.PUBLISHED}:
        raise CourseIsOver()
    if session.register_submitted_at or session.ends_at <= at:
        raise BegunWithoutThem()
    check_trainers(course.provider, trainers)
    check_there([clock.day_of(session.starts_at)], trainers)
    sessions = [(session.starts_at, session.ends_at, trainers)]
    check_licences(lacks_of_plans(course.provider, [(course.programme, sessions)])[0])
    meeting = Meeting(session.position, session.title, session.starts_at, session.ends_at)
    check_free([meeting], trainers=[who for who in trainers if who not in before], room=None)
    with refusing_clashes():
        session.trainers.set(trainers)
    data = {"from": [str(who.pk) for who in before], "to": sorted(str(who.pk) for who in trainers)}
    record_change(action="session.trainers_changed", subject=session, by=by, at=at, data=data)
    return session
