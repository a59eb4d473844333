"""The repeat bar and the duplicate check across agencies: yes or no, and each look-up written down (R6, rules 10 and 11)."""

from datetime import date, timedelta
from typing import Any

import pytest

from diversion.accounts.enums import OrganisationKind
from diversion.accounts.models import Organisation, User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.references import spoken
from diversion.referrals.eligibility import Finding
from diversion.referrals.enums import Access, ClosureReason, ReferralState, RepeatCounts, RequirementState
from diversion.referrals.models import CaseAccess, OfferAnswer, Participant, Referral, Scheme, SchemeVersion
from diversion.referrals.services.repeats import LookUp, check_repeats, record_look_up
from tests.factories import (
    make_agency,
    make_offer,
    make_organisation,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
)

pytestmark = pytest.mark.django_db
NOT_YET = Finding("repeat-bar", "This person may not take this programme again yet.")
ELSEWHERE = Finding("duplicate", "Another service may already be dealing with this.", blocks=False)
BEFORE = date(2025, 5, 3)
MET, RUNNING = RequirementState.MET, RequirementState.IN_PROGRESS


def somebody(agency: Organisation, **fields: Any) -> Participant:
    return make_participant(
        agency, **{"given_names": "Sam Peter", "family_name": "Okafor", "address": "1 High Street", **fields}
    )


def asked(scheme: Scheme, offence_on: date = date(2026, 11, 1), **person: Any) -> Referral:
    """A new referral under a scheme, waiting for authorisation."""
    return make_referral(
        ReferralState.AWAITING_AUTHORISATION,
        scheme=scheme,
        participant=somebody(scheme.agency, **person),
        offence_on=offence_on,
        disposal_on=offence_on + timedelta(days=5),
    )


def known(scheme: Scheme, state: str = ReferralState.COMPLIED, requirement: str = MET, **fields: Any) -> Referral:
    """What is on record of the same person: by default a completed programme for an offence on 3 May 2025."""
    person = fields.pop("person", {})
    before = make_referral(
        state,
        scheme=scheme,
        participant=fields.pop("participant", None) or somebody(scheme.agency, **{"address": "9 Elm Row", **person}),
        **{"offence_on": BEFORE, "disposal_on": date(2025, 5, 20), **fields},
    )
    make_requirement(before, requirement)
    return before


def elsewhere(scheme: Scheme, **fields: Any) -> Scheme:
    """Another agency's scheme for the same programme."""
    return make_scheme(make_agency(name="Otherforce Canary"), programme=scheme.programme, **fields)


def found(referral: Referral, **rules: Any) -> LookUp:
    version: SchemeVersion = referral.scheme.versions.get()
    for name, value in rules.items():
        setattr(version, name, value)
    return check_repeats(referral=referral, rules=version)


def answers(referral: Referral, **rules: Any) -> list[Finding]:
    return list(found(referral, **rules).findings)


def test_within_ones_own_agency_the_bar_is_said_with_its_dates(scheme: Scheme) -> None:
    known(scheme)
    words = "Same programme completed for an offence on 3 May 2025, bar until 3 May 2028."
    assert answers(asked(scheme)) == [Finding("repeat-bar", words)]


def test_of_another_agency_only_yes_or_no_is_said(scheme: Scheme) -> None:
    known(elsewhere(scheme))
    assert answers(asked(scheme)) == [NOT_YET]


@pytest.mark.parametrize("hidden", ["restricted", "kept from somebody"])
def test_a_case_that_not_everybody_may_see_is_spoken_of_as_another_agencys(
    scheme: Scheme, officer: User, hidden: str
) -> None:
    before = known(scheme, restricted=hidden == "restricted")
    live = known(scheme, ReferralState.ACTIVE, RUNNING, offence_on=date(2026, 11, 1), disposal_on=date(2026, 11, 2))
    if hidden == "kept from somebody":
        for each in (before, live):
            CaseAccess.objects.create(
                referral=each,
                user=officer,
                access=Access.EXCLUDED,
                reason="A cousin.",
                made_at=clock.now(),
                made_by=officer,
            )
    else:
        Referral.objects.filter(pk=live.pk).update(restricted=True)
    assert answers(asked(scheme)) == [NOT_YET, ELSEWHERE]


def test_what_ones_own_agency_may_know_is_said_even_if_another_agency_knows_more(scheme: Scheme) -> None:
    known(elsewhere(scheme), offence_on=date(2026, 1, 9), disposal_on=date(2026, 1, 10))
    known(scheme, offence_on=date(2024, 2, 29), disposal_on=date(2024, 3, 1))
    known(scheme)
    words = "Same programme completed for an offence on 3 May 2025, bar until 3 May 2028."
    assert answers(asked(scheme)) == [Finding("repeat-bar", words)]


@pytest.mark.parametrize(("offence_on", "barred"), [(date(2028, 5, 2), True), (date(2028, 5, 3), False)])
def test_the_bar_counts_from_the_earlier_offence_to_the_day(scheme: Scheme, offence_on: date, barred: bool) -> None:
    """Rule 11: not from the decision, nor from the day the programme was finished."""
    known(elsewhere(scheme))
    assert answers(asked(scheme, offence_on)) == ([NOT_YET] if barred else [])


def test_a_scheme_without_a_bar_bars_nobody(scheme: Scheme) -> None:
    """Nor does one that is barred for an offence before the earlier one."""
    known(scheme)
    assert answers(asked(scheme), repeat_bar_months=0) == []
    assert answers(asked(scheme, date(2025, 1, 1)), repeat_bar_months=0) == []


def test_another_programme_is_no_repeat(scheme: Scheme) -> None:
    known(make_scheme(scheme.agency))
    assert answers(asked(scheme)) == []


COUNTS = {
    RepeatCounts.COMPLETED: {"completed"},
    RepeatCounts.ACCEPTED: {"completed", "accepted"},
    RepeatCounts.OFFERED: {"completed", "accepted", "declined", "expired"},
}


@pytest.mark.parametrize("counts", RepeatCounts)
@pytest.mark.parametrize("how", ["completed", "accepted", "declined", "expired", "made in error", "draft", "void"])
def test_what_counts_is_the_schemes_word(scheme: Scheme, counts: str, how: str) -> None:
    """Rule 10: under one scheme an unfinished offer still counts, under another it does not. What was never the person's never does."""
    state, requirement, reason = {
        "completed": (ReferralState.COMPLIED, MET, ""),
        "accepted": (ReferralState.BREACHED, RequirementState.NOT_MET, ""),
        "declined": (ReferralState.DECLINED, RequirementState.NOT_MET, ""),
        "expired": (ReferralState.EXPIRED, RequirementState.PENDING, ""),
        "made in error": (ReferralState.WITHDRAWN, RequirementState.NOT_MET, ClosureReason.MADE_IN_ERROR),
        "draft": (ReferralState.DRAFT, None, ""),
        "void": (ReferralState.VOID, RequirementState.NOT_MET, ""),
    }[how]
    other = elsewhere(scheme)
    before = make_referral(
        state,
        scheme=other,
        participant=somebody(other.agency),
        offence_on=BEFORE,
        disposal_on=BEFORE,
        closure_reason=reason,
    )
    if requirement:
        make_requirement(before, requirement)
    if how in {"completed", "accepted", "made in error", "void"}:
        offer = make_offer(before)
        OfferAnswer.objects.create(
            offer=offer,
            answer="accepted",
            answered_at=clock.now(),
            language="en-gb",
            text_sha256="0" * 64,
            scheme_version_number=1,
        )
    assert answers(asked(scheme), repeat_counts=counts) == ([NOT_YET] if how in COUNTS[counts] else [])


@pytest.mark.parametrize(
    ("counts", "said"),
    [(RepeatCounts.COMPLETED, "completed"), (RepeatCounts.OFFERED, "offered")],
)
def test_the_words_say_what_counted(scheme: Scheme, counts: str, said: str) -> None:
    known(scheme)
    (finding,) = answers(asked(scheme), repeat_counts=counts)
    assert finding.words == f"Same programme {said} for an offence on 3 May 2025, bar until 3 May 2028."


LIVE_OR_NOT = pytest.mark.parametrize(
    ("state", "double"),
    [
        (ReferralState.DRAFT, False),
        (ReferralState.AWAITING_AUTHORISATION, True),
        (ReferralState.OFFERED, True),
        (ReferralState.ACTIVE, True),
        (ReferralState.DECLINED, False),
        (ReferralState.WITHDRAWN, False),
    ],
)
DAY = date(2026, 11, 1)


@LIVE_OR_NOT
def test_a_live_case_elsewhere_for_the_same_day_is_a_warning_that_blocks_nothing(
    scheme: Scheme, state: str, double: bool
) -> None:
    """Two agencies may each have made an offer: a person may hold both."""
    other = make_scheme()
    make_referral(state, scheme=other, participant=somebody(other.agency), offence_on=DAY, disposal_on=DAY)
    assert answers(asked(scheme, DAY)) == ([ELSEWHERE] if double else [])
    assert answers(asked(scheme, DAY + timedelta(days=1))) == []


@LIVE_OR_NOT
def test_a_live_case_of_ones_own_agency_is_named(scheme: Scheme, state: str, double: bool) -> None:
    own = make_scheme(scheme.agency)
    mine = make_referral(state, scheme=own, participant=somebody(own.agency), offence_on=DAY, disposal_on=DAY)
    words = f"Your agency already deals with this person for an offence on the same day: {spoken(mine.reference)}."
    assert answers(asked(scheme, DAY)) == ([Finding("duplicate", words, blocks=False)] if double else [])


def test_the_same_record_on_two_cases_is_found_without_any_comparing(scheme: Scheme) -> None:
    again = asked(scheme)
    known(scheme, participant=again.participant)
    assert [each.code for each in answers(again)] == ["repeat-bar"]
    assert found(again).found == []


@pytest.mark.parametrize(
    "person",
    [
        {"given_names": "SAM", "family_name": "Okafer"},
        {"given_names": "Samuel", "family_name": "Okafor"},
        {"given_names": "Okafor", "family_name": "Sam Peter"},
        {"given_names": "Sam Peter", "family_name": "Okafor-Bright"},
        {"given_names": "Sam", "family_name": "Ókafor", "date_of_birth": date(1990, 5, 11)},
        {"given_names": "Sam", "family_name": "Okafor", "date_of_birth": date(1990, 5, 18)},
    ],
)
def test_spelling_order_and_address_do_not_hide_a_person(scheme: Scheme, person: dict[str, Any]) -> None:
    known(elsewhere(scheme), person={"address": "A tent", "postcode": "", "email": "", "mobile": "", **person})
    assert answers(asked(scheme)) == [NOT_YET]


@pytest.mark.parametrize(
    "person",
    [
        {"given_names": "Daniel"},
        {"family_name": "Adeyemi"},
        {"date_of_birth": date(1991, 6, 18)},
        {"given_names": "Samantha", "date_of_birth": date(1990, 5, 18)},
    ],
)
def test_another_person_is_not_found_and_not_logged(scheme: Scheme, person: dict[str, Any]) -> None:
    known(elsewhere(scheme), person=person)
    look_up = found(asked(scheme))
    assert (list(look_up.findings), list(look_up.found)) == ([], [])


def test_whoever_asked_for_help_themselves_is_never_looked_up(scheme: Scheme) -> None:
    service = make_organisation(OrganisationKind.SELF)
    somebody(service)
    twin = somebody(make_agency())
    assert found(asked(scheme)).found == [twin.pk]


def test_a_look_up_is_written_down_on_both_sides(scheme: Scheme, officer: User) -> None:
    before = known(elsewhere(scheme))
    referral, at = asked(scheme), clock.now()
    record_look_up(referral=referral, look_up=found(referral), by=officer.as_actor(), at=at)
    event = AuditEvent.objects.get(action="referral.checked-for-repeats")
    assert (event.case_id, event.subject_id, event.actor_id) == (referral.pk, referral.pk, officer.pk)
    assert (event.data, event.reason) == ({"barred": True, "duplicate": False}, "")
    access = AccessEvent.objects.get(kind="check")
    assert access.participants == [before.participant_id]
    assert (access.organisation_id, access.actor_id, access.at) == (scheme.agency_id, officer.pk, at)


def test_a_look_up_that_finds_nobody_is_written_down_on_the_askers_side(scheme: Scheme, officer: User) -> None:
    referral = asked(scheme)
    record_look_up(referral=referral, look_up=found(referral), by=officer.as_actor(), at=clock.now())
    assert AuditEvent.objects.get(case_id=referral.pk).data == {"barred": False, "duplicate": False}
    assert not AccessEvent.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_people_found(scheme: Scheme, django_assert_num_queries: Any) -> None:
    referral = asked(scheme)
    version = Referral.objects.select_related("scheme__programme").get(pk=referral.pk).scheme.versions.get()
    for _each in range(4):
        known(elsewhere(scheme))
    referral = Referral.objects.select_related("participant").get(pk=referral.pk)
    version.scheme = referral.scheme
    with django_assert_num_queries(2):
        check_repeats(referral=referral, rules=version)
