"""One valid row of each table, and copies of it that differ where a test says so."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.db import models

from courses.enums import IdentitySeen, OutcomeCode
from courses.models import (
    Attendance,
    Certificate,
    ConcernFollowUp,
    CourseCancellation,
    DraftMark,
    ProviderLicence,
    Replacement,
    SessionTemplate,
    SurveyAnswer,
    VisitFollowUp,
)
from diversion.accounts.enums import Role
from diversion.accounts.models import Delegation, Invitation, OneTimeCode, Team
from diversion.audit.models import AccessEvent, AuditEvent, AuditSeal
from diversion.core import clock
from diversion.core.encryption import BlindIndexField
from diversion.core.references import new_public_id
from diversion.notifications.models import OutboxMessage
from diversion.partners.models import ImportBatch, ImportRow
from diversion.referrals.models import (
    Assistance,
    BankHoliday,
    CaseAccess,
    CaseTask,
    Condition,
    ContactClaim,
    CrimeOutcome,
    Disposal,
    EligibilityCheck,
    Letter,
    NonAssociation,
    OfferAnswer,
    OfficerAssignment,
    PostBatch,
    ReferralChange,
)
from payments.models import Charge, FundingRequest, PaymentAttempt, Refund
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
    make_session,
    make_time_away,
    make_trainer_licence,
    make_user,
    make_venue,
    make_visit,
    make_wait,
)

NOW = clock.now()
LATER = NOW + timedelta(hours=1)


def _invitation() -> Invitation:
    agency = make_agency()
    return Invitation.objects.create(
        email="new@example.org",
        name="New Person",
        organisation=agency,
        role=Role.CASE_OFFICER,
        token_hash="0" * 64,
        token_sealed="token",
        invited_at=NOW,
        expires_at=LATER,
    )


def _message() -> OutboxMessage:
    return OutboxMessage.objects.create(
        state="queued",
        kind="sign-in-code",
        channel="email",
        recipient_id=uuid.uuid4(),
        subject_id=uuid.uuid4(),
        created_at=NOW,
        due_at=NOW,
    )


def _attendance() -> Attendance:
    booking = make_booking()
    session = booking.course.sessions.get()
    return Attendance.objects.create(
        booking=booking,
        session=session,
        outcome=OutcomeCode.ATTC,
        identity_seen=IdentitySeen.PASSPORT,
        occurred_at=NOW,
        recorded_at=NOW,
        recorded_by=make_user(Role.TRAINER, booking.course.provider.organisation),
    )


def _draft() -> DraftMark:
    booking = make_booking()
    trainer = make_user(Role.TRAINER, booking.course.provider.organisation)
    return DraftMark.objects.create(booking=booking, session=booking.course.sessions.get(), kept_by=trainer, kept_at=NOW)


def _charge() -> Charge:
    booking = make_booking()
    agency = booking.requirement.referral.agency
    return Charge.objects.create(state="owed", booking=booking, amount_pence=8500, agency=agency, created_at=NOW)


def _refund(attempt: PaymentAttempt) -> Refund:
    owed = {"cause": "hold-ended", "amount_pence": 8500, "requested_at": NOW}
    return Refund.objects.create(state="requested", attempt=attempt, charge=attempt.charge, **owed)


def _replacement() -> Replacement:
    booking = make_booking(state="cancelled_by_provider")
    return Replacement.objects.create(state="chosen", booking=booking, offered_at=NOW, choose_by=LATER, ended_at=NOW)


def _cancellation() -> CourseCancellation:
    why = {"reason": "The trainer is ill", "people": 0, "cancelled_at": NOW, "cancelled_by": make_user(Role.SUPPORT)}
    return CourseCancellation.objects.create(course=make_course(), **why)


def _attempt() -> PaymentAttempt:
    return PaymentAttempt.objects.create(
        state="reserved", charge=_charge(), number=1, amount_pence=8500, reserved_at=NOW, expires_at=LATER
    )


def _answer() -> OfferAnswer:
    return OfferAnswer.objects.create(
        offer=make_offer(),
        answer="accepted",
        answered_at=NOW,
        language="en-gb",
        text="I accept.",
        text_sha256="0" * 64,
        scheme_version_number=1,
    )


def _task() -> CaseTask:
    return CaseTask.objects.create(
        referral=make_referral(), kind="needs-decision", subject_id=uuid.uuid4(), raised_at=NOW, due_on=clock.day_of(NOW)
    )


def _eligibility_check() -> EligibilityCheck:
    referral = make_referral()
    return EligibilityCheck.objects.create(
        referral=referral, stage="draft", checked_at=NOW, scheme_version=referral.scheme_version, eligible=True
    )


def _delegation() -> Delegation:
    day = date(2026, 1, 1)
    return Delegation.objects.create(
        what="cases", of_user=make_user(), to_user=make_user(), starts_on=day, ends_on=day, made_at=NOW, made_by=make_user()
    )


def _import_row() -> ImportRow:
    batch = ImportBatch.objects.create(
        state="waiting", agency=make_agency(), uploaded_by=make_user(), uploaded_at=NOW, dry_run=True, rows_total=1
    )
    return ImportRow.objects.create(batch=batch, number=2, data={"family_name": "Example"})


MAKERS = {
    "partners.ImportBatch": lambda: _import_row().batch,
    "partners.ImportRow": _import_row,
    "audit.AuditEvent": lambda: AuditEvent.objects.create(
        actor_kind="system", occurred_at=NOW, recorded_at=NOW, action="x.y", subject_type="x.x", subject_id=uuid.uuid4()
    ),
    "audit.AccessEvent": lambda: AccessEvent.objects.create(actor_kind="system", at=NOW, kind="page", route="case-show"),
    "audit.AuditSeal": lambda: AuditSeal.objects.create(position=1, trail="change", event_id=uuid.uuid4(), link=b"0"),
    "accounts.Organisation": make_agency,
    "accounts.User": make_user,
    "accounts.Membership": lambda: make_user().membership,
    "accounts.Team": lambda: Team.objects.create(organisation=make_agency(), name="North"),
    "accounts.Delegation": _delegation,
    "accounts.Invitation": _invitation,
    "accounts.OneTimeCode": lambda: OneTimeCode.objects.create(
        purpose="x", subject_id=uuid.uuid4(), session_key_hash="0", code_hash="0", created_at=NOW, expires_at=LATER
    ),
    "notifications.OutboxMessage": _message,
    "referrals.Participant": make_participant,
    "referrals.ContactClaim": lambda: ContactClaim.objects.create(
        participant=make_participant(), channel="email", contact="a@example.org", created_at=NOW, expires_at=LATER
    ),
    "referrals.Disposal": lambda: Disposal.objects.create(
        code="specimen", name="x", plain_name="x", requires_admission=True, enforceable=True, if_completed="x",
        if_not="x", in_force_from=date(2026, 1, 1),
    ),
    "referrals.Scheme": make_scheme,
    "referrals.SchemeVersion": lambda: make_scheme().versions.get(),
    "referrals.CrimeOutcome": lambda: CrimeOutcome.objects.create(
        code="99", name="x", disposal_code="specimen", after_completion_only=False, in_force_from=date(2026, 1, 1)
    ),
    "referrals.NonAssociation": lambda: NonAssociation.objects.create(
        participant=make_participant(), other_family_name="Other", made_at=NOW
    ),
    "referrals.VictimView": lambda: make_referral().victim_view,
    "referrals.PreviousHistory": lambda: make_referral().previous_history,
    "referrals.LegalFact": lambda: make_referral().legal_facts.get(kind="consent"),
    "referrals.Condition": lambda: Condition.objects.create(
        referral=make_referral(), position=1, words="x", verified_by="receipt"
    ),
    "referrals.EligibilityCheck": _eligibility_check,
    "referrals.ReferralChange": lambda: ReferralChange.objects.create(
        referral=make_referral(), item="person", reason="x", changed_at=NOW, changed_by=make_user()
    ),
    "referrals.OfficerAssignment": lambda: OfficerAssignment.objects.create(
        referral=make_referral(), officer=make_user(), since_at=NOW
    ),
    "referrals.Assistance": lambda: Assistance.objects.create(
        referral=make_referral(), staff=make_user(), means="phone", opened_at=NOW, ends_at=LATER
    ),
    "referrals.CaseAccess": lambda: CaseAccess.objects.create(
        referral=make_referral(), user=make_user(), access="allowed", reason="x", made_at=NOW, made_by=make_user()
    ),
    "referrals.PostBatch": lambda: PostBatch.objects.create(agency=make_agency(), made_at=NOW, made_by=make_user()),
    "referrals.Letter": lambda: Letter.objects.create(
        referral=make_referral(), kind="offer", subject_id=uuid.uuid4(), made_at=NOW
    ),
    "referrals.BankHoliday": lambda: BankHoliday.objects.create(
        nation="england-and-wales", day=date(2199, 1, 1), name="x"
    ),
    "referrals.Referral": lambda: make_referral("offered", agency_reference="A/1"),
    "referrals.RiskDecision": lambda: make_referral().risk_decision,
    "referrals.Requirement": make_requirement,
    "referrals.Offer": make_offer,
    "referrals.OfferAnswer": _answer,
    "referrals.CaseTask": _task,
    "courses.Provider": make_provider,
    "courses.WaitingEntry": lambda: make_wait(make_course()),
    "courses.SurveyAnswer": lambda: SurveyAnswer.objects.create(
        provider=make_provider(), programme=make_programme(), month=date(2026, 11, 1), clear=5, fair=4, useful=3
    ),
    "referrals.Programme": make_programme,
    "courses.Visit": make_visit,
    "courses.VisitFollowUp": lambda: VisitFollowUp.objects.create(
        visit=make_visit(), words="x", done_at=NOW, done_by=make_user()
    ),
    "courses.ConcernFollowUp": lambda: ConcernFollowUp.objects.create(
        concern=make_concern(), words="x", done_at=NOW, done_by=make_user()
    ),
    "courses.ProviderLicence": lambda: ProviderLicence.objects.create(
        provider=make_provider(), programme=make_scheme().programme,
        valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1),
    ),
    "courses.TrainerLicence": lambda: make_trainer_licence(make_user(Role.TRAINER), make_scheme().programme),
    "courses.SessionTemplate": lambda: SessionTemplate.objects.create(
        programme=make_scheme().programme, position=1, title="x", minutes=180
    ),
    "courses.Venue": make_venue,
    "courses.Room": make_room,
    "courses.TimeAway": lambda: make_time_away(make_user(Role.TRAINER)),
    "courses.Course": make_course,
    "courses.Session": lambda: make_session(make_course(), 2, LATER),
    "courses.Booking": make_booking,
    "courses.Attendance": _attendance,
    "courses.DraftMark": _draft,
    "courses.Certificate": lambda: Certificate.objects.create(
        booking=make_booking(), issued_at=NOW, completed_on=NOW.date()
    ),
    "payments.Charge": _charge,
    "payments.PaymentAttempt": _attempt,
    "payments.FundingRequest": lambda: FundingRequest.objects.create(
        state="granted", requirement=make_requirement(), words="I have no card.", asked_at=NOW, decided_at=NOW,
        decided_by=make_user(), reason="No card.",
    ),
    "courses.Replacement": _replacement,
    "courses.CourseCancellation": _cancellation,
    "payments.Refund": lambda: _refund(_attempt()),
}  # fmt: skip


def specimen(model: type[models.Model]) -> Any:
    """A new valid row."""
    return MAKERS[model._meta.label]()


def copy(row: Any, **changes: Any) -> Any:
    """Store another row like it, under keys of its own, with the changes given.

    :raises IntegrityError: the database refuses it.
    """
    plain = [field for field in row._meta.concrete_fields if not isinstance(field, BlindIndexField)]
    other = type(row)(**{field.attname: getattr(row, field.attname) for field in plain})
    other.pk = other.pk + 1 if isinstance(other.pk, int) else uuid.uuid4()
    if hasattr(other, "public_id"):
        other.public_id = new_public_id()
    for name, value in changes.items():
        setattr(other, name, value)
    other.save(force_insert=True)
    return other
