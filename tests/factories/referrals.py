"""Programmes, schemes, people, referrals, requirements and offers."""

import itertools
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from diversion.accounts.enums import OrganisationKind, Rank, Role
from diversion.accounts.models import Organisation, User
from diversion.core import clock
from diversion.referrals.enums import (
    ClosureReason,
    LetterKind,
    ReferralState,
    RequirementState,
    RiskLevel,
    SchemeVersionState,
    VictimSituation,
)
from diversion.referrals.models import (
    Disposal,
    LegalFact,
    Letter,
    OffenceCategory,
    Offer,
    Participant,
    PreviousHistory,
    Programme,
    Referral,
    Requirement,
    RiskDecision,
    Scheme,
    SchemeVersion,
    VictimView,
)
from tests.factories.people import LONG_AGO, make_agency, make_organisation, make_user

_numbers = itertools.count(1)
PIN = "123456"
BEFORE_OFFER = {ReferralState.DRAFT, ReferralState.AWAITING_AUTHORISATION, ReferralState.AUTHORISED, ReferralState.REFUSED}


def make_programme(**fields: Any) -> Programme:
    n = next(_numbers)
    return Programme.objects.create(
        **{"code": f"P{n}", "name": f"Programme {n}", "neutral_name": "Course", "summary": "What is taught.", **fields}
    )


def make_scheme(agency: Organisation | None = None, **fields: Any) -> Scheme:
    """A scheme with one published version."""
    n = next(_numbers)
    version = fields.pop("version", {})
    disposal, _ = Disposal.objects.get_or_create(
        code="conditional-caution",
        defaults={
            "name": "Conditional caution",
            "plain_name": "a caution with conditions",
            "requires_admission": True,
            "enforceable": True,
            "if_completed": "The matter ends there.",
            "if_not": "The police may decide again what to do.",
            "in_force_from": date(2020, 1, 1),
        },
    )
    scheme = Scheme.objects.create(
        **{
            "agency": agency or make_agency(),
            "code": f"S{n}",
            "name": f"Scheme {n}",
            "disposal": disposal,
            "programme": fields.get("programme") or make_programme(),
            **fields,
        }
    )
    make_version(scheme, **version)
    return scheme


def make_version(scheme: Scheme, **fields: Any) -> SchemeVersion:
    """A version of a scheme, published unless it is said otherwise, by somebody else than its drafter."""
    state = fields.get("state", SchemeVersionState.PUBLISHED)
    published = {"published_at": LONG_AGO, "published_by": _draughtsman(scheme, Role.SUPERVISOR)}
    return SchemeVersion.objects.create(
        **{
            "scheme": scheme,
            "state": state,
            "number": scheme.versions.count() + 1,
            "in_force_from": date(2026, 1, 1),
            "drafted_at": LONG_AGO,
            "drafted_by": _draughtsman(scheme, Role.HUB),
            **(published if state == SchemeVersionState.PUBLISHED else {}),
            "admitted_risk_levels": [RiskLevel.LOW, RiskLevel.MEDIUM],
            "offer_text_en": "If you accept, you must finish {programme} by {complete_by}.",
            "cooling_off_days": 0,  # so that the bands of notice are met at once
            **fields,
        }
    )


def _draughtsman(scheme: Scheme, role: Role) -> User:
    """Somebody of the agency; for a voluntary service, which employs nobody, somebody of the service team."""
    return make_user(Role.SUPPORT) if scheme.agency.kind == OrganisationKind.SELF else make_user(role, scheme.agency)


def make_participant(agency: Organisation | None = None, *, with_account: bool = True, **fields: Any) -> Participant:
    n = next(_numbers)
    agency = agency or make_agency()
    account = {"user": make_user(Role.PARTICIPANT, agency)} if with_account and "user" not in fields else {}
    return Participant.objects.create(
        **{
            "agency": agency,
            "given_names": "Sam",
            "family_name": f"Example{n}",
            "date_of_birth": date(1990, 5, 17),
            "email": f"sam{n}@example.org",
            "email_confirmed_at": LONG_AGO,
            **account,
            **fields,
        }
    )


def make_referral(state: str = ReferralState.OFFERED, *, scheme: Scheme | None = None, **fields: Any) -> Referral:
    """A complete referral in the state asked for, with its risk decision; proposer and authoriser are two people."""
    scheme = scheme or make_scheme()
    officer = fields.pop("officer", None) or make_user(Role.CASE_OFFICER, scheme.agency)
    category, _ = OffenceCategory.objects.get_or_create(code="TEST", defaults={"name": "Test", "summary_only": False})
    decided = state not in {ReferralState.DRAFT, ReferralState.AWAITING_AUTHORISATION, ReferralState.REFUSED}
    authoriser = make_user(Role.SUPERVISOR, scheme.agency) if decided else None
    referral = Referral.objects.create(
        **{
            "state": state,
            "agency": scheme.agency,
            "officer": officer,
            "participant": fields.pop("participant", None) or make_participant(scheme.agency),
            "scheme": scheme,
            "scheme_version": None if state in BEFORE_OFFER else scheme.versions.get(number=1),
            "disposal": scheme.disposal,
            "disposal_on": clock.today() - timedelta(days=2),
            "offence_category": category,
            "offence_on": clock.today() - timedelta(days=20),
            "needs_asked_at": LONG_AGO,
            "conditions_set_at": LONG_AGO,
            "created_at": clock.now() - timedelta(days=2),
            "submitted_by": None if state == ReferralState.DRAFT else officer,
            "submitted_at": None if state == ReferralState.DRAFT else clock.now() - timedelta(days=1),
            "authorised_by": authoriser,
            "authorised_at": clock.now() - timedelta(hours=20) if decided else None,
            "authorised_rank": Rank.SUPERINTENDENT if decided else None,
            "required_rank": scheme.disposal.authoriser_rank if decided else None,
            "closure_reason": ClosureReason.OTHER if state == ReferralState.WITHDRAWN else "",
            **fields,
        }
    )
    RiskDecision.objects.create(
        referral=referral,
        tool="Triage tool",
        level=RiskLevel.LOW,
        decided_on=referral.disposal_on,
        assessor="A. Assessor",
        rationale="No previous history.",
    )
    _make_file(referral)
    return referral


def make_volunteer(scheme: Scheme | None = None, state: str = ReferralState.ACCEPTED, **fields: Any) -> Referral:
    """The case of somebody who asked for help themselves: no officer, no offence, no decision."""
    scheme = scheme or make_scheme(make_organisation(OrganisationKind.SELF))
    person = fields.pop("participant", None) or make_participant(scheme.agency, family_name="", date_of_birth=None)
    return Referral.objects.create(
        **{
            "state": state,
            "voluntary": True,
            "agency": scheme.agency,
            "participant": person,
            "scheme": scheme,
            "scheme_version": scheme.versions.get(number=1),
            "disposal": scheme.disposal,
            "created_at": clock.now() - timedelta(days=2),
            "closure_reason": ClosureReason.LEFT if state == ReferralState.WITHDRAWN else "",
            **fields,
        }
    )


def _make_file(referral: Referral) -> None:
    """What has to be on the file before anybody decides: no victim, low gravity, and yes to all that the disposal asks."""
    by = {"recorded_at": LONG_AGO, "recorded_by": referral.officer}
    VictimView.objects.create(referral=referral, situation=VictimSituation.NO_VICTIM, **by)
    PreviousHistory.objects.create(referral=referral, gravity_score=2, rationale="Low value.", **by)
    LegalFact.objects.bulk_create(
        LegalFact(referral=referral, kind=kind, holds=True, said_on=referral.disposal_on, said_to="PC Example", **by)
        for kind in referral.disposal.required_facts
    )


def make_requirement(
    referral: Referral | None = None, state: str = RequirementState.IN_PROGRESS, **fields: Any
) -> Requirement:
    referral = referral or make_referral(ReferralState.ACCEPTED)
    today = clock.today()
    return Requirement.objects.create(
        **{
            "referral": referral,
            "programme": referral.scheme.programme,
            "state": state,
            "book_by": today + timedelta(days=21),
            "complete_by": today + timedelta(days=110),
            "met_on": today if state == RequirementState.MET else None,
            **fields,
        }
    )


def make_offer(referral: Referral | None = None, **fields: Any) -> Offer:
    """An offer whose PIN is `PIN`. With `letter_pin` its letter waits to be printed."""
    offer = Offer.objects.create(
        **{
            "referral": referral or make_referral(ReferralState.OFFERED),
            "pin_hash": make_password(PIN),
            "issued_at": clock.now() - timedelta(hours=19),
            "expires_on": clock.today() + timedelta(days=14),
            **fields,
        }
    )
    if offer.letter_pin:
        Letter.objects.create(referral=offer.referral, kind=LetterKind.OFFER, subject_id=offer.pk, made_at=offer.issued_at)
    return offer
