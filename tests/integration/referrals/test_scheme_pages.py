"""Schemes in the browser: started from a shape, drafted as plain questions, tried on past referrals, published by another."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.references import spoken
from diversion.referrals.eligibility import check_rules
from diversion.referrals.enums import ReferralState, SchemeVersionState
from diversion.referrals.forms.schemes import VersionForm
from diversion.referrals.models import Disposal, OffenceCategory, Scheme, SchemeVersion
from diversion.referrals.shapes import SHAPES
from tests.factories import make_programme, make_referral, make_scheme, make_user, make_version
from tests.integration.referrals import typed
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db
TOMORROW = clock.today() + timedelta(days=1)
DRAFTED = SchemeVersionState.DRAFTED


@pytest.fixture
def hub(scheme: Scheme) -> User:
    return make_user(Role.HUB, scheme.agency)


@pytest.fixture
def office(hub: User) -> Client:
    """The hub's browser."""
    return sign_in(Client(), hub)


@pytest.fixture
def draft(scheme: Scheme, hub: User) -> SchemeVersion:
    return make_version(scheme, state=DRAFTED, drafted_by=hub, in_force_from=TOMORROW)


def answers(version: SchemeVersion, **changes: Any) -> dict[str, Any]:
    """What the form of a version sends when nothing is changed but `changes`."""
    given = {
        name: value
        for name, value in VersionForm(version=version).initial.items()
        if value is not None and value is not False
    }
    return {**given, **typed.split("in_force_from", given.pop("in_force_from")), **changes}


def edit(browser: Client, version: SchemeVersion, **changes: Any) -> Any:
    url = reverse("version-edit", args=[version.public_id])
    return browser.post(url, {name: value for name, value in answers(version, **changes).items() if value is not None})


def publish(browser: Client, version: SchemeVersion) -> Any:
    url = reverse("version-publish", args=[version.public_id])
    form = browser.get(url).context["form"]
    return browser.post(url, {"seen": form.initial["seen"]})


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_scheme_starts_from_each_of_four_shapes(office: Client, hub: User, scheme: Scheme, shape: Any) -> None:
    programme = make_programme()
    sent = {
        "shape": shape.code,
        "name": "Ours",
        "code": "OURS-1",
        "programme": programme.public_id,
        **typed.split("in_force_from", TOMORROW),
    }
    answer = office.post(reverse("scheme-create"), sent)
    made = Scheme.objects.get(agency=scheme.agency, code="OURS-1")
    version = made.versions.get()
    assert answer["Location"] == reverse("version-edit", args=[version.public_id])
    assert (made.disposal.code, made.programme, version.state) == (shape.disposal, programme, DRAFTED)
    assert {name: getattr(version, name) for name in shape.rules} == shape.rules
    assert (version.drafted_by, version.in_force_from) == (hub, TOMORROW)
    check_rules(version.eligibility)
    assert AuditEvent.objects.get(action="scheme.created").subject_id == made.pk
    # What the shape says survives the form: saving the draft as it stands changes nothing.
    assert edit(office, version).status_code == 303
    before = {name: getattr(version, name) for name in shape.rules}
    version.refresh_from_db()
    assert {name: getattr(version, name) for name in shape.rules} == before
    assert AuditEvent.objects.get(action="scheme version.changed").data == {"fields": []}


def test_the_offences_that_the_shapes_name_are_known() -> None:
    named = {
        code for shape in SHAPES.values() for rule in shape.rules.get("eligibility", []) for code in rule.get("codes", [])
    }
    assert named
    assert set(OffenceCategory.objects.filter(code__in=named).values_list("code", flat=True)) == named


def test_a_code_is_used_once_in_an_agency(office: Client, scheme: Scheme) -> None:
    sent = {"shape": "caution", "name": "Ours", "code": scheme.code, "programme": scheme.programme.public_id}
    answer = office.post(reverse("scheme-create"), {**sent, **typed.split("in_force_from", TOMORROW)})
    assert answer.status_code == 422
    assert "already has a scheme with this code" in answer.content.decode()
    assert Scheme.objects.filter(agency=scheme.agency).count() == 1


def test_a_shape_whose_law_is_not_in_force_is_refused(office: Client, scheme: Scheme) -> None:
    Disposal.objects.filter(code="voluntary").update(in_force_until=clock.today() - timedelta(days=1))
    sent = {"shape": "voluntary", "name": "Ours", "code": "V", "programme": scheme.programme.public_id}
    answer = office.post(reverse("scheme-create"), {**sent, **typed.split("in_force_from", TOMORROW)})
    assert answer.status_code == 422
    assert "not in force today" in answer.content.decode()


def test_a_new_draft_copies_the_newest_version(office: Client, scheme: Scheme, hub: User) -> None:
    make_version(scheme, in_force_from=clock.today(), book_by_days=9, eligibility=[{"rule": "victim-asked"}])
    answer = office.post(reverse("scheme-draft", args=[scheme.public_id]))
    version = scheme.versions.get(state=DRAFTED)
    assert answer["Location"] == reverse("version-edit", args=[version.public_id])
    assert (version.number, version.in_force_from, version.drafted_by) == (3, TOMORROW, hub)
    assert (version.book_by_days, version.eligibility) == (9, [{"rule": "victim-asked"}])
    office.post(reverse("scheme-draft", args=[scheme.public_id]))
    assert scheme.versions.filter(state=DRAFTED).count() == 1


def test_a_draft_is_changed_in_plain_questions(office: Client, draft: SchemeVersion) -> None:
    changes = {
        "youngest": 18,
        "oldest": 25,
        "offences": "in",
        "categories": ["THEFT-SHOP", "DRUNK-DIS"],
        "offence_days": 60,
        "gravity": 2,
        "previous": 0,
        "facts_hold": "on",
        "victim_asked": "on",
        "cost_recovery": "12.50",
        "admitted_risk_levels": ["low"],
    }
    answer = edit(office, draft, **changes)
    assert answer["Location"] == reverse("version-preview", args=[draft.public_id])
    draft.refresh_from_db()
    assert draft.eligibility == [
        {"rule": "age-at-least", "years": 18},
        {"rule": "age-at-most", "years": 25},
        {"rule": "offence-at-most-days-old", "days": 60},
        {"rule": "gravity-at-most", "score": 2},
        {"rule": "previous-disposals-at-most", "count": 0},
        {"rule": "offence-category-in", "codes": ["THEFT-SHOP", "DRUNK-DIS"]},
        {"rule": "facts-hold"},
        {"rule": "victim-asked"},
    ]
    assert (draft.cost_recovery_pence, draft.admitted_risk_levels) == (1250, ["low"])
    assert AuditEvent.objects.get(action="scheme version.changed").data == {
        "fields": ["admitted_risk_levels", "cost_recovery_pence", "eligibility"]
    }
    page = office.get(reverse("version-show", args=[draft.public_id])).content.decode()
    for words in ("Youngest age", "18", "Theft from a shop", "£12.50", "Only those I choose"):
        assert words in page
    edit(office, draft, youngest=None, offences="any")
    draft.refresh_from_db()
    assert {rule["rule"] for rule in draft.eligibility}.isdisjoint({"age-at-least", "offence-category-in"})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"complete_by_weeks": 21, "cap_weeks": 20}, "cannot be longer than the longest time allowed"),
        ({"cap_weeks": 21}, "This disposal allows 20 weeks at the most."),
        ({"repeat_bar_months": 42}, "kept for longer than the repeat bar"),
        ({"offences": "in"}, "Choose at least one offence"),
        ({"youngest": 9}, "greater than or equal to 10"),
        ({"gravity": 6}, "less than or equal to 5"),
        ({"admitted_risk_levels": None}, "Choose at least one level of risk"),
        ({"offer_text_en": ""}, "Enter the words of the offer in English"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    office: Client, draft: SchemeVersion, changes: dict[str, Any], says: str
) -> None:
    Disposal.objects.filter(code=draft.scheme.disposal.code).update(cap_weeks=20)
    answer = edit(office, draft, **changes)
    assert answer.status_code == 422
    assert answer.content.decode().count(says) == 2
    was = (draft.complete_by_weeks, draft.repeat_bar_months, draft.drafted_at)
    draft.refresh_from_db()
    assert (draft.complete_by_weeks, draft.repeat_bar_months, draft.drafted_at) == was


def test_a_second_person_publishes_what_they_have_read(
    office: Client, bench: Client, supervisor: User, draft: SchemeVersion, hub: User
) -> None:
    edit(office, draft, book_by_days=10, change_note="Places fill up.")
    own = office.get(reverse("version-publish", args=[draft.public_id])).content.decode()
    assert "You drafted this version, so somebody else must publish it." in own
    assert "Publish this version" not in own
    assert publish(office, draft).status_code == 422
    page = bench.get(reverse("version-publish", args=[draft.public_id])).content.decode()
    for words in ("Places fill up.", "Days to book, from the offer", ">21<", ">10<"):
        assert words in page
    assert "Weeks to finish" not in page
    assert publish(bench, draft).status_code == 303
    draft.refresh_from_db()
    assert (draft.state, draft.published_by, draft.drafted_by) == (SchemeVersionState.PUBLISHED, supervisor, hub)
    again = publish(bench, draft)
    assert again.status_code == 422
    assert "no longer a draft" in again.content.decode()


def test_what_was_changed_after_it_was_read_is_not_published(office: Client, bench: Client, draft: SchemeVersion) -> None:
    url = reverse("version-publish", args=[draft.public_id])
    seen = bench.get(url).context["form"].initial["seen"]
    edit(office, draft, book_by_days=1)
    answer = bench.post(url, {"seen": seen})
    assert answer.status_code == 422
    assert "changed this draft after you opened the page" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == DRAFTED


def test_whoever_changed_it_last_does_not_publish_it(bench: Client, supervisor: User, draft: SchemeVersion) -> None:
    edit(bench, draft, book_by_days=1)
    draft.refresh_from_db()
    assert draft.drafted_by == supervisor
    assert publish(bench, draft).status_code == 422


def test_a_published_version_is_never_edited(office: Client, scheme: Scheme) -> None:
    version = scheme.versions.get()
    url = reverse("version-edit", args=[version.public_id])
    assert office.get(url)["Location"] == reverse("version-show", args=[version.public_id])
    assert edit(office, version, book_by_days=1).status_code == 422
    assert office.post(reverse("version-drop", args=[version.public_id])).status_code == 422
    version.refresh_from_db()
    assert (version.book_by_days, version.state) == (21, SchemeVersionState.PUBLISHED)


def test_a_draft_is_dropped_once_asked(office: Client, draft: SchemeVersion) -> None:
    url = reverse("version-drop", args=[draft.public_id])
    assert "Drop this draft?" in office.get(url).content.decode()
    assert [office.post(url).status_code for _ in range(2)] == [303, 303]
    draft.refresh_from_db()
    assert draft.state == SchemeVersionState.DROPPED
    assert AuditEvent.objects.filter(action="scheme version.dropped").count() == 1


def test_the_scheme_page_says_what_is_in_force_and_what_is_next(office: Client, draft: SchemeVersion) -> None:
    scheme = draft.scheme
    make_version(scheme, in_force_from=clock.today() + timedelta(days=30))
    page = office.get(reverse("scheme-show", args=[scheme.public_id])).content.decode()
    for words in ("In force", "Next", "Draft", "3 Caution, adult, with conditions", "Go on with the draft"):
        assert words in page
    listed = office.get(reverse("scheme-list")).content.decode()
    for words in (scheme.name, "Version 1, from 1 January 2026", "a draft", "Version 3, from"):
        assert words in listed


def test_an_outcome_for_after_completion_alone_says_so(office: Client, scheme: Scheme) -> None:
    deferred = make_scheme(scheme.agency, disposal=Disposal.objects.get(code="outcome-22"))
    page = office.get(reverse("scheme-show", args=[deferred.public_id])).content.decode()
    assert "22 Diversionary, educational or intervention activity undertaken (only after completion)" in page


def test_other_agencies_schemes_do_not_exist(office: Client, scheme: Scheme) -> None:
    theirs = make_scheme()
    version = make_version(theirs, state=DRAFTED, in_force_from=TOMORROW)
    assert theirs.name not in office.get(reverse("scheme-list")).content.decode()
    assert office.get(reverse("scheme-show", args=[theirs.public_id])).status_code == 404
    assert office.post(reverse("scheme-draft", args=[theirs.public_id])).status_code == 404
    for name in ("version-show", "version-edit", "version-preview", "version-publish", "version-drop"):
        assert office.get(reverse(name, args=[version.public_id])).status_code == 404


def test_the_preview_says_what_would_have_changed(office: Client, draft: SchemeVersion) -> None:
    scheme = draft.scheme
    SchemeVersion.objects.filter(pk=draft.pk).update(
        complete_by_weeks=10, eligibility=[{"rule": "age-at-least", "years": 30}], admitted_risk_levels=["low", "high"]
    )
    stays = make_referral(ReferralState.OFFERED, scheme=scheme)
    young = make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme)
    young.participant.date_of_birth = clock.today() - timedelta(days=365 * 20)
    young.participant.save()
    newly = make_referral(ReferralState.REFUSED, scheme=scheme)
    newly.risk_decision.level = "high"
    newly.risk_decision.save()
    page = office.get(reverse("version-preview", args=[draft.public_id]))
    figures = {str(row["key"]): row["value"] for row in page.context["figures"]}
    assert list(figures.values()) == ["1", "1", "3", "42 days earlier"]
    text = page.content.decode()
    for referral in (stays, young, newly):
        assert spoken(referral.reference) in text
    assert "Not eligible: The person is too young" in text
    assert "Not eligible: This scheme does not take people whose risk is high. It takes: low, medium." in text
    assert set(AccessEvent.objects.get(route="version-preview").participants) == {
        each.participant_id for each in (stays, young, newly)
    }
    assert not scheme.versions.get(number=1).eligibility  # nothing was written


def test_the_preview_leaves_out_restricted_old_and_other_referrals(office: Client, draft: SchemeVersion) -> None:
    SchemeVersion.objects.filter(pk=draft.pk).update(complete_by_weeks=10)
    scheme = draft.scheme
    shown = make_referral(ReferralState.OFFERED, scheme=scheme)
    left_out = [
        make_referral(ReferralState.OFFERED, scheme=scheme, restricted=True),
        make_referral(ReferralState.OFFERED, scheme=scheme, submitted_at=clock.now() - timedelta(days=370)),
        make_referral(ReferralState.OFFERED, scheme=make_scheme(scheme.agency)),
        make_referral(ReferralState.DRAFT, scheme=scheme),
    ]
    page = office.get(reverse("version-preview", args=[draft.public_id]))
    assert page.context["looked_at"] == 1
    text = page.content.decode()
    assert spoken(shown.reference) in text
    assert not [each for each in left_out if spoken(each.reference) in text]


def test_a_version_that_changes_nothing_says_so(office: Client, draft: SchemeVersion) -> None:
    make_referral(ReferralState.OFFERED, scheme=draft.scheme)
    page = office.get(reverse("version-preview", args=[draft.public_id])).content.decode()
    assert "Nothing would have been different." in page
    assert "Not given" not in page
    assert "1 referral of the last 12 months" in page


def test_a_day_with_no_time_left_is_said_in_words(office: Client, draft: SchemeVersion) -> None:
    SchemeVersion.objects.filter(pk=draft.pk).update(complete_by_weeks=1)
    make_referral(ReferralState.OFFERED, scheme=draft.scheme)
    page = office.get(reverse("version-preview", args=[draft.public_id])).content.decode()
    assert "no time left" in page


def test_the_preview_asks_as_much_for_thirty_as_for_one(office: Client, draft: SchemeVersion) -> None:
    SchemeVersion.objects.filter(pk=draft.pk).update(complete_by_weeks=10)
    url = reverse("version-preview", args=[draft.public_id])
    make_referral(ReferralState.OFFERED, scheme=draft.scheme)
    office.get(url)
    with CaptureQueriesContext(connection) as one:
        office.get(url)
    for _ in range(29):
        make_referral(ReferralState.OFFERED, scheme=draft.scheme)
    with CaptureQueriesContext(connection) as thirty:
        page = office.get(url)
    assert len(one) == len(thirty), [each["sql"] for each in thirty][-3:]
    assert page.context["looked_at"] == 30
    assert len(page.context["page_obj"]) == 25


def test_names_are_written_as_they_are(office: Client, scheme: Scheme) -> None:
    Scheme.objects.filter(pk=scheme.pk).update(name="<b>Ours</b>")
    assert escape("<b>Ours</b>") in office.get(reverse("scheme-show", args=[scheme.public_id])).content.decode()
