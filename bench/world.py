"""The data that is measured on: one agency with many cases, many open courses, one register; made in bulk, the same each time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, connections, models

from courses.enums import BookingState
from courses.models import Booking, Course, Session
from diversion.accounts.models import User
from diversion.core import clock
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import CaseTask, Referral, Requirement
from tests.factories import make_course, make_offer, make_referral, make_requirement, make_scheme, make_trainer, make_user

CASES = 2_000
BUYERS = 400
OPEN_COURSES = 20_000
PROGRAMMES = 6
ON_THE_REGISTER = 24
OWN = {"id", "public_id", "reference"}
SURNAMES = ["Abbott", "Bevan", "Chowdhury", "Davies", "Evans", "Fox", "Griffiths", "Hughes", "Ismail", "Jones"]


@dataclass(frozen=True)
class World:
    """Who looks at what."""

    officer: User
    participant: User
    trainer: User
    register: Session
    buyers: list[Requirement]
    course: Course


def make_world(*, cases: int = CASES, buyers: int = BUYERS, open_courses: int = OPEN_COURSES) -> World:
    """Fill an empty database, as the application, and let the planner see it."""
    scheme = make_scheme()
    officer = make_user("case-officer", scheme.agency)
    first = make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer)
    needed, offer = make_requirement(first), make_offer(first)
    booked = make_course(scheme.programme, capacity=cases + ON_THE_REGISTER)
    people = copies(first.participant, cases, user=None, family_name=SURNAMES)
    referrals = copies(first, cases, participant=people)
    requirements = copies(needed, cases, referral=referrals)
    copies(offer, cases, referral=referrals)
    _book(booked, requirements[::2])
    _raise_tasks(referrals[::5])
    register = _register(scheme, first, needed)
    buying = copies(first, buyers, participant=copies(first.participant, buyers, user=None))
    course = make_course(scheme.programme, capacity=buyers * 2, sessions=2)
    to_book = copies(needed, buyers, referral=buying)
    _open_courses(booked, open_courses)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    connections["owner"].close()
    trainer = make_trainer(register.course.provider, register)
    person = User.objects.get(participant=first.participant)
    return World(officer, person, trainer, register, to_book, course)


def copies(row: Any, n: int, **changes: Any) -> list[Any]:
    """`n` new rows like one, stored in one go; a list among the changes is dealt out one by one."""
    model: type[models.Model] = type(row)
    derived = {name for name in (f.name for f in model._meta.concrete_fields) if name.endswith(("_index", "_sound"))}
    same = {f.name: getattr(row, f.name) for f in model._meta.concrete_fields if f.name not in OWN | derived}
    rows = [
        model(
            **same | {name: value[i % len(value)] if isinstance(value, list) else value for name, value in changes.items()}
        )
        for i in range(n)
    ]
    return model._default_manager.bulk_create(rows, batch_size=1000)


def _book(course: Course, requirements: list[Requirement]) -> None:
    now = clock.now()
    Booking.objects.bulk_create(
        Booking(
            state=BookingState.CONFIRMED, course=course, requirement=requirement, price_pence=course.price_pence,
            held_at=now, held_until=now + timedelta(minutes=30), confirmed_at=now,
        )
        for requirement in requirements
    )  # fmt: skip
    Course.objects.filter(pk=course.pk).update(taken=models.F("taken") + len(requirements))


def _raise_tasks(cases: list[Referral]) -> None:
    CaseTask.objects.bulk_create(
        CaseTask(
            referral=case, kind=TaskKind.NEEDS_DECISION, subject_id=case.pk, raised_at=clock.now(),
            due_on=clock.today() + timedelta(days=n % 9),
        )
        for n, case in enumerate(cases)
    )  # fmt: skip


def _register(scheme: Any, first: Referral, needed: Requirement) -> Session:
    course = make_course(scheme.programme, starts_in=-timedelta(hours=1), capacity=ON_THE_REGISTER)
    people = copies(first.participant, ON_THE_REGISTER, user=None, family_name=SURNAMES)
    cases = copies(first, ON_THE_REGISTER, participant=people)
    _book(course, copies(needed, ON_THE_REGISTER, referral=cases))
    session: Session = course.sessions.get()
    return session


def _open_courses(like: Course, n: int) -> None:
    """Over a year, at sixty venues, two in seven full, one in four online, one in six of the programme that is looked for.

    Each row is `like` it in whatever is not said here, so a new column needs no line of its own.
    """
    fresh = {"id": "gen_random_uuid()"}
    places = {"latitude": "50 + n * 0.13", "longitude": "-4 + n * 0.07", "step_free": "n % 2 = 0"}
    begins = "now() + n * interval '26 minutes' + interval '{} hours'"
    programme = f"CASE n % {PROGRAMMES} WHEN 0 THEN programme_id ELSE"
    programme += f" (SELECT id FROM referrals_programme WHERE code = 'B' || (n % {PROGRAMMES})) END"
    at_venue = "(SELECT id FROM courses_venue WHERE public_id = 'v' || (n % 60 + 1))"
    course = {
        "state": "'published'", "programme_id": programme, "venue_id": f"CASE WHEN n % 4 > 0 THEN {at_venue} END",
        "capacity": "10", "taken": "CASE WHEN n % 7 < 2 THEN 10 ELSE 4 END", "evening_or_weekend": "n % 5 = 0",
        "first_starts_at": begins.format(1), "last_ends_at": begins.format(4),
    }  # fmt: skip
    _many("courses_venue", like.venue_id, 60, fresh | {"public_id": "'v' || n"} | places)
    _many("referrals_programme", like.programme_id, PROGRAMMES - 1, fresh | {"public_id": "'p' || n", "code": "'B' || n"})
    _many("courses_course", like.pk, n, fresh | {"public_id": "'c' || n"} | course)
    its = "(SELECT {} FROM courses_course WHERE public_id = 'c' || n)"
    session = {
        "course_id": its.format("id"), "starts_at": its.format("first_starts_at"), "ends_at": its.format("last_ends_at"),
    }  # fmt: skip
    _many("courses_session", like.sessions.get().pk, n, fresh | {"public_id": "'s' || n"} | session)


def _many(table: str, like: Any, n: int, changes: dict[str, str]) -> None:
    """`n` rows like the one with that key; the changes are SQL over its columns and the row's number `n`."""
    pairs = ", ".join(f"'{column}', {value}" for column, value in changes.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(it, jsonb_build_object({pairs}))).*"
            f" FROM {table} it, generate_series(1, {n}) n WHERE it.id = '{like}'"
        )
