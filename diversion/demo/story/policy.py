"""What may be required in the story, and by which rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.models import SessionTemplate
from diversion.accounts.models import Organisation, User
from diversion.core import clock
from diversion.referrals.enums import RiskLevel
from diversion.referrals.models import Disposal, Programme, Scheme
from diversion.referrals.services.schemes import draft_version, publish_version


@dataclass(frozen=True)
class Policy:
    """The programmes and the schemes of the story's agency."""

    one_session: Programme
    two_sessions: Programme
    caution: Scheme
    deferred: Scheme


def programmes() -> tuple[Programme, Programme]:
    """One programme of a single morning, one of two weekly sessions."""
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
    SessionTemplate.objects.create(programme=one, position=1, title="The session", minutes=210)
    SessionTemplate.objects.create(programme=two, position=1, title="First part", minutes=120)
    SessionTemplate.objects.create(programme=two, position=2, title="Second part", minutes=120)
    return one, two


def policy(agency: Organisation, *, two_people: tuple[User, User], at: datetime) -> Policy:
    """Two schemes: a conditional caution with a paid half-day, and a deferred prosecution with two sessions."""
    one, two = programmes()
    return Policy(
        one_session=one,
        two_sessions=two,
        caution=scheme(
            agency, "CAUTION", "Conditional caution: victim awareness", "conditional-caution", one, by=two_people, at=at
        ),
        deferred=scheme(
            agency, "DEFERRED", "Deferred prosecution: thinking ahead", "outcome-22", two, by=two_people, at=at
        ),
    )


def scheme(
    agency: Organisation,
    code: str,
    name: str,
    disposal: str,
    programme: Programme,
    *,
    by: tuple[User, User],
    at: datetime,
) -> Scheme:
    """A scheme with its first version in force for a year, drafted by one person and published by another."""
    made = Scheme.objects.create(
        agency=agency, code=code, name=name, disposal=Disposal.objects.get(code=disposal), programme=programme
    )
    drafter, publisher = by
    a_year_ago = at - timedelta(days=365)
    rules = {
        "admitted_risk_levels": [RiskLevel.LOW, RiskLevel.MEDIUM],
        "offer_text_en": "I agree to take part in a course, {programme}, and to finish it by {complete_by}.",
        "offer_text_cy": "Rwy’n cytuno i gymryd rhan mewn cwrs, {programme}, a’i orffen erbyn {complete_by}.",
    }
    version = draft_version(
        scheme=made,
        in_force_from=clock.day_of(a_year_ago),
        rules=rules,
        user=drafter,
        by=drafter.as_actor(),
        at=a_year_ago - timedelta(days=15),
    )
    publish_version(version=version, user=publisher, by=publisher.as_actor(), at=a_year_ago - timedelta(days=5))
    return made
