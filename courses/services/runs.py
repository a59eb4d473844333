"""Making the courses of a plan, all of them or none, once however often the button is pressed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Course, CourseRun, Provider
from courses.services.clashes import lock_timetable
from courses.services.proposing import Proposal, Wanted
from courses.services.scheduling import NoJoiningLink, check_draft, publish_course, store_draft
from diversion.accounts.models import User
from diversion.core.actor import Actor
from diversion.core.errors import Refusal


class PlanHasChanged(Refusal):
    sentence = _("Something has changed since this plan was shown. Look at it again before you make the courses.")


class PlanHasClashes(Refusal):
    sentence = _("Courses in this plan clash or are not covered by a licence. Change the plan.")


class LinkIsMissing(NoJoiningLink):
    sentence = _("Enter the link to join, or leave the courses as drafts.")
    field = "joining_link"


@transaction.atomic
def make_run(
    *,
    public_id: str,
    provider: Provider,
    wanted: Wanted,
    fingerprint: str,
    publish: bool,
    joining_link: str = "",
    by: Actor,
    at: datetime,
) -> list[Course]:
    """Make every course of a plan as a draft, or open for booking. A run of the same id gives the courses that it made.

    The plan is worked out again while nobody else may change the timetable. Online courses take the link given, or, of a term
    that is copied, the one they had.

    :raises PlanHasChanged: it is not the plan with that fingerprint any more, or the id is another provider's.
    :raises PlanHasClashes: a trainer or a room is taken, or a licence does not cover a session.
    :raises LinkIsMissing: an online course would be opened without one.
    :raises Refusal: whatever stops a single draft, or its opening.
    """
    lock_timetable(provider)
    made = CourseRun.objects.filter(public_id=public_id).first()
    if made and made.provider_id != provider.pk:
        raise PlanHasChanged()
    if made:
        return list(made.courses.order_by("first_starts_at", "pk"))
    proposals = wanted.propose(provider, at=at)
    if proposals.fingerprint != fingerprint:
        raise PlanHasChanged()
    if not proposals.is_sound:
        raise PlanHasClashes()
    run = CourseRun.objects.create(public_id=public_id, provider=provider, made_at=at)
    courses = [_make(each, run, joining_link, by=by, at=at) for each in proposals.courses]
    if publish:
        _open(courses, by=by, at=at)
    return courses


def _make(proposal: Proposal, run: CourseRun, joining_link: str, *, by: Actor, at: datetime) -> Course:
    course = Course(
        provider=run.provider, programme=proposal.programme, venue=proposal.venue, room=proposal.room, run=run,
        language=proposal.language, capacity=proposal.capacity, price_pence=proposal.price_pence,
        flexible_pence=proposal.flexible_pence, single_sex=proposal.single_sex,
    )  # fmt: skip
    everybody: Sequence[User] = list({who.pk: who for each in proposal.trainers.values() for who in each}.values())
    check_draft(course, proposal.planned.meetings, everybody)
    link = joining_link or proposal.joining_link
    return store_draft(course, proposal.planned.meetings, trainers=proposal.trainers, joining_link=link, by=by, at=at)


def _open(courses: Sequence[Course], *, by: Actor, at: datetime) -> None:
    try:
        for course in courses:
            publish_course(course=course, by=by, at=at)
    except NoJoiningLink as refusal:
        raise LinkIsMissing() from refusal
