"""A provider's course from draft to published."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseState
from courses.licensing import Lack, What
from courses.models import Course, Provider, Room, Session, Venue
from courses.planning import MOST_WEEKS_SKIPPED, Lesson, Meeting, Planned, Skip, plan_course
from courses.policies import CourseHasBegun
from courses.queries.licences import lacks_of, lacks_of_plans
from courses.queries.occupied import days_closed
from courses.services.allowed import check_course_allowed
from courses.services.clashes import check_free, check_room, lock_timetable, refusing_clashes
from diversion.accounts.enums import Role
from diversion.accounts.models import Membership, User
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.moments import day_words
from diversion.referrals.models import Programme

EVENING_FROM_HOUR = 17
SATURDAY = 5


class StartsInThePast(Refusal):
    sentence = _("The first session must be in the future.")
    field = "first_on"


class NoSessionPlan(Refusal):
    sentence = _("This programme has no plan of sessions yet. Ask the service team to add one.")
    field = "programme"


class VenueIsNotTheirs(Refusal):
    sentence = _("Choose one of your own venues.")
    field = "venue"


class TrainerIsNotTheirs(Refusal):
    sentence = _("Choose trainers who work for you now.")
    field = "trainers"


class NotLicensed(Refusal):
    sentence = _("Your licence for this programme does not cover %(day)s. Ask the service team to renew it.")
    field = "programme"


class TrainerIsNotLicensed(Refusal):
    sentence = _("%(name)s has no licence for this programme on %(day)s. Choose another trainer or have it renewed.")
    field = "trainers"


class NeedsFullBeside(Refusal):
    sentence = _(
        "%(name)s has a provisional licence on %(day)s. Choose a trainer with a full licence to teach beside them."
    )
    field = "trainers"


class NoSessions(Refusal):
    sentence = _("Add at least one session before you publish.")


class NoJoiningLink(Refusal):
    sentence = _("An online course needs a link to join before you publish.")


class Drafted(NamedTuple):
    """A course that was drafted, and the days that its sessions went past."""

    course: Course
    skipped: Sequence[Skip]


@transaction.atomic
def create_course(
    *,
    provider: Provider,
    programme: Programme,
    venue: Venue | None,
    language: str,
    capacity: int,
    price_pence: int,
    first_starts_at: datetime,
    trainers: Sequence[User],
    by: Actor,
    at: datetime,
    joining_link: str = "",
    single_sex: bool = False,
    flexible_pence: int | None = None,
    room: Room | None = None,
    on_holidays: bool = False,
) -> Drafted:
    """Draft a course: the programme's sessions in order, a week apart at the same London time. No venue means online.

    Every session has the same trainers and, online, the same link. One that would fall on a bank holiday of the venue's country,
    or on a day on which a trainer is away, goes on by weeks, and those after it too; `skipped` says which days those are.
    `on_holidays`: they meet on bank holidays too.

    :raises NoDayToMeet: a session's next open day is more than 12 weeks away.
    :raises StartsInThePast, NoSessionPlan, VenueIsNotTheirs, TrainerIsNotTheirs: as their sentences say.
    :raises NeedsAVenue, IsTaughtOnline, IsForEverybody: the programme has no such courses.
    :raises RoomIsElsewhere, RoomIsTooSmall, RoomIsTaken, TrainerIsTaken: see `services.clashes`.
    :raises NotLicensed, TrainerIsNotLicensed, NeedsFullBeside: trainers are named, and a licence does not cover a session.
    """
    if first_starts_at <= at:
        raise StartsInThePast()
    lock_timetable(provider)
    planned = _placed(programme, first_starts_at, venue=venue, trainers=trainers, on_holidays=on_holidays)
    meetings = planned.meetings
    course = Course(
        provider=provider, programme=programme, venue=venue, room=room, language=language, capacity=capacity,
        price_pence=price_pence, flexible_pence=flexible_pence, single_sex=single_sex,
    )  # fmt: skip
    check_draft(course, meetings, trainers)
    if trainers:
        sessions = [(each.starts_at, each.ends_at, trainers) for each in meetings]
        check_licences(lacks_of_plans(provider, [(programme, sessions)])[0])
    check_free(meetings, trainers=trainers, room=room)
    teaching = {each.position: trainers for each in meetings}
    store_draft(course, meetings, trainers=teaching, joining_link=joining_link, by=by, at=at)
    return Drafted(course, planned.skipped)


def _placed(
    programme: Programme, first_starts_at: datetime, *, venue: Venue | None, trainers: Sequence[User], on_holidays: bool
) -> Planned:
    """The sessions on the days on which somebody meets.

    :raises NoDayToMeet: the next such day is more than 12 weeks away.
    """
    lessons = lessons_of(programme)
    wall = clock.london_wall(first_starts_at)
    last = wall.date() + timedelta(weeks=len(lessons) * (1 + MOST_WEEKS_SKIPPED))
    closed = days_closed(venue=venue, trainers=trainers, first=wall.date(), last=last, holidays=not on_holidays)
    return plan_course(lessons, wall.date(), wall.time(), closed=closed)


def check_draft(course: Course, meetings: Sequence[Meeting], trainers: Sequence[User]) -> None:
    """What a draft not yet stored needs, but for licences, free trainers and a free room.

    :raises NoSessionPlan, VenueIsNotTheirs, TrainerIsNotTheirs, RoomIsElsewhere, RoomIsTooSmall: as their sentences say.
    :raises NeedsAVenue, IsTaughtOnline, IsForEverybody: the programme has no such courses.
    """
    check_course_allowed(course)
    if course.venue and course.venue.provider_id != course.provider_id:
        raise VenueIsNotTheirs()
    check_room(course.room, venue=course.venue, capacity=course.capacity)
    check_trainers(course.provider, trainers)
    if not meetings:
        raise NoSessionPlan()


def store_draft(
    course: Course,
    meetings: Sequence[Meeting],
    *,
    trainers: Mapping[int, Sequence[User]],
    joining_link: str,
    by: Actor,
    at: datetime,
) -> Course:
    """Write a checked draft with its sessions, each with its trainers by position; the caller holds the provider's timetable.

    :raises TrainerIsTaken, RoomIsTaken: another provider was quicker with a shared trainer.
    """
    set_times(course, meetings)
    with refusing_clashes():
        begin(course, state=CourseState.DRAFT, by=by, at=at)
        for meeting in meetings:
            session = Session.objects.create(
                course=course, position=meeting.position, title=meeting.title, starts_at=meeting.starts_at,
                ends_at=meeting.ends_at, joining_link="" if course.venue else joining_link,
            )  # fmt: skip
            session.trainers.set(trainers[meeting.position])
    return course


def set_times(course: Course, meetings: Sequence[Meeting]) -> None:
    """What a course repeats of its sessions' times."""
    course.first_starts_at, course.last_ends_at = meetings[0].starts_at, meetings[-1].ends_at
    course.evening_or_weekend = is_evening_or_weekend([each.starts_at for each in meetings])


@transaction.atomic
def publish_course(*, course: Course, by: Actor, at: datetime) -> Course:
    """Open a draft for booking. Doing it again changes nothing.

    :raises NoSessions, NoJoiningLink, CourseHasBegun: as their sentences say.
    :raises TrainerIsNotTheirs: somebody who is down for a session works there no more.
    :raises NotLicensed, TrainerIsNotLicensed, NeedsFullBeside: a licence, the provider's or a trainer's, does not cover it.
    :raises NeedsAVenue, IsTaughtOnline, IsForEverybody: the programme has no such courses any more.
    :raises MoveIsNotAllowed: it was closed or cancelled.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if course.state == CourseState.PUBLISHED:
        return course
    sessions = list(course.sessions.all())
    if not sessions:
        raise NoSessions()
    if course.first_starts_at <= at:
        raise CourseHasBegun(_("The first session has already started."))
    if course.is_online and not all(session.joining_link for session in sessions):
        raise NoJoiningLink()
    check_course_allowed(course)
    check_trainers(course.provider, list(User.objects.filter(sessions__course=course).distinct()))
    check_licences(lacks_of([course])[course.pk])
    move(course, to=CourseState.PUBLISHED, by=by, at=at)
    return course


def lessons_of(programme: Programme) -> list[Lesson]:
    """The programme's sessions in order."""
    return [Lesson(*row) for row in programme.session_templates.values_list("position", "title", "minutes")]


def is_evening_or_weekend(starts: Sequence[datetime]) -> bool:
    """True when somebody with a weekday job can come to all of it: each session on a weekend, or from five in the evening."""
    local = [start.astimezone(clock.LONDON) for start in starts]
    return all(start.weekday() >= SATURDAY or start.hour >= EVENING_FROM_HOUR for start in local)


def check_trainers(provider: Provider, trainers: Sequence[User]) -> None:
    """They work for the provider now.

    :raises TrainerIsNotTheirs: one does not.
    """
    employed = Membership.objects.filter(
        user__in=trainers, organisation=provider.organisation_id, role=Role.TRAINER, ended_at=None
    )
    if employed.count() != len(set(trainers)):
        raise TrainerIsNotTheirs()


def check_licences(lacks: Sequence[Lack]) -> None:
    """Nothing is lacking for a course to run.

    :raises NotLicensed, TrainerIsNotLicensed, NeedsFullBeside: the first lack, the provider's before the trainers'.
    """
    lack = min(lacks, key=lambda each: (each.what != What.PROVIDER, each.day), default=None)
    if lack is None:
        return
    if lack.trainer is None:
        raise NotLicensed(str(NotLicensed.sentence) % {"day": day_words(lack.day)})
    refusal: type[Refusal] = TrainerIsNotLicensed if lack.what == What.TRAINER else NeedsFullBeside
    name = User.objects.values_list("name", flat=True).get(pk=lack.trainer)
    raise refusal(str(refusal.sentence) % {"name": name, "day": day_words(lack.day)})
