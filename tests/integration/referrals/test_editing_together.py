"""Two officers in one draft: the second is told who changed what, and nothing that was typed is lost."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.core import clock
from diversion.core.moments import until_words
from diversion.referrals.models import Referral
from diversion.referrals.services.drafts import discard_draft, start_referral
from tests.factories import make_user
from tests.integration.referrals import typed
from tests.integration.referrals.browsers import seen_on, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(officer: User) -> Referral:
    return start_referral(officer=officer, by=officer.as_actor(), at=clock.now())


@pytest.fixture
def colleague(officer: User) -> User:
    return make_user(Role.CASE_OFFICER, officer.membership.organisation, name="Casey Officer")


def url_of(draft: Referral, section: str) -> str:
    return reverse("referral-edit", args=[draft.public_id, section])


def test_two_officers_editing_one_referral_the_second_is_told_who_changed_what(
    desk: Client, draft: Referral, colleague: User
) -> None:
    url, other = url_of(draft, "person"), sign_in(Client(), colleague)
    desk.post(url, {"seen": seen_on(desk, url), **typed.person()})
    first, second = seen_on(other, url), seen_on(desk, url)
    theirs = typed.person(family_name="Okonkwo", address="2 Low Street")
    assert other.post(url, {"seen": first, **theirs}).status_code == 303

    mine = typed.person(family_name="Okafor-Bell", postcode="m2 2bb")
    answer = desk.post(url, {"seen": second, **mine})
    page = answer.content.decode()
    draft.refresh_from_db()
    assert answer.status_code == 422
    changed_at = until_words(draft.edited_at, at=clock.now())
    assert f"Casey Officer changed this section at {changed_at}: Last name, Address." in page
    assert 'value="Okafor-Bell"' in page
    assert 'value="M2 2BB"' in page or 'value="m2 2bb"' in page
    assert (draft.participant.family_name, draft.participant.address) == ("Okonkwo", "2 Low Street")

    again = re.search(r'name="seen" value="([^"]*)"', page)
    assert again
    assert desk.post(url, {"seen": again.group(1), **mine}).status_code == 303
    draft = Referral.objects.get(pk=draft.pk)
    assert (draft.participant.family_name, draft.participant.postcode) == ("Okafor-Bell", "M2 2BB")


def test_the_same_person_in_two_windows_is_told_too(desk: Client, draft: Referral) -> None:
    url = url_of(draft, "victim")
    seen = seen_on(desk, url)
    assert desk.post(url, {"seen": seen, **typed.victim()}).status_code == 303
    answer = desk.post(url, {"seen": seen, **typed.victim(views="Something else.")})
    assert answer.status_code == 422
    assert "You changed this section in another window at" in answer.content.decode()
    assert "What the victim thinks" in answer.content.decode()
    assert "Something else." in answer.content.decode()


@pytest.mark.parametrize("section", ["agreement", "conditions", "needs", "requirement", "history", "risk", "offence"])
def test_every_section_says_what_changed_by_its_labels(
    desk: Client, draft: Referral, scheme: Any, section: str, colleague: User
) -> None:
    for name, data in typed.everything(scheme).items():
        url = url_of(draft, name)
        assert desk.post(url, {"seen": seen_on(desk, url), **data}).status_code == 303
    others: dict[str, tuple[dict[str, Any], str]] = {
        "agreement": ({"consent_holds": "no"}, "Agrees to the disposal"),
        "conditions": ({"words_1": "Say sorry."}, "Condition 1"),
        "needs": ({"needs": ["bsl"]}, "What does the person need?"),
        "requirement": ({}, ""),
        "history": ({"gravity_score": 3}, "Gravity score"),
        "risk": ({"level": "medium"}, "Risk level"),
        "offence": (
            typed.split("offence_on", clock.today()) | typed.split("disposal_on", clock.today()),
            "Date of the offence",
        ),
    }
    changes, label = others[section]
    url, other = url_of(draft, section), sign_in(Client(), colleague)
    seen, data = seen_on(desk, url), typed.everything(scheme)[section]
    assert other.post(url, {"seen": seen, **data, **changes}).status_code == 303
    answer = desk.post(url, {"seen": seen, **data})
    assert answer.status_code == (422 if label else 303)
    if label:
        assert re.search(
            rf"Casey Officer changed this section at .*? today: [^.]*{re.escape(label)}",
            answer.content.decode(),
        )


def test_pressing_save_twice_is_harmless(desk: Client, draft: Referral) -> None:
    url = url_of(draft, "person")
    seen = seen_on(desk, url)
    assert [desk.post(url, {"seen": seen, **typed.person()}).status_code for _ in range(2)] == [303, 303]


def test_a_mark_gives_no_value_away_and_nonsense_counts_as_nothing_seen(desk: Client, draft: Referral) -> None:
    url = url_of(draft, "person")
    desk.post(url, {"seen": seen_on(desk, url), **typed.person()})
    assert "Okafor" not in seen_on(desk, url)
    for nonsense in ("", "x", ":,:", "family_name:x"):
        assert desk.post(url, {"seen": nonsense, **typed.person(family_name="Other")}).status_code == 422


def test_what_was_typed_is_kept_when_the_draft_is_gone_meanwhile(desk: Client, draft: Referral, officer: User) -> None:
    url = url_of(draft, "person")
    seen = seen_on(desk, url)
    discard_draft(referral=draft, by=officer.as_actor(), at=clock.now())
    answer = desk.post(url, {"seen": seen, **typed.person()})
    assert answer.status_code == 422
    assert "can no longer be changed here" in answer.content.decode()
    assert 'value="Okafor"' in answer.content.decode()
