"""Filling in a referral, section by section, while it is a draft. Each section is saved whole, by one officer, with its trail."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.audit.transitions import begin, move
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import OffenceCategory, Participant, Referral, RiskDecision, Scheme
from diversion.referrals.policies import DateIsInTheFuture, check_birth, check_offence
from diversion.referrals.queries import disposals_on
from diversion.referrals.services.eligibility import ask_while_drafting
from diversion.referrals.services.officers import begin_assignment


class ReferralIsNotADraft(Refusal):
    sentence = _("This referral has been submitted and can no longer be changed here.")


class PersonComesFirst(Refusal):
    sentence = _("Enter the person’s details first.")


class SchemeIsNotOpen(Refusal):
    sentence = _("Choose one of your agency’s schemes.")
    field = "scheme"


@transaction.atomic
def start_referral(*, officer: User, by: Actor, at: datetime) -> Referral:
    """Open a draft for an officer of an agency. An officer's draft with nothing in it yet is given again, not a second one."""
    User.objects.select_for_update().get(pk=officer.pk)
    empty: Referral | None = Referral.objects.filter(
        officer=officer, state=ReferralState.DRAFT, edited_at=None, participant=None, scheme=None, offence_on=None
    ).first()
    if empty:
        return empty
    referral = Referral(agency_id=_agency_of(officer), officer=officer, created_at=at)
    begin(referral, state=ReferralState.DRAFT, by=by, at=at, case_id=referral.pk)
    begin_assignment(referral, by=by, at=at)
    return referral


@transaction.atomic
def save_person(
    *,
    referral: Referral,
    given_names: str,
    family_name: str,
    date_of_birth: date,
    email: str,
    mobile: str,
    address: str,
    postcode: str,
    language: str,
    agency_reference: str,
    by: Actor,
    at: datetime,
) -> None:
    """Who is referred. What the officer was told of contacts stays unconfirmed until the person confirms it.

    :raises ReferralIsNotADraft: it has been submitted.
    :raises BirthIsImpossible: born too late, or too early.
    """
    referral = lock_draft(referral)
    fill_person(
        referral,
        given_names=given_names,
        family_name=family_name,
        date_of_birth=date_of_birth,
        email=email,
        mobile=mobile,
        address=address,
        postcode=postcode,
        language=language,
        agency_reference=agency_reference,
        at=at,
    ).save()
    save_draft(referral, "person", ["participant", "agency_reference", "agency_reference_index"], by=by, at=at)


@transaction.atomic
def save_offence(
    *,
    referral: Referral,
    offence_on: date,
    offence_category: OffenceCategory,
    disposal_on: date,
    by: Actor,
    at: datetime,
) -> None:
    """What happened, as a category and never a story, and the two dates that clocks count from.

    :raises ReferralIsNotADraft: it has been submitted.
    :raises DateIsInTheFuture: the offence or the decision is.
    :raises DecisionBeforeOffence: they are the wrong way round.
    """
    referral = lock_draft(referral)
    fill_offence(referral, offence_on=offence_on, offence_category=offence_category, disposal_on=disposal_on, at=at)
    save_draft(referral, "offence", ["offence_on", "offence_category", "disposal_on"], by=by, at=at)


@transaction.atomic
def save_risk(
    *,
    referral: Referral,
    tool: str,
    level: str,
    decided_on: date,
    assessor: str,
    rationale: str,
    by: Actor,
    at: datetime,
) -> None:
    """The recorded risk decision without which no offer is made (R3). Whether the scheme admits the level is asked at the end.

    :raises ReferralIsNotADraft: it has been submitted.
    :raises DateIsInTheFuture: the decision is dated after today.
    """
    referral = lock_draft(referral)
    put_risk(referral, tool=tool, level=level, decided_on=decided_on, assessor=assessor, rationale=rationale, at=at)
    save_draft(referral, "risk", [], by=by, at=at)


@transaction.atomic
def save_requirement(*, referral: Referral, scheme: Scheme, by: Actor, at: datetime) -> None:
    """Under which of the agency's schemes: it brings the disposal as the law stands today, the programme and the rules.

    :raises ReferralIsNotADraft: it has been submitted.
    :raises SchemeIsNotOpen: the scheme is another agency's.
    """
    referral = lock_draft(referral)
    fill_requirement(referral, scheme=scheme, at=at)
    save_draft(referral, "requirement", ["scheme", "disposal"], by=by, at=at)


@transaction.atomic
def discard_draft(*, referral: Referral, by: Actor, at: datetime) -> None:
    """End a draft that should not go on. Doing it twice changes nothing.

    :raises ReferralIsNotADraft: it has been submitted.
    """
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.state == ReferralState.VOID:
        return
    if referral.state != ReferralState.DRAFT:
        raise ReferralIsNotADraft()
    move(referral, to=ReferralState.VOID, by=by, at=at, case_id=referral.pk, changes={"closed_at": at})


def fill_person(
    referral: Referral,
    *,
    given_names: str,
    family_name: str,
    date_of_birth: date,
    email: str,
    mobile: str,
    address: str,
    postcode: str,
    language: str,
    agency_reference: str,
    at: datetime,
) -> Participant:
    """Set the person of a locked or new referral, to be stored before it is; refuses as `save_person` does."""
    check_birth(date_of_birth, on=clock.day_of(at))
    participant = referral.participant or Participant(agency=referral.agency)
    participant.given_names, participant.family_name = given_names, family_name
    participant.date_of_birth = date_of_birth
    participant.email, participant.mobile = email, mobile
    participant.address, participant.postcode, participant.language = address, postcode, language
    referral.participant, referral.agency_reference = participant, agency_reference
    return participant


def fill_offence(
    referral: Referral, *, offence_on: date, offence_category: OffenceCategory, disposal_on: date, at: datetime
) -> None:
    """Set what happened on a locked or new referral; refuses as `save_offence` does."""
    check_offence(offence_on=offence_on, disposal_on=disposal_on, today=clock.day_of(at))
    referral.offence_on, referral.offence_category, referral.disposal_on = offence_on, offence_category, disposal_on


def fill_requirement(referral: Referral, *, scheme: Scheme, at: datetime) -> None:
    """Set the scheme of a locked or new referral, and the law as it stands today; refuses as `save_requirement` does."""
    if scheme.agency_id != referral.agency_id:
        raise SchemeIsNotOpen()
    law = disposals_on([scheme.disposal.code], day=clock.day_of(at))
    referral.scheme, referral.disposal = scheme, law.get(scheme.disposal.code, scheme.disposal)


def put_risk(
    referral: Referral,
    *,
    tool: str,
    level: str,
    decided_on: date,
    assessor: str,
    rationale: str,
    at: datetime,
    new: bool = False,
) -> None:
    """Write the risk decision of a locked referral; refuses as `save_risk` does.

    `new`: the referral was made in this transaction, so there is none to look for.
    """
    if decided_on > clock.day_of(at):
        raise DateIsInTheFuture(field="decided_on")
    known = None if new else RiskDecision.objects.filter(referral=referral).first()
    decision = known or RiskDecision(referral=referral)
    decision.tool, decision.level, decision.decided_on = tool, level, decided_on
    decision.assessor, decision.rationale = assessor, rationale
    decision.save()


def lock_draft(referral: Referral) -> Referral:
    """The draft, locked for this transaction.

    :raises ReferralIsNotADraft: it has been submitted.
    """
    locked: Referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if locked.state != ReferralState.DRAFT:
        raise ReferralIsNotADraft()
    return locked


def save_draft(referral: Referral, section: str, fields: list[str], *, by: Actor, at: datetime) -> None:
    """Write the referral's own fields of a section and its audit row, and start the draft's 90 days again."""
    referral.edited_at = at
    referral.save(update_fields=[*fields, "edited_at"])
    record_change(action="referral.saved", subject=referral, by=by, at=at, case_id=referral.pk, data={"section": section})
    ask_while_drafting(referral=referral, by=by, at=at)


def _agency_of(officer: User) -> UUID:
    if officer.organisation_id is None:
        raise ValueError("an officer belongs to an agency")
    return officer.organisation_id
