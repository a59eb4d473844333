"""The story's timetable: places all over the country, online, evenings, weekends and Welsh."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from courses.models import Course, Provider, Room, Venue
from courses.services.licences import end_licence
from courses.services.scheduling import create_course, publish_course
from courses.services.time_away import record_time_away
from courses.services.venues import save_room
from courses.services.visits import report_visit
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.demo.story.organisations import Cast, venue
from diversion.demo.story.policy import Policy
from diversion.referrals.models import Programme

LINK = "https://meet.example.org/room"


@dataclass(frozen=True)
class Timetable:
    """The two courses that the story's people took part in."""

    today: Course
    last_week: Course


def timetable(who: Cast, rules: Policy, *, at: datetime) -> Timetable:
    """Everything on offer. Courses of the past were published a month ago."""
    manchester = venue(who.provider, "Mill Street Centre", "10 Mill Street, Manchester", "M4 6AB", step_free=True)
    long_ago = at - timedelta(days=45)
    # On the hour, so that its register is open and the session has begun whenever the demo is loaded.
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    today = run_course(who.provider, rules.one_session, manchester, this_hour, who.trainer, price=0, at=long_ago)
    last_week = run_course(
        who.provider, rules.one_session, manchester, this_hour - timedelta(days=7), who.trainer, price=0, at=long_ago
    )
    _ahead(who, rules, manchester, at=at)
    # The trainer's licence for one programme ends before the last courses do: something for the administrator to see to.
    end_licence(
        licence=who.trainer.licences.get(programme=rules.two_sessions), last_day=clock.day_of(at) + timedelta(days=30),
        reason="The trainer moves to another programme.", by=Actor.system("demo"), at=at,
    )  # fmt: skip
    report_visit(
        session=last_week.sessions.get(), trainer=who.trainer, user=who.administrator, by=who.administrator.as_actor(),
        scores={"prepared": 5, "clear": 4, "respectful": 5, "involving": 3, "safe": 5},
        words="Calm and well prepared. Some said little, and nobody asked them.",
        follow_up="Plan a round in which everybody speaks.", follow_up_by=clock.day_of(at) - timedelta(days=1),
        at=at - timedelta(days=6),
    )  # fmt: skip
    return Timetable(today=today, last_week=last_week)


def _ahead(who: Cast, rules: Policy, manchester: Venue, *, at: datetime) -> None:
    leeds = venue(who.provider, "Kirkgate Rooms", "3 Kirkgate, Leeds", "LS1 6BY", step_free=True)
    cardiff = venue(who.other_provider, "Canolfan y Bae", "22 Bute Street, Cardiff", "CF10 5BZ", step_free=True)
    london = venue(who.other_provider, "Albert House", "40 Albert Road, London", "SE1 7TP", step_free=False)
    published = at - timedelta(days=5)
    today = clock.day_of(at)
    room = save_room(venue=manchester, room=None, name="Room 1", capacity=12, by=Actor.system("demo"), at=published)
    for week, (place, price) in product(range(1, 7), ((manchester, 8500), (leeds, 8000), (cardiff, 7500), (london, 9500))):
        # One trainer teaches in both towns: never on the same day.
        day = _weekday(today + timedelta(weeks=week), (3 + week % 3) % 4 if place == leeds else 1 + week % 3)
        hour = 18 if week % 3 == 0 else 9
        language = "cy" if place == cardiff and week % 2 else "en-gb"
        trainer = who.trainer if place.provider == who.provider else None
        starts = clock.london(day, hour)
        run_course(
            place.provider, rules.one_session, place, starts, trainer, price=price, at=published, language=language,
            room=room if place == manchester else None,
        )  # fmt: skip
    for week in range(1, 7):
        saturday = _weekday(today + timedelta(weeks=week), 5)
        run_course(who.provider, rules.one_session, None, clock.london(saturday, 10), who.trainer, price=6500, at=published)
        # Two weeks each, by the same trainer: Wednesdays and Mondays take turns.
        evening = clock.london(_weekday(today + timedelta(weeks=week), 2 if week % 2 else 0), 18)
        run_course(who.provider, rules.two_sessions, None, evening, who.trainer, price=9000, at=published)
        morning = clock.london(_weekday(today + timedelta(weeks=week), 4), 9)
        run_course(who.other_provider, rules.driving, None, morning, None, price=8800, at=published)
    away = _weekday(today + timedelta(weeks=9), 0)
    record_time_away(
        provider=who.provider, trainer=who.trainer, first_on=away, last_on=away + timedelta(days=4),
        by=Actor.system("demo"), at=published,
    )  # fmt: skip


def run_course(
    provider: Provider,
    programme: Programme,
    place: Venue | None,
    starts: datetime,
    trainer: User | None,
    *,
    price: int,
    at: datetime,
    language: str = "en-gb",
    room: Room | None = None,
    capacity: int = 12,
) -> Course:
    """A published course. `starts` may be past, if `at` is before it."""
    by = Actor.system("demo")
    course = create_course(
        provider=provider,
        programme=programme,
        venue=place,
        room=room,
        language=language,
        capacity=capacity,
        price_pence=price,
        first_starts_at=starts,
        trainers=[trainer] if trainer else [],
        by=by,
        at=at,
        joining_link="" if place else LINK,
        on_holidays=True,  # the story's dates stand on whatever day it is told
    ).course
    return publish_course(course=course, by=by, at=at)


def _weekday(day: date, number: int) -> date:
    """The day of that week, Monday being 0."""
    return day + timedelta(days=number - day.weekday())
