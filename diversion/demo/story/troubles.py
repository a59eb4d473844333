"""What goes wrong in the story, and what the service does about it."""

from datetime import datetime, timedelta

from courses.models import Attendance, Booking, Course
from courses.services.amendment import amend_mark
from courses.services.door import raise_concern
from courses.services.replacing import cancel_course, see_to_people
from courses.services.waiting import join_for_course
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.demo.story import people, taking_part
from diversion.demo.story.courses import run_course
from diversion.demo.story.organisations import Cast
from diversion.demo.story.policy import Policy
from diversion.demo.story.referring import accepted
from diversion.demo.story.volunteers import join
from diversion.referrals.models import Referral, Scheme


def put_right(referral: Referral, course: Course, who: Cast, *, at: datetime) -> None:
    """A mark of absence that was a mistake is changed: the person has completed after all."""
    seen = Attendance.objects.get(session__course=course, booking__requirement__referral=referral)
    amend_mark(
        seen=seen, mark=taking_part.came(seen.booking), reason="Sat in the back and was overlooked; signed the list.",
        user=who.administrator, by=who.administrator.as_actor(), at=at,
    )  # fmt: skip


def worry_about(booking: Booking, who: Cast, *, at: datetime) -> None:
    """The trainer is concerned about somebody in the room."""
    raise_concern(
        booking=booking, session=booking.course.sessions.latest("position"), words="Cried in the break and said that home is not safe this week.",
        user=who.trainer, by=who.trainer.as_actor(), at=at,
    )  # fmt: skip


def waits_for_a_full_course(who: Cast, rules: Policy, *, at: datetime) -> None:
    """A course with one place, which somebody has, and somebody else who waits for it."""
    evening = clock.london(clock.day_of(at) + timedelta(days=24), 19)
    course = run_course(
        who.other_provider, rules.one_session, None, evening, None, price=0, at=at - timedelta(days=9), capacity=1
    )
    has = accepted(people.HAS_THE_LAST_PLACE, rules.caution, who.colleague, who.supervisor, at=at - timedelta(days=8))
    taking_part.book(has, course, at=at - timedelta(days=7))
    waits = accepted(people.WAITS_FOR_IT, rules.caution, who.officer, who.supervisor, at=at - timedelta(days=6))
    join_for_course(course=course, requirement=waits.requirements.get(), by=Actor.system("demo"), at=at - timedelta(days=5))


def course_cancelled(who: Cast, rules: Policy, *, at: datetime) -> None:
    """A provider cancels a course; whoever was on it is to choose another."""
    morning = clock.london(clock.day_of(at) + timedelta(days=17), 9)
    course = run_course(who.provider, rules.one_session, None, morning, None, price=0, at=at - timedelta(days=9))
    referral = accepted(people.COURSE_CANCELLED, rules.caution, who.officer, who.supervisor, at=at - timedelta(days=8))
    taking_part.book(referral, course, at=at - timedelta(days=7))
    cancel_course(
        course=course, reason="The trainer is ill", user=who.administrator, by=who.administrator.as_actor(),
        at=at - timedelta(hours=3),
    )  # fmt: skip
    see_to_people(at=at - timedelta(hours=3))


def goes_on_after_a_miss(who: Cast, rules: Policy, voluntary: Scheme, *, at: datetime) -> None:
    """Of two sessions the first was attended and the second missed: another course may be joined at the second.

    Beside them sat somebody who came by themselves, completed, and is worried about: the service team has that to follow up.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    # The second was two days ago: its register is still among those that the trainer sees.
    first = hour - timedelta(days=9, hours=3)
    course = run_course(who.provider, rules.two_sessions, None, first, who.trainer, price=0, at=at - timedelta(days=45))
    referral = accepted(people.GOES_ON, rules.deferred, who.officer, who.supervisor, at=at - timedelta(days=30))
    taking_part.book(referral, course, at=at - timedelta(days=21))
    by_themselves = join(voluntary, "Kim", "kim@example.org", at=at - timedelta(days=25))
    booking = taking_part.book(by_themselves, course, at=at - timedelta(days=20))
    attended, missed = course.sessions.order_by("position")
    taking_part.mark(attended, who.trainer)
    taking_part.mark(missed, who.trainer, absent={referral.pk})
    worry_about(booking, who, at=missed.ends_at)
