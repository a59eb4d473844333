"""The look-up as officers meet it: on submission and authorisation, its log outliving a refusal, and nothing of others on any page."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.moments import day_words
from diversion.core.references import spoken
from diversion.referrals.clocks import NoRoomBeforeBackstop
from diversion.referrals.enums import ReferralState, RequirementState, Stage
from diversion.referrals.models import EligibilityCheck, OffenceCategory, Participant, Referral, Scheme
from diversion.referrals.services.authorisation import authorise_referral
from diversion.referrals.services.eligibility import NotEligible
from diversion.referrals.services.submission import submit_referral
from tests.factories import make_agency, make_participant, make_referral, make_requirement, make_scheme, make_user
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db
NOT_YET = "This person may not take this programme again yet."
ELSEWHERE = "Another service may already be dealing with this."
CHECKED = "referral.checked-for-repeats"


def asked(scheme: Scheme, officer: User, state: str = ReferralState.DRAFT) -> Referral:
    sam = make_participant(scheme.agency, given_names="Sam", family_name="Okafor")
    return make_referral(state, scheme=scheme, officer=officer, participant=sam)


def elsewhere(scheme: Scheme, *, live_for: date | None = None) -> list[Referral]:
    """The same person at another agency, full of canaries: the programme completed, and perhaps a live case for a day."""
    agency = make_agency(name="Otherforce Canary")
    other = make_scheme(agency, programme=scheme.programme, name="Otherscheme Canary")
    officer = make_user(Role.CASE_OFFICER, agency, name="Officer Canary")
    person = {
        "given_names": "Sam Peregrine",
        "family_name": "Okafor-Nightjar",
        "address": "9 Canary Row",
        "postcode": "ZE2 9ZZ",
    }
    before = make_referral(
        ReferralState.COMPLIED,
        scheme=other,
        officer=officer,
        participant=make_participant(agency, **person, email="nightjar@canary.example", mobile="+447700900417"),
        offence_on=date(2025, 5, 3),
        disposal_on=date(2025, 5, 20),
        agency_reference="CANARY/25/1",
    )
    make_requirement(before, RequirementState.MET)
    if live_for is None:
        return [before]
    live = make_referral(
        ReferralState.ACTIVE,
        scheme=make_scheme(agency),
        officer=officer,
        participant=before.participant,
        offence_on=live_for,
    )
    return [before, live]


def submit(referral: Referral) -> Referral:
    officer = referral.officer
    return submit_referral(referral=referral, user=officer, by=officer.as_actor(), at=clock.now())


def looked_up() -> tuple[list[dict[str, bool]], list[tuple[object, object]]]:
    """The answers on the asker's side, and on the other who was told of and by which agency."""
    answers = AuditEvent.objects.filter(action=CHECKED).order_by("recorded_at", "pk").values_list("data", flat=True)
    checks = AccessEvent.objects.filter(kind="check").order_by("at", "pk")
    return list(answers), [(each.participants, each.organisation_id) for each in checks]


def test_a_repeat_is_refused_on_submission_and_the_look_up_is_still_on_record(scheme: Scheme, officer: User) -> None:
    (before,) = elsewhere(scheme)
    draft = asked(scheme, officer)
    with pytest.raises(NotEligible) as refused:
        submit(draft)
    assert refused.value.sentence == f"Not eligible: {NOT_YET}"
    draft.refresh_from_db()
    assert draft.state == ReferralState.DRAFT
    assert looked_up() == (
        [{"barred": True, "duplicate": False}],
        [([before.participant_id], scheme.agency_id)],
    )
    check = EligibilityCheck.objects.get(referral=draft)
    assert (check.stage, check.eligible, check.unmet, check.words) == (Stage.SUBMISSION, False, ["repeat-bar"], NOT_YET)


def test_a_repeat_is_refused_on_authorisation_too(scheme: Scheme, officer: User, supervisor: User) -> None:
    """The programme may have been completed elsewhere since the referral was submitted."""
    waiting = submit(asked(scheme, officer))
    (before,) = elsewhere(scheme)
    with pytest.raises(NotEligible):
        authorise_referral(referral=waiting, user=supervisor, by=supervisor.as_actor(), at=clock.now())
    answers, told = looked_up()
    assert answers == [{"barred": False, "duplicate": False}, {"barred": True, "duplicate": False}]
    assert told == [([before.participant_id], scheme.agency_id)]
    assert AuditEvent.objects.filter(action=CHECKED).latest("recorded_at", "pk").actor_id == supervisor.pk


def test_a_refusal_for_want_of_time_looks_nobody_up(scheme: Scheme, officer: User) -> None:
    """So that no refusal can undo the record of a look-up that was answered."""
    elsewhere(scheme)
    draft = asked(scheme, officer)
    draft.offence_category = OffenceCategory.objects.get(code="COM-ASSLT")
    draft.offence_on = clock.today() - timedelta(days=150)
    draft.save(update_fields=["offence_category", "offence_on"])
    with pytest.raises(NoRoomBeforeBackstop):
        submit(draft)
    assert looked_up() == ([], [])


def test_a_duplicate_elsewhere_is_said_after_submission_and_to_the_authoriser_and_blocks_nothing(
    desk: Client, bench: Client, scheme: Scheme, officer: User, supervisor: User
) -> None:
    draft = asked(scheme, officer)
    other = make_scheme()
    twin = make_participant(other.agency, given_names="Sam", family_name="Okafor")
    make_referral(ReferralState.OFFERED, scheme=other, participant=twin, offence_on=draft.offence_on)
    after = desk.post(reverse("referral-check", args=[draft.public_id]), follow=True)
    assert ELSEWHERE in after.content.decode()
    before_deciding = AccessEvent.objects.filter(kind="check").count()
    assert ELSEWHERE in bench.get(reverse("authorisation-decide", args=[draft.public_id])).content.decode()
    assert AccessEvent.objects.filter(kind="check").count() == before_deciding == 1
    draft.refresh_from_db()
    offer = authorise_referral(referral=draft, user=supervisor, by=supervisor.as_actor(), at=clock.now())
    assert offer.referral.state == ReferralState.OFFERED


def canaries(cases: list[Referral]) -> list[str]:
    """Everything of another agency's cases that could give one away."""
    words = ["Canary", "CANARY", "canary", "Nightjar", "Peregrine", "ZE2", "7700900417", "7700 900417"]
    for case in cases:
        person: Participant | None = case.participant
        assert person is not None
        words += [case.reference, spoken(case.reference), case.public_id, str(case.pk), person.public_id, str(person.pk)]
    early, until = cases[0].offence_on, date(2028, 5, 3)
    assert early is not None
    return [*words, f"{early.day} {early:%B %Y}", f"{until.day} {until:%B %Y}", day_words(early), early.isoformat(), "2028"]


ROUTES = ("referral-check", "referral-tasks", "referral-submitted", "case-show", "authorisation-decide")
LISTS = ("case-list", "authorisation-list")


def crawl(browsers: list[Client], case: Referral) -> str:
    """Every page about a case, every list, and what a search for the person brings, as these people see them."""
    pages = []
    for browser in browsers:
        pages += [browser.get(reverse(route, args=[case.public_id]), follow=True) for route in ROUTES]
        pages += [browser.get(reverse(route)) for route in LISTS]
        pages += [
            browser.post(reverse("case-search"), {"q": words}, follow=True) for words in ("Peregrin", "Okafor-Nightjar")
        ]
    kept = [page.content.decode() for page in pages if page.status_code == 200]
    assert len(kept) >= len(browsers) * (len(LISTS) + 2)
    return "\n".join(kept)


@pytest.mark.parametrize("barred", [True, False])
def test_nothing_of_another_agencys_case_reaches_whoever_asks(
    desk: Client, bench: Client, scheme: Scheme, officer: User, barred: bool
) -> None:
    draft = asked(scheme, officer)
    cases = elsewhere(scheme, live_for=draft.offence_on)
    if not barred:
        Referral.objects.filter(pk=cases[0].pk).update(offence_on=date(2020, 5, 3))
    answer = desk.post(reverse("referral-check", args=[draft.public_id]), follow=True)
    assert answer.status_code == (422 if barred else 200)
    assert (NOT_YET in answer.content.decode()) == barred
    shown = answer.content.decode() + crawl([desk, bench], draft)
    trail = AuditEvent.objects.filter(case_id=draft.pk).order_by("pk")
    kept = "\n".join(f"{each.action} {each.subject_id} {each.reason} {each.data}" for each in trail)
    kept += "\n".join(each.words for each in EligibilityCheck.objects.filter(referral=draft))
    assert (NOT_YET in kept) == barred
    assert ELSEWHERE in kept
    assert [word for word in canaries(cases) if word in shown + kept] == []
    assert looked_up()[0] == [{"barred": barred, "duplicate": True}]


def test_the_canaries_would_be_seen_by_whom_they_belong_to(scheme: Scheme, officer: User) -> None:
    """That the crawl can find them: the other agency's own officer sees the person and the reference."""
    draft = asked(scheme, officer)
    before, live = elsewhere(scheme, live_for=draft.offence_on)
    theirs = crawl([sign_in(Client(), live.officer)], live)
    assert {"Nightjar", "Peregrine", live.public_id} <= {word for word in canaries([before, live]) if word in theirs}
