"""The one door for referrals that come from a file or another system: complete, checked and submitted, or not taken in at all.

Every section is filled in by the functions behind the officer's own page, so each rule has one home; but the referral is stored
once, its sections are one row of the trail, and the scheme's rules are asked once, when it is submitted. Safe to repeat: an agency's
own reference names the referral, and the same again changes nothing (R2).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import Organisation, User
from diversion.audit.trail import record_access, record_change
from diversion.audit.transitions import begin
from diversion.core.actor import Actor
from diversion.core.encryption import blind
from diversion.core.errors import Refusal
from diversion.referrals.contents import contents
from diversion.referrals.enums import Need, ReferralState
from diversion.referrals.models import Referral, Scheme
from diversion.referrals.needs import ROUTES
from diversion.referrals.queries import SECTIONS, required_facts
from diversion.referrals.services import drafts, file
from diversion.referrals.services.eligibility import Asking, NotEligible, count_refused
from diversion.referrals.services.file import Said, ToDo
from diversion.referrals.services.needs import fill_needs
from diversion.referrals.services.officers import begin_assignment
from diversion.referrals.services.submission import submit_locked

Values = Mapping[str, Any]


class Differs(Refusal):
    sentence = _("Your file says something else than the referral already here. Change it there.")
    field = "agency_reference"


class ReferenceIsMissing(Refusal):
    sentence = _("Enter your own reference: by it the same referral is known again.")
    field = "agency_reference"


class Outcome(StrEnum):
    CREATED = "created"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One referral as it comes in. Each mapping holds what the service of its section takes, already of the right type."""

    scheme: Scheme
    person: Values
    offence: Values
    victim: Values
    history: Values
    risk: Values
    facts: Sequence[Said]
    conditions: Sequence[ToDo]
    needs: Values

    @property
    def reference(self) -> str:
        return str(self.person["agency_reference"]).strip()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why it was not taken in. Never the value itself: results are kept, shown and handed on."""

    field: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return {"field": self.field, "code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one entry. `referral` is the one made or found; a dry run makes none."""

    status: Outcome
    referral: Referral | None = None
    errors: Sequence[Trouble] = ()

    @property
    def reference(self) -> str:
        return self.referral.reference if self.referral else ""


class _TakenBack(Exception):
    """Undoes the savepoint of a dry run, and carries what was asked in it."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        super().__init__()


@transaction.atomic(savepoint=False)
def take_in(*, agency: Organisation, officer: User, entry: Entry, dry_run: bool, by: Actor, at: datetime) -> Result:
    """Make and submit one referral for an officer, or say why not; a refusal and a dry run leave nothing behind.

    What stays: that other agencies were asked, on the trail of whoever was found (rule 13), and that the rules refused somebody,
    as a number (R3). Intake of one agency
    goes one by one, so that the same reference twice at once is one referral.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=agency.pk)
    found: Sequence[UUID] = ()
    try:
        with transaction.atomic():
            known = _known(agency, entry)
            if known:
                return Result(Outcome.UNCHANGED, known)
            referral = _make(agency, officer, entry, by=by, at=at)
            asking = submit_locked(referral, user=officer, by=by, at=at)
            if dry_run:
                raise _TakenBack(asking)
        return Result(Outcome.CREATED, referral)
    except _TakenBack as dry:
        result, found = Result(Outcome.CREATED), dry.asking.found
    except NotEligible as refusal:
        result, found = Result(Outcome.REFUSED, errors=[trouble_of(refusal)]), refusal.asking.found
        if not dry_run:
            count_refused(refusal.asking, reference=entry.reference, at=at)
    except Refusal as refusal:
        result = Result(Outcome.REFUSED, errors=[trouble_of(refusal)])
    record_access(kind="check", route="repeat-check", participants=found, by=by, at=at, organisation_id=agency.pk)
    return result


def trouble_of(refusal: Refusal) -> Trouble:
    """A service's refusal as a line of a result: its code is its name."""
    code = re.sub(r"(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()
    return Trouble(field=refusal.field or "", code=code, message=str(refusal.sentence))


def _known(agency: Organisation, entry: Entry) -> Referral | None:
    """The referral that has this reference already, where it says the same.

    :raises ReferenceIsMissing: there is no reference to know it by.
    :raises Differs: it says something else.
    """
    if not entry.reference:
        raise ReferenceIsMissing()
    same = Referral.objects.filter(agency=agency, agency_reference_index=blind("agency_reference", entry.reference))
    known: Referral | None = same.exclude(state=ReferralState.VOID).select_for_update(of=("self",)).first()
    if known is None:
        return None
    wanted = _wanted(entry, known)
    if any(contents(known, section) != wanted[section] for section in SECTIONS):
        raise Differs()
    return known


def _wanted(entry: Entry, known: Referral) -> dict[str, dict[str, Any]]:
    """What each section of the referral would hold if it were this entry's, as `contents` says it."""
    asked = required_facts(known)
    facts = {
        f"{fact.kind}_{part}": value
        for fact in entry.facts
        if fact.kind in asked
        for part, value in [("holds", "yes" if fact.holds else "no"), ("said_on", fact.said_on), ("said_to", fact.said_to)]
    }
    to_do = {
        f"{part}_{number}": getattr(each, part)
        for number, each in enumerate(entry.conditions, 1)
        for part in ("words", "verified_by")
    }
    safe = entry.needs["safe_contact"]
    needs = {
        "needs": sorted(entry.needs["needs"]),
        "needs_notes": entry.needs["needs_notes"],
        "interpreter_language": entry.needs["interpreter_language"] if Need.INTERPRETER in entry.needs["needs"] else "",
        "safe_routes": [route for route in ROUTES if safe.get(route)],
        "safe_from": safe.get("from", ""),
        "safe_until": safe.get("until", ""),
    }
    return {
        "person": {**entry.person},
        "offence": {**entry.offence},
        "requirement": {"scheme": entry.scheme},
        "victim": {**entry.victim},
        "history": {**entry.history},
        "risk": {**entry.risk},
        "agreement": facts,
        "conditions": to_do,
        "needs": needs,
    }


def _make(agency: Organisation, officer: User, entry: Entry, *, by: Actor, at: datetime) -> Referral:
    """A draft of its own, filled in. The draft that the officer may have left empty is theirs."""
    referral = Referral(
        agency=agency, officer=officer, created_at=at, edited_at=at, conditions_set_at=at, needs_asked_at=at
    )
    person = drafts.fill_person(referral, **entry.person, at=at)
    fill_needs(person, **entry.needs)
    drafts.fill_offence(referral, **entry.offence, at=at)
    drafts.fill_requirement(referral, scheme=entry.scheme, at=at)
    person.save()
    begin(referral, state=ReferralState.DRAFT, by=by, at=at, case_id=referral.pk, source="intake")
    begin_assignment(referral, by=by, at=at)
    file.put_victim(referral, **entry.victim, by=by, at=at, new=True)
    file.put_history(referral, **entry.history, by=by, at=at, new=True)
    drafts.put_risk(referral, **entry.risk, at=at, new=True)
    file.put_facts(referral, entry.facts, by=by, at=at, new=True)
    file.put_conditions(referral, entry.conditions, new=True)
    prefetch_related_objects([referral], "legal_facts")
    data = {"source": "intake", "sections": list(SECTIONS)}
    record_change(action="referral.saved", subject=referral, by=by, at=at, case_id=referral.pk, data=data)
    return referral
