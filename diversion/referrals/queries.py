"""What several services and pages ask of the tables."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diversion.accounts.enums import OrganisationKind
from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.referrals.clocks import Clocks, work_out
from diversion.referrals.enums import FactKind, ReferralState, SchemeVersionState
from diversion.referrals.models import CrimeOutcome, Disposal, Referral, Scheme, SchemeVersion

SECTIONS = ("person", "offence", "requirement", "victim", "history", "risk", "agreement", "conditions", "needs")
"""The parts of a referral, in the order the officer meets them: the scheme early, since its disposal says what must be asked."""
DECIDED: Mapping[str, str | Promise] = {
    ReferralState.AUTHORISED: _("Authorised"),
    ReferralState.DRAFT: _("Returned for changes"),
    ReferralState.REFUSED: _("Refused"),
}
"""What each decision of an authoriser is called once it is made."""


def rules_on(scheme: Scheme, *, day: date) -> SchemeVersion | None:
    """The version of a scheme in force on a London day; None before its first."""
    published = [each for each in scheme.versions.all() if each.state == SchemeVersionState.PUBLISHED]
    versions = [each for each in published if each.in_force_from <= day]
    return max(versions, key=lambda each: each.in_force_from, default=None)


def disposals_on(codes: Collection[str], *, day: date) -> dict[str, Disposal]:
    """The law on a London day: for each kind of disposal the row in force, in one query. A kind without one is left out."""
    rows = Disposal.objects.filter(_in_force(day), code__in=codes).order_by("in_force_from")
    return {each.code: each for each in rows}


def outcome_codes(disposal: str, *, day: date) -> list[CrimeOutcome]:
    """How the agency's record system names the end of a case under a disposal, as the counting rules stand on a London day."""
    rows = CrimeOutcome.objects.filter(_in_force(day), disposal_code=disposal).order_by("in_force_from")
    return sorted({each.code: each for each in rows}.values(), key=lambda each: each.code)


def _in_force(day: date) -> Q:
    return Q(in_force_from__lte=day) & (Q(in_force_until=None) | Q(in_force_until__gte=day))


def voluntary_schemes(*, day: date) -> list[Scheme]:
    """The schemes that anybody may join of their own accord on a London day, by the name of what they teach."""
    found = Scheme.objects.filter(agency__kind=OrganisationKind.SELF).select_related("programme", "disposal", "agency")
    in_order = found.prefetch_related("versions").order_by("programme__name", "pk")
    return [scheme for scheme in in_order if rules_on(scheme, day=day)]


def clocks_for(referral: Referral, rules: SchemeVersion, *, offered_on: date, law: Disposal | None = None) -> Clocks | None:
    """The three clocks if the offer were made on that day; None while the dates are not all known.

    `law` is the row whose cap holds, where the caller has read it: once offered the one pinned, before that the one in force.

    :raises NoRoomBeforeBackstop: too little time would be left.
    """
    if not (referral.disposal_on and referral.offence_on and referral.offence_category):
        return None
    law = law or _law_of(referral, rules, day=offered_on)
    return work_out(
        rules=rules,
        law_cap_weeks=law.cap_weeks,
        offered_on=offered_on,
        disposal_on=referral.disposal_on,
        offence_on=referral.offence_on,
        summary_only=referral.offence_category.summary_only,
    )


def _law_of(referral: Referral, rules: SchemeVersion, *, day: date) -> Disposal:
    if referral.scheme_version_id and referral.disposal:
        return referral.disposal
    disposal = rules.scheme.disposal
    return disposals_on([disposal.code], day=day).get(disposal.code, disposal)


def required_facts(referral: Referral) -> list[FactKind]:
    """What the referral's disposal asks the person to have said or been told, in the order of `FactKind`."""
    asked = referral.disposal.required_facts if referral.disposal else []
    return [kind for kind in FactKind if kind in asked]


def has_required_facts(referral: Referral) -> bool:
    """Each fact that the disposal asks for is answered, whatever the answer; False before there is a disposal."""
    if referral.disposal is None:
        return False
    answered = {fact.kind for fact in referral.legal_facts.all()}
    return set(required_facts(referral)) <= answered


def finished_sections(referral: Referral) -> set[str]:
    """Which sections of the referral are filled in."""
    done = {
        "person": referral.participant_id is not None,
        "offence": referral.offence_on is not None,
        "requirement": referral.scheme_id is not None,
        "victim": hasattr(referral, "victim_view"),
        "history": hasattr(referral, "previous_history"),
        "risk": hasattr(referral, "risk_decision"),
        "agreement": has_required_facts(referral),
        "conditions": referral.conditions_set_at is not None,
        "needs": referral.needs_asked_at is not None,
    }
    return {section for section, is_done in done.items() if is_done}


@dataclass(frozen=True)
class Decided:
    """How a referral left the authoriser's list, by whom, and why where a reason was given."""

    words: str
    by: str
    reason: str


def decisions_on(referrals: Collection[Referral]) -> dict[UUID, Decided]:
    """The last decision on each that no longer waits. Two queries, however many there are."""
    events = AuditEvent.objects.filter(
        subject_id__in=[each.pk for each in referrals if each.state != ReferralState.AWAITING_AUTHORISATION],
        new_state__in=DECIDED,
    )
    last = {each.subject_id: each for each in events.order_by("recorded_at")}
    names = User.objects.in_bulk({each.actor_id for each in last.values()})
    return {
        pk: Decided(words=str(DECIDED[each.new_state]), by=str(names.get(each.actor_id, "")), reason=each.reason)
        for pk, each in last.items()
    }
