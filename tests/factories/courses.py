"""Providers, courses, sessions and bookings."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from courses.enums import BookingState, CourseState, MoveCause
from courses.models import (
    Booking,
    Concern,
    Course,
    Provider,
    ProviderLicence,
    Room,
    Session,
    TimeAway,
    TrainerLicence,
    Venue,
    Visit,
)
from diversion.accounts.enums import OrganisationKind, Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.referrals.models import Programme, Requirement
from tests.factories.people import make_organisation, make_user
from tests.factories.referrals import make_programme, make_requirement, make_volunteer


def make_provider(programme: Programme | None = None, **fields: Any) -> Provider:
    """A provider, licensed for the programme when one is given."""
    provider = Provider.objects.create(
        **{"organisation": make_organisation(OrganisationKind.PROVIDER), "statement_descriptor": "BOOKINGS", **fields}
    )
    if programme:
        ProviderLicence.objects.create(
            provider=provider, programme=programme, valid_from=date(2026, 1, 1), valid_until=date(2030, 1, 1)
        )
    return provider


def make_venue(provider: Provider | None = None, **fields: Any) -> Venue:
    return Venue.objects.create(
        **{
            "provider": provider or make_provider(),
            "name": "Town hall",
            "address": "1 High Street, Manchester",
            "postcode": "M1 4BT",
            "latitude": 53.48,
            "longitude": -2.24,
            "step_free": True,
            **fields,
        }
    )


def make_room(venue: Venue | None = None, **fields: Any) -> Room:
    return Room.objects.create(**{"venue": venue or make_venue(), "name": "Room 1", "capacity": 12, **fields})


def make_time_away(trainer: User, first_on: date = date(2027, 1, 4), last_on: date | None = None) -> TimeAway:
    """One day, or to a last day."""
    return TimeAway.objects.create(trainer=trainer, first_on=first_on, last_on=last_on or first_on)


def make_course(
    programme: Programme | None = None, *, sessions: int = 1, starts_in: timedelta | None = None, **fields: Any
) -> Course:
    """A published course with `sessions` weekly sessions of three hours; the first starts `starts_in` from now, or at ten
    in the morning in two weeks: no session runs past midnight or is reminded of at night because of when tests run."""
    programme = programme or make_programme()
    provider = fields.pop("provider", None) or make_provider(programme)
    in_two_weeks = clock.london(clock.today() + timedelta(days=14), 10)
    first = in_two_weeks if starts_in is None else (clock.now() + starts_in).replace(microsecond=0)
    last = first + timedelta(weeks=sessions - 1)
    course = Course.objects.create(
        **{
            "state": CourseState.PUBLISHED,
            "provider": provider,
            "programme": programme,
            "venue": fields.pop("venue", None) or make_venue(provider),
            "capacity": 10,
            "price_pence": 8500,
            "first_starts_at": first,
            "last_ends_at": last + timedelta(hours=3),
            **fields,
        }
    )
    for n in range(sessions):
        make_session(course, n + 1, first + timedelta(weeks=n))
    return course


def make_session(course: Course, position: int, starts_at: Any, **fields: Any) -> Session:
    return Session.objects.create(
        **{
            "course": course,
            "position": position,
            "title": f"Session {position}",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=3),
            **fields,
        }
    )


def make_trainer(
    provider: Provider, *sessions: Session, programmes: Sequence[Programme] | None = None, **fields: Any
) -> User:
    """A trainer, on the sessions given, with full licences for their programmes and those for which the provider has one;
    `programmes` says otherwise."""
    trainer = make_user(Role.TRAINER, provider.organisation, **fields)
    for session in sessions:
        session.trainers.add(trainer)
    if programmes is None:
        named = {session.course.programme_id for session in sessions}
        programmes = list(Programme.objects.filter(Q(pk__in=named) | Q(providerlicence__provider=provider)).distinct())
    for programme in programmes:
        make_trainer_licence(trainer, programme)
    return trainer


def make_trainer_licence(trainer: User, programme: Programme, **fields: Any) -> TrainerLicence:
    return TrainerLicence.objects.create(
        **{
            "trainer": trainer,
            "programme": programme,
            "valid_from": date(2026, 1, 1),
            "valid_until": date(2030, 1, 1),
            **fields,
        }
    )


def make_visit(session: Session | None = None, trainer: User | None = None, **fields: Any) -> Visit:
    """A report on a session that has begun, by somebody of the service team, with something to be done."""
    session = session or make_course(starts_in=timedelta(hours=-1)).sessions.get()
    trainer = trainer or make_trainer(session.course.provider, session)
    scores = {"prepared": 5, "clear": 4, "respectful": 5, "involving": 3, "safe": 5}
    return Visit.objects.create(
        **{
            "session": session,
            "trainer": trainer,
            **scores,
            "words": "Well prepared.",
            "follow_up": "Leave more time for questions.",
            "follow_up_by": clock.today() + timedelta(days=14),
            "occurred_at": session.starts_at,
            "recorded_at": clock.now(),
            "recorded_by": fields.pop("recorded_by", None) or make_user(Role.SUPPORT),
            **fields,
        }
    )


def make_concern(booking: Booking | None = None, **fields: Any) -> Concern:
    """A trainer's worry about somebody in the room: a volunteer, unless a booking is given."""
    booking = booking or make_booking(requirement=make_requirement(make_volunteer()))
    session = booking.course.sessions.earliest("position")
    trainer = make_trainer(booking.course.provider, session)
    given = {"words": "Worried.", "raised_at": clock.now(), "raised_by": trainer, **fields}
    return Concern.objects.create(booking=booking, session=session, **given)


def make_booking(
    course: Course | None = None, requirement: Requirement | None = None, state: str = BookingState.CONFIRMED, **fields: Any
) -> Booking:
    """A booking that counts in its course's `taken` when its state takes a place."""
    requirement = requirement or make_requirement()
    course = course or make_course(requirement.programme)
    now = clock.now()
    booking = Booking.objects.create(
        **{
            "state": state,
            "requirement": requirement,
            "course": course,
            "price_pence": course.price_pence,
            "held_at": now,
            "held_until": now + timedelta(minutes=30),
            "confirmed_at": now if state not in {BookingState.HELD, BookingState.LAPSED} else None,
            "move_cause": MoveCause.PARTICIPANT if fields.get("supersedes") else "",
            **fields,
        }
    )
    if state in {BookingState.HELD, BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.NOT_COMPLETED}:
        course.taken += 1
        course.save(update_fields=["taken"])
    return booking
