"""The story from beginning to end."""

from datetime import datetime, timedelta

from django.db import transaction

from diversion.accounts.enums import Rank, Role, Stead
from diversion.accounts.models import Organisation, User
from diversion.accounts.services.delegations import make_delegation
from diversion.core import clock
from diversion.demo.personas import persona_email
from diversion.demo.story import people, taking_part
from diversion.demo.story.courses import Timetable, timetable
from diversion.demo.story.organisations import Cast, agency, cast, staff
from diversion.demo.story.policy import Policy, policy, scheme
from diversion.demo.story.referring import accepted, draft, offered, submitted
from diversion.demo.story.troubles import (
    course_cancelled,
    goes_on_after_a_miss,
    put_right,
    waits_for_a_full_course,
    worry_about,
)
from diversion.demo.story.volunteers import voluntary_service
from diversion.notifications.enums import MessageState
from diversion.notifications.models import OutboxMessage

LAST = "SOUTH"


def tell(*, at: datetime) -> None:
    """Load the whole story. `at` is now; everything else is dated from it. The other agency comes last: see `is_told`.

    Messages that the story's past would have sent are not sent today: their rows are left out.
    """
    north = agency("NORTH", "Northshire Police")
    hub = staff(Role.HUB, "Hollie Hub", north, at=at, rank=Rank.SERGEANT)
    supervisor = staff(Role.SUPERVISOR, "Supriya Visor", north, at=at, rank=Rank.INSPECTOR)
    rules = policy(north, two_people=(hub, supervisor), at=at)
    _leave(
        supervisor,
        staff(Role.SUPERVISOR, "Sergio Geant", north, at=at, email="sergeant@demo.example", rank=Rank.SERGEANT),
        at=at,
    )
    who = cast(north, rules, supervisor, at=at)
    dates = timetable(who, rules, at=at)
    voluntary = voluntary_service(rules, at=at)
    _letters(who, rules, at=at)
    _participant(who, rules, at=at)
    _on_course(who, rules, dates, at=at)
    _finished(who, rules, dates, at=at)
    _waiting(who, rules, at=at)
    waits_for_a_full_course(who, rules, at=at)
    course_cancelled(who, rules, at=at)
    goes_on_after_a_miss(who, rules, voluntary, at=at)
    _elsewhere(rules, at=at)
    OutboxMessage.objects.filter(state=MessageState.QUEUED, due_at__lte=at).delete()


def is_begun() -> bool:
    """Some of the story is there."""
    return Organisation.objects.exists()


def is_told() -> bool:
    """All of it is."""
    return Organisation.objects.filter(code=LAST).exists()


def _leave(inspector: User, sergeant: User, *, at: datetime) -> None:
    """The supervisor is away for a week from the day after tomorrow; until then the sergeant's own rank must do."""
    first = clock.day_of(at) + timedelta(days=2)
    make_delegation(
        what=Stead.AUTHORISING,
        of_user=inspector,
        to_user=sergeant,
        starts_on=first,
        ends_on=first + timedelta(days=6),
        user=inspector,
        by=inspector.as_actor(),
        at=at,
    )


def _letters(who: Cast, rules: Policy, *, at: datetime) -> None:
    """Three offers sent yesterday, nobody has opened them."""
    for person in people.LETTERS:
        offered(person, rules.caution, who.officer, who.supervisor, at=at - timedelta(days=1))


def _participant(who: Cast, rules: Policy, *, at: datetime) -> None:
    """The one to try it as: accepted yesterday, still to find a course."""
    referral = accepted(people.PARTICIPANT, rules.caution, who.officer, who.supervisor, at=at - timedelta(days=3))
    user: User = User.objects.get(participant=referral.participant)
    user.email = persona_email("participant")
    user.save(update_fields=["email"])


def _on_course(who: Cast, rules: Policy, dates: Timetable, *, at: datetime) -> None:
    """Six people with a place on today's session, whose register is open; one of them has asked for help."""
    for person in people.ON_COURSE:
        referral = accepted(person, rules.caution, who.officer, who.supervisor, at=at - timedelta(days=20))
        booking = taking_part.book(referral, dates.today, at=at - timedelta(days=10))
    taking_part.ask(booking, "I read slowly. Can somebody sit with me?", at=at - timedelta(hours=2))
    worry_about(booking, who, at=at)


def _finished(who: Cast, rules: Policy, dates: Timetable, *, at: datetime) -> None:
    """Last week: one completed, one did not come, one came and was marked as if they had not."""
    came = accepted(people.COMPLETED, rules.caution, who.officer, who.supervisor, at=at - timedelta(days=30))
    missed = accepted(people.MISSED, rules.caution, who.officer, who.supervisor, at=at - timedelta(days=30))
    mistaken = accepted(people.MISTAKEN, rules.caution, who.colleague, who.supervisor, at=at - timedelta(days=30))
    for referral in (came, missed, mistaken):
        taking_part.book(referral, dates.last_week, at=at - timedelta(days=21))
    taking_part.mark(dates.last_week.sessions.get(), who.trainer, absent={missed.pk, mistaken.pk})
    put_right(mistaken, dates.last_week, who, at=at - timedelta(days=5))


def _waiting(who: Cast, rules: Policy, *, at: datetime) -> None:
    """Somebody who has not booked in time, three referrals for the supervisor, and a draft."""
    accepted(people.LATE_TO_BOOK, rules.deferred, who.officer, who.supervisor, at=at - timedelta(days=24))
    submitted(people.WAITING, rules.caution, who.colleague, at=at - timedelta(hours=3))
    longest, longer = people.ALSO_WAITING
    submitted(longest, rules.deferred, who.officer, at=at - timedelta(days=4))
    submitted(longer, rules.caution, who.officer, at=at - timedelta(days=1))
    draft(people.DRAFTED, rules.deferred, who.officer, at=at - timedelta(hours=1))


@transaction.atomic
def _elsewhere(rules: Policy, *, at: datetime) -> None:
    """Another agency's person, whom nobody of the story's agency may ever meet."""
    south = agency(LAST, "Southmere Probation Service")
    officer = staff(Role.CASE_OFFICER, "Sid Elsewhere", south, at=at, email="elsewhere@demo.example")
    supervisor = staff(
        Role.SUPERVISOR, "Una Elsewhere", south, at=at, email="elsewhere.supervisor@demo.example", rank=Rank.INSPECTOR
    )
    two_people = (officer, supervisor)
    theirs = scheme(south, "caution", "CAUTION", "Conditional caution", rules.one_session, by=two_people, at=at)
    offered(people.ELSEWHERE, theirs, officer, supervisor, at=at - timedelta(days=2))
