"""A service for people who ask for help themselves. It employs nobody, so that nobody can see who they are."""

from datetime import datetime, timedelta

from diversion.accounts.enums import OrganisationKind, Role
from diversion.accounts.models import Organisation, User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.demo.personas import persona_email
from diversion.demo.story.organisations import staff
from diversion.demo.story.policy import Policy
from diversion.demo.story.referring import BROWSER
from diversion.referrals.models import Disposal, Referral, Scheme
from diversion.referrals.services.schemes import draft_version, publish_version
from diversion.referrals.services.volunteering import claim_newcomer, join_voluntarily
from payments.services.funding import ask_for_funding

CALLED, EMAIL = "Robin", "robin@example.org"
RULES = {
    "book_by_days": 26 * 7,
    "complete_by_weeks": 52,
    "cap_weeks": 52,
    "repeat_bar_months": 0,
    "cost_recovery_pence": 0,
    "admitted_risk_levels": [],
    "offer_text_en": "I chose this course myself: {programme}.",
    "offer_text_cy": "Fi ddewisodd y cwrs hwn: {programme}.",
}


def voluntary_service(rules: Policy, *, at: datetime) -> Scheme:
    """One scheme for one programme, written by two people of the service team; and one person who cannot pay."""
    house = Organisation.objects.create(kind=OrganisationKind.SELF, code="SELF", name="Turning Point")
    support = User.objects.get(email=persona_email(Role.SUPPORT))
    team = Organisation.objects.get(kind=OrganisationKind.SERVICE)
    colleague = staff(Role.SUPPORT, "Sasha Upport", team, at=at, email="support.colleague@demo.example")
    scheme = Scheme.objects.create(
        agency=house,
        code="OWN",
        name="Of one's own accord: thinking ahead",
        disposal=Disposal.objects.get(code="voluntary"),
        programme=rules.two_sessions,
    )
    since = at - timedelta(days=60)
    version = draft_version(
        scheme=scheme, in_force_from=clock.day_of(since), rules=RULES, user=colleague, by=colleague.as_actor(), at=since
    )
    publish_version(version=version, seen=version.drafted_at, user=support, by=support.as_actor(), at=since)
    _somebody(scheme, at=at - timedelta(days=2))
    return scheme


def join(scheme: Scheme, called: str, email: str, *, at: datetime) -> Referral:
    """Somebody comes by themselves."""
    claim = claim_newcomer(
        email=email, mobile="", language="en-gb", address="demo", session_key=BROWSER, by=Actor.system("demo"), at=at
    )
    case: Referral = join_voluntarily(
        claim=claim, code=claim.code or "", called=called, scheme=scheme, session_key=BROWSER, language="en-gb", at=at
    )
    return case


def _somebody(scheme: Scheme, *, at: datetime) -> None:
    """Came two days ago, and asked yesterday for the place to be paid for."""
    case = join(scheme, CALLED, EMAIL, at=at)
    user = User.objects.get(participant=case.participant)
    ask_for_funding(
        requirement=case.requirements.get(),
        words="I am between jobs and I do not have a bank card any more.",
        by=user.as_actor(),
        at=at + timedelta(days=1),
    )
