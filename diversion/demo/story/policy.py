"""What may be required in the story, and by which rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from courses.models import SessionTemplate
from diversion.accounts.models import Organisation, User
from diversion.core import clock
from diversion.referrals.models import Programme, Scheme
from diversion.referrals.services.schemes import create_scheme, publish_version
from diversion.referrals.shapes import SHAPES


@dataclass(frozen=True)
class Policy:
    """The programmes and the schemes of the story's agency."""

    one_session: Programme
    two_sessions: Programme
    driving: Programme
    caution: Scheme
    deferred: Scheme


def programmes() -> tuple[Programme, Programme, Programme]:
    """One programme of a single morning, one of two weekly sessions, and one for drivers."""
    one = Programme.objects.create(
        code="AWARE",
        name="Victim awareness",
        name_cy="Ymwybyddiaeth o ddioddefwyr",
        neutral_name="Half-day course",
        summary="One session of three and a half hours in a small group. You talk about choices and about how they touch others.",
    )
    two = Programme.objects.create(
        code="THINK",
        name="Thinking ahead",
        name_cy="Meddwl ymlaen",
        neutral_name="Two-part course",
        summary="Two sessions of two hours, a week apart. You plan what to do differently when things get heated.",
    )
    driving = Programme.objects.create(
        code="DRIVE",
        name="Driving with care",
        name_cy="Gyrru’n ofalus",
        neutral_name="Half-day course",
        summary="One session of just under three hours in a group. You look at how you drive and at what could go wrong.",
    )
    SessionTemplate.objects.create(programme=driving, position=1, title="The session", minutes=165)
    SessionTemplate.objects.create(programme=one, position=1, title="The session", minutes=210)
    SessionTemplate.objects.create(programme=two, position=1, title="First part", minutes=120)
    SessionTemplate.objects.create(programme=two, position=2, title="Second part", minutes=120)
    return one, two, driving


def policy(agency: Organisation, *, two_people: tuple[User, User], at: datetime) -> Policy:
    """Four schemes from three of the shapes: two cautions with a paid course, a deferred prosecution, a driver's offer."""
    one, two, driving = programmes()
    made = partial(scheme, agency, by=two_people, at=at)
    caution = made("caution", "CAUTION", "Conditional caution: victim awareness", one)
    made("caution", "CAUTION-2", "Conditional caution: thinking ahead", two)
    made("driver", "DRIVER", "Driver retraining: driving with care", driving)
    deferred = made("deferred", "DEFERRED", "Deferred prosecution: thinking ahead", two)
    return Policy(one_session=one, two_sessions=two, driving=driving, caution=caution, deferred=deferred)


def scheme(
    agency: Organisation, shape: str, code: str, name: str, programme: Programme, *, by: tuple[User, User], at: datetime
) -> Scheme:
    """A scheme with its first version in force for a year, drafted by one person and published by another."""
    drafter, publisher = by
    a_year_ago = at - timedelta(days=365)
    version = create_scheme(
        agency=agency,
        shape=SHAPES[shape],
        code=code,
        name=name,
        programme=programme,
        in_force_from=clock.day_of(a_year_ago),
        user=drafter,
        by=drafter.as_actor(),
        at=a_year_ago - timedelta(days=15),
    )
    publish_version(
        version=version,
        seen=version.drafted_at,
        user=publisher,
        by=publisher.as_actor(),
        at=a_year_ago - timedelta(days=5),
    )
    return version.scheme
