"""One story in which every route has something to show, told once for all cells of the matrix.

Names are markers: whoever finds one on a page knows whose data leaked.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.http import HttpResponse
from django.test import Client
from fido2 import cose, webauthn

from courses.enums import BookingState, CourseState
from courses.models import Attendance, Booking, Certificate, ProviderLicence, SessionTemplate
from diversion.accounts.enums import Role, Stead
from diversion.accounts.models import Organisation, User
from diversion.accounts.services.delegations import make_delegation
from diversion.accounts.services.invitations import invite_colleague
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import Heartbeat
from diversion.partners.models import ImportBatch, ImportRow
from diversion.referrals.enums import Access
from diversion.referrals.models import CaseAccess, CaseTask, NonAssociation, Participant, PostBatch, Referral
from payments.models import Charge, FundingRequest
from tests.factories import (
    make_agency,
    make_booking,
    make_concern,
    make_course,
    make_offer,
    make_participant,
    make_programme,
    make_provider,
    make_referral,
    make_requirement,
    make_room,
    make_scheme,
    make_time_away,
    make_trainer,
    make_user,
    make_version,
    make_visit,
    make_volunteer,
    make_wait,
)
from tests.integration.signed_in import sign_in

BY = Actor.system("test")

# Marker → who may ever read it, on any page.
AGENCY = {
    "officer", "officer_colleague", "officer_restricted", "officer_allowed", "officer_excluded", "supervisor",
    "supervisor_restricted", "hub",
}  # fmt: skip
CASE_READERS = AGENCY - {"officer_excluded"}
RESTRICTED_READERS = {"officer", "officer_allowed"}
FOR_A_RESTRICTED_CASE = {"officer_restricted", "officer_allowed", "supervisor_restricted"}
MARKERS: dict[str, set[str]] = {
    "Canaryanna": CASE_READERS | {"participant", "trainer", "provider_admin"},
    "Zzmarker": CASE_READERS | {"participant"},
    "Wwother": AGENCY | {"participant_other"},
    "Qqhidden": RESTRICTED_READERS,
    "Qqfirst": RESTRICTED_READERS,
    "Restrictedreason": RESTRICTED_READERS,
    "Vvolunteer": {"volunteer"},
    "Yyforeign": {"participant_foreign", "officer_foreign", "supervisor_foreign", "hub_foreign"},
}


@dataclass
class Story:
    """`clients` are signed in, by persona. `objects` by persona fill a route's arguments; most personas share one set.
    `absent` remembers how a page that does not exist looks to each persona."""

    users: dict[str, User | None] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    objects: dict[str, SimpleNamespace] = field(default_factory=dict)
    absent: dict[tuple[str, str, str], HttpResponse] = field(default_factory=dict)


def tell() -> Story:
    """Write the story into the database, and sign its people in."""
    agency, other_agency = make_agency(name="North"), make_agency(name="South")
    officer = make_user(Role.CASE_OFFICER, agency, name="Officer Own")
    colleague = make_user(Role.CASE_OFFICER, agency, name="Officer Colleague")
    provider = make_provider()
    admin = make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation)
    other_provider = make_provider()

    own = make_participant(
        agency, given_names="Canaryanna Maria", family_name="Zzmarker", address="1 High Street", postcode="M1 1AA"
    )
    case = _case(agency, officer, own, provider)
    hidden = make_participant(
        agency, given_names="Qqfirst", family_name="Qqhidden", address="2 High Street", postcode="M1 1AB"
    )
    restricted = _case(agency, officer, hidden, provider, restricted=True)
    allowed, excluded = make_user(Role.CASE_OFFICER, agency), make_user(Role.CASE_OFFICER, agency)
    _list(restricted, allowed, Access.ALLOWED, officer)
    _list(case, excluded, Access.EXCLUDED, officer)
    other = make_participant(agency, given_names="Wim", family_name="Wwother")
    foreign = make_participant(other_agency, given_names="Yan", family_name="Yyforeign")
    foreign_officer = make_user(Role.CASE_OFFICER, other_agency)
    volunteer = _volunteer()
    for person, place, in_charge in [(other, agency, officer), (foreign, other_agency, foreign_officer)]:
        offered = make_referral("offered", scheme=make_scheme(place), participant=person, officer=in_charge)
        make_requirement(offered, "pending")
        make_offer(offered)

    case.membership = colleague.membership.public_id
    case.delegation = make_delegation(
        what=Stead.CASES, of_user=officer, to_user=colleague, starts_on=clock.today(), ends_on=clock.today(), user=officer,
        by=BY, at=clock.now(),
    ).public_id  # fmt: skip
    invited = invite_colleague(
        organisation=agency, email="new@example.org", name="New", role=Role.ANALYST, by=BY, at=clock.now()
    )
    forgetful = make_user(Role.ANALYST, agency)
    case.token, case.persona, case.section = invited.token_sealed, "trainer", "person"
    case.uid, case.key = user_pk_to_url_str(forgetful), default_token_generator.make_token(forgetful)
    make_user(Role.TRAINER, email="trainer@demo.example")
    Heartbeat.objects.create(name="messages", at=clock.now() + timedelta(hours=1))  # well however long the matrix takes
    case.passkey = _passkey(officer).pk

    trainer = make_trainer(provider, case.the_session, case.sent)
    case.trainer_membership = trainer.membership.public_id
    case.visit = make_visit(case.the_session, trainer).public_id
    case.concern = make_concern().public_id
    supervisor = make_user(Role.SUPERVISOR, agency)
    people: dict[str, User | None] = {
        "anonymous": None,
        "deactivated": make_user(Role.CASE_OFFICER, agency),
        "no_second_factor": make_user(Role.CASE_OFFICER, agency),
        "participant": own.user,
        "participant_other": other.user,
        "participant_foreign": foreign.user,
        "volunteer": volunteer.user,
        "trainer": trainer,
        "trainer_other": make_trainer(provider, _another_session(provider)),
        "trainer_foreign": make_trainer(other_provider, _another_session(other_provider)),
        "provider_admin": admin,
        "provider_admin_foreign": make_user(Role.PROVIDER_ADMINISTRATOR, other_provider.organisation),
        "officer": officer,
        "officer_colleague": colleague,
        "officer_restricted": colleague,
        "officer_allowed": allowed,
        "officer_excluded": excluded,
        "officer_foreign": foreign_officer,
        "supervisor": supervisor,
        "supervisor_restricted": supervisor,
        "supervisor_foreign": make_user(Role.SUPERVISOR, other_agency),
        "hub": make_user(Role.HUB, agency),
        "hub_foreign": make_user(Role.HUB, other_agency),
        "analyst": make_user(Role.ANALYST, agency),
        "support": make_user(Role.SUPPORT),
    }
    for name in (
        "membership",
        "delegation",
        "token",
        "persona",
        "section",
        "uid",
        "key",
        "passkey",
        "visit",
        "concern",
        "trainer_membership",
    ):
        setattr(restricted, name, getattr(case, name))
    return _signed_in(people, case, restricted)


def _signed_in(people: dict[str, User | None], case: SimpleNamespace, restricted: SimpleNamespace) -> Story:
    story = Story(users=people)
    for persona, user in people.items():
        client = Client(raise_request_exception=False)
        if persona == "no_second_factor":
            client.force_login(user)
        elif user:
            sign_in(client, user, lasting=3600)
            if user.role != Role.PARTICIPANT:
                RecoveryCodes.activate(user)
        story.clients[persona] = client
        story.cookies[persona] = {name: morsel.value for name, morsel in client.cookies.items()}
        story.objects[persona] = restricted if persona in FOR_A_RESTRICTED_CASE else case
    volunteers = FundingRequest.objects.get(requirement__referral__voluntary=True)
    story.objects["support"] = SimpleNamespace(**{**vars(case), "asked": volunteers.public_id})
    User.objects.filter(pk=people["deactivated"].pk).update(is_active=False)
    return story


def _case(agency: Organisation, officer: User, person: Participant, provider: Any, *, restricted: bool = False) -> Any:
    """A person's referrals, one at each step of the way; the ids that routes take, by name."""
    now = clock.now()
    common = {"participant": person, "officer": officer, "restricted": restricted}

    def referral(state: str) -> Any:
        return make_referral(state, scheme=make_scheme(agency), **common)

    note = NonAssociation.objects.create(participant=person, other_family_name="Feared", made_at=now)
    draft, awaiting, offered = referral("draft"), referral("awaiting_authorisation"), referral("offered")
    make_requirement(offered, "pending")
    make_offer(offered, letter_pin="123456", issued_at=now)
    printed = referral("offered")
    make_requirement(printed, "pending")
    batched = make_offer(printed, letter_pin="123456", issued_at=now).referral.letters.get()
    batched.batch = PostBatch.objects.create(agency=agency, made_at=now, made_by=officer)
    batched.save()

    active = referral("active")
    required = make_requirement(active)
    course = make_course(required.programme, provider=provider, starts_in=timedelta(hours=-1))
    booking = make_booking(course, required, BookingState.CONFIRMED)
    Charge.objects.create(
        state="paid", booking=booking, amount_pence=8500, agency=agency, created_at=now, paid_at=now,
        receipt_number=f"R{booking.public_id[:10]}",
    )  # fmt: skip
    certificate = Certificate.objects.create(booking=booking, issued_at=now, completed_on=clock.today())
    finished = make_booking(make_course(required.programme, provider=provider), required, BookingState.COMPLETED)
    sent = _sent_register(finished, provider, officer)
    task = CaseTask.objects.create(
        referral=active, kind="needs-decision", subject_id=booking.pk, raised_at=now, due_on=clock.today(), detail="Look."
    )
    reason = "Restrictedreason" if restricted else "Said so."
    record_change(action="referral.noted", subject=active, by=BY, at=now, case_id=active.pk, reason=reason)

    accepted = referral("accepted")
    to_book = make_requirement(accepted)
    held = make_booking(make_course(to_book.programme, provider=provider), to_book, BookingState.HELD)
    looking = make_requirement(referral("accepted"))
    free_course = make_course(looking.programme, provider=provider)
    wait = make_wait(free_course, looking)
    asked = FundingRequest.objects.create(state="asked", requirement=looking, words="I have no card.", asked_at=now)
    draft_course = make_course(make_programme(), provider=provider, state=CourseState.DRAFT)
    licence = ProviderLicence.objects.create(
        provider=provider, programme=make_programme(), valid_from=clock.today(), valid_until=clock.today()
    )
    version = make_version(offered.scheme, state="drafted", in_force_from=clock.today())
    upload = ImportBatch.objects.create(
        state="checked", agency=agency, uploaded_by=officer, uploaded_at=now, dry_run=True, rows_total=1, finished_at=now
    )
    ImportRow.objects.create(batch=upload, number=2, status="created", data={"family_name": "Zzuploaded"})
    return SimpleNamespace(
        upload=upload.public_id,
        licence=licence.public_id,
        programme=required.programme.public_id,
        scheme=offered.scheme.public_id,
        version=version.public_id,
        person=person,
        draft=draft.public_id,
        awaiting=awaiting.public_id,
        offered=offered.public_id,
        batch=batched.batch.public_id,
        batched=batched.public_id,
        active=active.public_id,
        note=note.public_id,
        booking=booking.public_id,
        finished=finished.public_id,
        held=held.public_id,
        course=course.public_id,
        free_course=free_course.public_id,
        wait=wait.public_id,
        asked=asked.public_id,
        draft_course=draft_course.public_id,
        venue=course.venue.public_id,
        room=make_room(course.venue).public_id,
        away=make_time_away(make_trainer(provider), clock.today()).public_id,
        certificate=certificate.serial,
        task=task.public_id,
        session=course.sessions.get().public_id,
        the_session=course.sessions.get(),
        sent=sent.session,
        sent_session=sent.session.public_id,
        sent_booking=sent.booking.public_id,
    )


def _sent_register(finished: Booking, provider: Any, marker: User) -> Attendance:
    """The register of an earlier course, with one mark that may be amended."""
    requirement, now = finished.requirement, clock.now()
    earlier = make_course(requirement.programme, provider=provider, starts_in=timedelta(hours=-5))
    session = earlier.sessions.get()
    session.register_submitted_at, session.register_submitted_by = now, marker
    session.save()
    missed = make_booking(earlier, requirement, BookingState.NOT_COMPLETED)
    return Attendance.objects.create(
        booking=missed, session=session, outcome="UAAB", identity_seen="not-seen", occurred_at=session.starts_at,
        recorded_at=now, recorded_by=marker,
    )  # fmt: skip


def _list(case: SimpleNamespace, user: User, access: Access, by: User) -> None:
    """Put somebody on the lists of all the referrals of a case."""
    case.listed = user.membership.public_id
    for referral in Referral.objects.filter(participant=case.person):
        CaseAccess.objects.create(
            referral=referral, user=user, access=access, reason="Said so.", made_at=clock.now(), made_by=by
        )


def _volunteer() -> Participant:
    """Somebody who asked for help themselves, and for a funded place."""
    case = make_volunteer()
    person: Participant = case.participant
    person.given_names = "Vvolunteer"
    person.save()
    FundingRequest.objects.create(
        state="asked", requirement=make_requirement(case), words="I have nothing left.", asked_at=clock.now()
    )
    return person


def _another_session(provider: Any) -> Any:
    programme = make_programme()
    SessionTemplate.objects.create(programme=programme, position=1, title="Session 1", minutes=180)
    return make_course(programme, provider=provider, starts_in=timedelta(hours=-1)).sessions.get()


def _passkey(user: User) -> Authenticator:
    """A passkey that the library can read, whose private key nobody has."""
    from cryptography.hazmat.primitives.asymmetric import ec

    key = cose.ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = webauthn.AttestedCredentialData.create(webauthn.Aaguid(b"\0" * 16), b"passkey-of-officer", key)
    data = webauthn.AuthenticatorData.create(b"\0" * 32, webauthn.AuthenticatorData.FLAG.AT, 0, credential)
    made = webauthn.AttestationObject.create("none", data, {})
    encoded = webauthn.websafe_encode
    said = b'{"type": "webauthn.create", "challenge": "AAAA", "origin": "http://testserver"}'
    return Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data={
            "name": "Work phone",
            "credential": {
                "id": encoded(b"passkey-of-officer"),
                "rawId": encoded(b"passkey-of-officer"),
                "type": "public-key",
                "response": {"clientDataJSON": encoded(said), "attestationObject": encoded(bytes(made))},
            },
        },
    )
