"""Finding the other records and cases of one human, at every agency (R6). What may be said of them is the caller's matter."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from diversion.accounts.enums import OrganisationKind
from diversion.core.encryption import blind
from diversion.referrals.enums import Access, Answer, ClosureReason, ReferralState, RepeatCounts, RequirementState
from diversion.referrals.matching import Person, are_same_person, near_births, spellings
from diversion.referrals.models import CaseAccess, OfferAnswer, Participant, Referral, Requirement, SchemeVersion
from diversion.referrals.querysets import ParticipantQuerySet

DEALT_WITH = (
    ReferralState.AWAITING_AUTHORISATION,
    ReferralState.AUTHORISED,
    ReferralState.OFFERED,
    ReferralState.ACCEPTED,
    ReferralState.ACTIVE,
)
"""A case in one of these would make another for the same day a duplicate. A draft is nobody's word yet."""
NOT_THE_PERSONS_DOING = (ClosureReason.MADE_IN_ERROR, ClosureReason.INELIGIBLE, ClosureReason.TRANSFERRED)
"""Ends after which an offer, or its acceptance, does not count against the person."""


def lookalikes(participant: Participant) -> list[Participant]:
    """The other records, of any agency, that name and date of birth make this person's (R6)."""
    person = _on_paper(participant)
    found = people_to_compare(person).exclude(pk=participant.pk)
    return [each for each in found if are_same_person(person, _on_paper(each))]


def people_to_compare(person: Person) -> ParticipantQuerySet:
    """Whoever may be this person by blind index alone: few, since only these are opened.

    Of those born on the day, whose first or last name sounds like one of the person's; of those born nearly then, both. Whoever
    asked for help themselves is never among them: no agency learns of them.
    """
    last, first = spellings(person)
    by_last = Q(family_name_sound__in=[blind("surname_phonetic", word) for word in last])
    by_first = Q(given_names_sound__in=[blind("given_name_phonetic", word) for word in first])
    same_day = blind("date_of_birth", person.born_on)
    days = [same_day, *(blind("date_of_birth", day) for day in near_births(person.born_on))]
    born_then = Participant.objects.filter(date_of_birth_index__in=days, agency__kind=OrganisationKind.AGENCY)
    found: ParticipantQuerySet = born_then.filter(
        Q(date_of_birth_index=same_day) & (by_last | by_first) | by_last & by_first
    )
    return found


def _on_paper(participant: Participant) -> Person:
    return Person(participant.given_names, participant.family_name, participant.date_of_birth)


def other_cases_of(people: Iterable[Participant], *, than: Referral, rules: SchemeVersion) -> list[Any]:
    """Every other case of one human, with `counts` towards the repeat bar of these rules, `is_live`, and `is_shown`: whether
    everybody at the agency that asks may know of it.
    """
    kept_from_somebody = CaseAccess.objects.exclude(access=Access.ALLOWED).filter(referral=OuterRef("pk"), ended_at=None)
    cases = (
        Referral.objects.filter(participant__in=[each.pk for each in people], offence_on__isnull=False, voluntary=False)
        .exclude(pk=than.pk)
        .exclude(state=ReferralState.VOID)
        .annotate(
            counts=_counts(rules),
            is_live=Q(state__in=DEALT_WITH),
            is_shown=Q(agency=than.agency_id, restricted=False) & ~Exists(kept_from_somebody),
        )
    )
    return list(cases)


def _counts(rules: SchemeVersion) -> Q:
    """What of another case starts the bar under these rules. An end that was no doing of the person's counts only once completed."""
    taken = Requirement.objects.filter(referral=OuterRef("pk"), programme=rules.scheme.programme_id)
    if rules.repeat_counts == RepeatCounts.COMPLETED:
        return Q(Exists(taken.filter(state=RequirementState.MET)))
    offered = Q(Exists(taken)) & ~Q(closure_reason__in=NOT_THE_PERSONS_DOING)
    accepted = OfferAnswer.objects.filter(offer__referral=OuterRef("pk"), answer=Answer.ACCEPTED)
    return offered & Q(Exists(accepted)) if rules.repeat_counts == RepeatCounts.ACCEPTED else offered
