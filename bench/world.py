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


def make_world() -> World:
    """Fill an empty database, as the application, and let the planner see it."""
    scheme = make_scheme()
    officer = make_user("case-officer", scheme.agency)
    first = make_referral(ReferralState.ACCEPTED, scheme=scheme, officer=officer)
    needed, offer = make_requirement(first), make_offer(first)
    booked = make_course(scheme.programme, capacity=CASES + ON_THE_REGISTER)
    people = copies(first.participant, CASES, user=None, family_name=SURNAMES)
    cases = copies(first, CASES, participant=people)
    requirements = copies(needed, CASES, referral=cases)
    copies(offer, CASES, referral=cases)
    _book(booked, requirements[::2])
    _raise_tasks(cases[::5])
    register = _register(scheme, first, needed)
    buying = copies(first, BUYERS, participant=copies(first.participant, BUYERS, user=None))
    course = make_course(scheme.programme, capacity=BUYERS * 2, sessions=2)
    buyers = copies(needed, BUYERS, referral=buying)
    _open_courses(booked)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    connections["owner"].close()
    trainer = make_trainer(register.course.provider, register)
    person = User.objects.get(participant=first.participant)
    return World(officer, person, trainer, register, buyers, course)


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


def _open_courses(like: Course) -> None:
    """Over a year, at sixty venues, two in seven full, one in four online, one in six of the programme that is looked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO courses_venue (id, public_id, provider_id, name, address, postcode, latitude, longitude, step_free, access_words)
            SELECT gen_random_uuid(), 'v' || n, provider_id, name, address, postcode, 50 + n * 0.13, -4 + n * 0.07, n %% 2 = 0, ''
            FROM courses_venue, generate_series(1, 60) n WHERE courses_venue.id = %s
            """,
            [like.venue_id],
        )
        cursor.execute(
            """
            INSERT INTO referrals_programme SELECT (jsonb_populate_record(p, jsonb_build_object(
                'id', gen_random_uuid(), 'public_id', 'p' || n, 'code', 'B' || n))).*
            FROM referrals_programme p, generate_series(1, %s) n WHERE p.id = %s
            """,
            [PROGRAMMES - 1, like.programme_id],
        )
        cursor.execute(
            """
            INSERT INTO courses_course (id, public_id, state, provider_id, programme_id, venue_id, language, single_sex,
                                        capacity, taken, price_pence, first_starts_at, last_ends_at, evening_or_weekend)
            SELECT gen_random_uuid(), 'c' || n, 'published', provider_id,
                   CASE n %% %s WHEN 0 THEN programme_id ELSE (SELECT id FROM referrals_programme WHERE code = 'B' || (n %% %s)) END,
                   CASE WHEN n %% 4 > 0 THEN (SELECT id FROM courses_venue WHERE public_id = 'v' || (n %% 60 + 1)) END,
                   'en-gb', false, 10, CASE WHEN n %% 7 < 2 THEN 10 ELSE 4 END, 8500,
                   now() + n * interval '26 minutes' + interval '1 hour', now() + n * interval '26 minutes' + interval '4 hours', n %% 5 = 0
            FROM courses_course, generate_series(1, %s) n WHERE courses_course.id = %s
            """,
            [PROGRAMMES, PROGRAMMES, OPEN_COURSES, like.pk],
        )
        cursor.execute(
            """
            INSERT INTO courses_session (id, public_id, course_id, position, title, starts_at, ends_at, joining_link)
            SELECT gen_random_uuid(), 's' || substr(public_id, 2), id, 1, 'Session 1', first_starts_at, last_ends_at, ''
            FROM courses_course WHERE public_id ~ '^c[0-9]+$'
            """
        )
