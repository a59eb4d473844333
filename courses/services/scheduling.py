"""A provider's course from draft to published."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseState
from courses.licensing import Lack, What
from courses.models import Course, Provider, Session, SessionTemplate, Venue
from courses.policies import CourseHasBegun
from courses.queries.licences import lacks_of, lacks_of_plan
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
) -> Course:
    """Draft a course: the programme's sessions in order, a week apart at the same London time. No venue means online.

    Every session has the same trainers and, online, the same link.

    :raises StartsInThePast, NoSessionPlan, VenueIsNotTheirs, TrainerIsNotTheirs: as their sentences say.
    :raises NotLicensed, TrainerIsNotLicensed, NeedsFullBeside: trainers are named, and a licence does not cover a session.
    """
    if first_starts_at <= at:
        raise StartsInThePast()
    if venue and venue.provider_id != provider.pk:
        raise VenueIsNotTheirs()
    _check_trainers(provider, trainers)
    times = session_times(list(programme.session_templates.all()), first_starts_at)
    if not times:
        raise NoSessionPlan()
    if trainers:
        check_licences(lacks_of_plan(provider, programme, [times_of[1:] for times_of in times], trainers))
    course = Course(
        provider=provider, programme=programme, venue=venue, language=language, capacity=capacity, price_pence=price_pence,
        single_sex=single_sex, first_starts_at=times[0][1], last_ends_at=times[-1][2],
        evening_or_weekend=is_evening_or_weekend([starts_at for _template, starts_at, _ends_at in times]),
    )  # fmt: skip
    begin(course, state=CourseState.DRAFT, by=by, at=at)
    for template, starts_at, ends_at in times:
        session = Session.objects.create(
            course=course, position=template.position, title=template.title, starts_at=starts_at, ends_at=ends_at,
            joining_link="" if venue else joining_link,
        )  # fmt: skip
        session.trainers.set(trainers)
    return course


@transaction.atomic
def publish_course(*, course: Course, by: Actor, at: datetime) -> Course:
    """Open a draft for booking. Doing it again changes nothing.

    :raises NoSessions, NoJoiningLink, CourseHasBegun: as their sentences say.
    :raises NotLicensed, TrainerIsNotLicensed, NeedsFullBeside: a licence, the provider's or a trainer's, does not cover it.
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
    check_licences(lacks_of([course])[course.pk])
    move(course, to=CourseState.PUBLISHED, by=by, at=at)
    return course


def session_times(
    templates: Sequence[SessionTemplate], first_starts_at: datetime
) -> list[tuple[SessionTemplate, datetime, datetime]]:
    """When each session of a plan starts and ends: a week apart on the London clock, whatever the clocks do between."""
    local = first_starts_at.astimezone(clock.LONDON)
    starts = [
        clock.london(local.date() + timedelta(weeks=weeks), local.hour, local.minute) for weeks in range(len(templates))
    ]
    pairs = zip(templates, starts, strict=True)
    return [(template, start, start + timedelta(minutes=template.minutes)) for template, start in pairs]


def is_evening_or_weekend(starts: Sequence[datetime]) -> bool:
    """True when somebody with a weekday job can come to all of it: each session on a weekend, or from five in the evening."""
    local = [start.astimezone(clock.LONDON) for start in starts]
    return all(start.weekday() >= SATURDAY or start.hour >= EVENING_FROM_HOUR for start in local)


def _check_trainers(provider: Provider, trainers: Sequence[User]) -> None:
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
