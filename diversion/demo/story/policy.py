"""What may be required in the story, and by which rules."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from courses.models import SessionTemplate
from diversion.accounts.models import Organisation
from diversion.core import clock
from diversion.referrals.enums import RiskLevel
from diversion.referrals.models import Disposal, Programme, Scheme, SchemeVersion


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


def policy(agency: Organisation, *, at: datetime) -> Policy:
    """Two schemes: a conditional caution with a paid half-day, and a deferred prosecution with two sessions."""
    one, two = programmes()
    return Policy(
        one_session=one,
        two_sessions=two,
        caution=scheme(agency, "CAUTION", "Conditional caution: victim awareness", "conditional-caution", one, at=at),
        deferred=scheme(agency, "DEFERRED", "Deferred prosecution: thinking ahead", "outcome-22", two, at=at),
    )


def scheme(agency: Organisation, code: str, name: str, disposal: str, programme: Programme, *, at: datetime) -> Scheme:
    """A scheme with its first version in force for a year."""
    made = Scheme.objects.create(
        agency=agency, code=code, name=name, disposal=Disposal.objects.get(code=disposal), programme=programme
    )
    in_force: date = clock.day_of(at) - timedelta(days=365)
    SchemeVersion.objects.create(
        scheme=made,
        number=1,
        in_force_from=in_force,
        published_at=at - timedelta(days=370),
        admitted_risk_levels=[RiskLevel.LOW, RiskLevel.MEDIUM],
        offer_text_en="I agree to take part in a course, {programme}, and to finish it by {complete_by}.",
        offer_text_cy="Rwy’n cytuno i gymryd rhan mewn cwrs, {programme}, a’i orffen erbyn {complete_by}.",
    )
    return made
