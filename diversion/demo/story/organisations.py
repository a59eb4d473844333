"""Who is in the story: two agencies, two providers, the service team, and the eight people to try it as."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.enums import LicenceKind
from courses.models import Provider, Venue
from courses.services.licences import grant_licence
from diversion.accounts.enums import OrganisationKind, Rank, Role
from diversion.accounts.models import Membership, Organisation, User
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.places import locate
from diversion.demo.personas import persona_email
from diversion.demo.story.policy import Policy
from diversion.referrals.models import Programme


@dataclass(frozen=True)
class Cast:
    """The organisations and staff that the cases need."""

    agency: Organisation
    officer: User
    colleague: User
    supervisor: User
    provider: Provider
    other_provider: Provider
    trainer: User
    administrator: User


def agency(code: str, name: str) -> Organisation:
    """An agency that refers."""
    return Organisation.objects.create(kind=OrganisationKind.AGENCY, code=code, name=name, help_phone="01632 960 100")


def cast(agency: Organisation, policy: Policy, supervisor: User, *, at: datetime) -> Cast:
    """Staff, providers with licences, and the support team."""
    provider = _provider("BRIGHT", "Bright Path Learning", policy, at=at)
    other = _provider("OPENDOOR", "Open Door Training", policy, at=at)
    trainer = staff(Role.TRAINER, "Tara Iner", provider.organisation, at=at)
    for programme in (policy.one_session, policy.two_sessions):
        _license(trainer, programme, at=at)
    service = Organisation.objects.create(kind=OrganisationKind.SERVICE, code="SERVICE", name="Service team")
    staff(Role.ANALYST, "Ana Figures", agency, at=at)
    staff(Role.SUPPORT, "Sol Support", service, at=at)
    return Cast(
        agency=agency,
        officer=staff(Role.CASE_OFFICER, "Casey Officer", agency, at=at),
        colleague=staff(Role.CASE_OFFICER, "Colin League", agency, at=at, email="colleague@demo.example"),
        supervisor=supervisor,
        provider=provider,
        other_provider=other,
        trainer=trainer,
        administrator=staff(Role.PROVIDER_ADMINISTRATOR, "Adi Ministrator", provider.organisation, at=at),
    )


def staff(
    role: Role, name: str, organisation: Organisation, *, at: datetime, email: str = "", rank: Rank = Rank.NONE
) -> User:
    """A member of staff who has been here for a year. There is no password: the demo signs people in by its buttons."""
    user = User.objects.create_user(email=email or persona_email(role), name=name)
    Membership.objects.create(
        user=user, organisation=organisation, role=role, rank=rank, started_at=at - timedelta(days=365)
    )
    return user


def venue(provider: Provider, name: str, address: str, postcode: str, *, step_free: bool) -> Venue:
    """A place to meet, at the middle of its postcode area."""
    place = locate(postcode)
    if place is None:
        raise ValueError(f"no such place as {postcode}")
    words = "Ring the bell at the main door." if step_free else "Three steps at the door. Ask us for help."
    return Venue.objects.create(
        provider=provider,
        name=name,
        address=address,
        postcode=postcode,
        latitude=place.latitude,
        longitude=place.longitude,
        step_free=step_free,
        accessible_toilet=step_free,
        hearing_loop=step_free,
        access_words=words,
        transport_words="The station is 10 minutes away on foot.",
    )


def _provider(code: str, name: str, policy: Policy, *, at: datetime) -> Provider:
    organisation = Organisation.objects.create(kind=OrganisationKind.PROVIDER, code=code, name=name)
    provider = Provider.objects.create(organisation=organisation, statement_descriptor="BOOKINGS")
    for programme in (policy.one_session, policy.two_sessions, policy.driving):
        _license(provider, programme, at=at)
    return provider


def _license(holder: Provider | User, programme: Programme, *, at: datetime) -> None:
    today = clock.day_of(at)
    grant_licence(
        holder=holder, programme=programme, kind=LicenceKind.FULL, valid_from=today - timedelta(days=400),
        valid_until=today + timedelta(days=700), by=Actor.system("demo"), at=at,
    )  # fmt: skip
