"""The offer in plain words, and an answer kept in the exact words shown."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.referrals.enums import Answer, ReferralState, RequirementState
from diversion.referrals.models import Offer, OfferAnswer, Referral
from diversion.referrals.offer_text import offer_text
from diversion.referrals.services.file import ToDo, put_conditions
from tests.factories import make_offer, make_referral, make_requirement, make_user, make_version
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db
FORBIDDEN = re.compile(r"\b(compliance|cohort|disposal|offender)\w*", re.IGNORECASE)
PAGES = ("home", "contact_ask", "contact_confirm", "sign_in", "sign_in_code", "offer_show", "offer_accept", "offer_decline")


@pytest.fixture
def offer(scheme: Any) -> Offer:
    referral = make_referral(ReferralState.OFFERED, scheme=scheme)
    make_requirement(referral, RequirementState.PENDING)
    return make_offer(referral)


@pytest.fixture
def phone(offer: Offer) -> Client:
    """The participant's browser."""
    return sign_in(Client(), offer.referral.participant.user)


def shown_hash(phone: Client, page: str) -> str:
    found = re.search(r'name="text_sha256" value="(\w{64})"', phone.get(reverse(page)).content.decode())
    assert found
    return found.group(1)


def under(offer: Offer, **rules: str) -> Offer:
    """The offer, pinned to a version of its scheme with other words."""
    version = make_version(offer.referral.scheme, in_force_from=clock.today(), **rules)
    Referral.objects.filter(pk=offer.referral_id).update(scheme_version=version)
    return Offer.objects.get(pk=offer.pk)


def say(phone: Client, page: str) -> Any:
    return phone.post(reverse(page), {"text_sha256": shown_hash(phone, page)})


def test_the_offer_says_what_when_cost_and_either_consequence(phone: Client, offer: Offer) -> None:
    page = phone.get(reverse("offer-show")).content.decode()
    requirement, disposal = offer.referral.requirements.get(), offer.referral.disposal
    for words in (
        requirement.programme.name,
        f"{requirement.book_by:%-d %B %Y}",
        f"{requirement.complete_by:%-d %B %Y}",
        f"{offer.expires_on:%-d %B %Y}",
        disposal.if_completed,
        disposal.if_not,
        "You pay for the course yourself",
        "solicitor",
    ):
        assert words in page
    assert "<title>Your offer" in page


def test_accepting_keeps_the_exact_words_shown(phone: Client, offer: Offer) -> None:
    page = phone.get(reverse("offer-accept")).content.decode()
    assert "OfferText" not in page
    answer = say(phone, "offer-accept")
    assert (answer.status_code, answer["Location"]) == (303, reverse("course-find"))
    kept = OfferAnswer.objects.get(offer=offer)
    for paragraph in kept.text.split("\n\n"):
        assert paragraph in page
    assert kept.text_sha256 == hashlib.sha256(kept.text.encode()).hexdigest()
    assert (kept.answer, kept.language, kept.scheme_version_number) == (Answer.ACCEPTED, "en-gb", 1)
    offer.referral.refresh_from_db()
    assert offer.referral.state == ReferralState.ACCEPTED
    assert offer.referral.requirements.get().state == RequirementState.IN_PROGRESS


def test_accepting_twice_is_once(phone: Client, offer: Offer) -> None:
    words = shown_hash(phone, "offer-accept")
    answers = [phone.post(reverse("offer-accept"), {"text_sha256": words}) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert OfferAnswer.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="offer-accepted").count() == 2  # once on each channel
    assert OutboxMessage.objects.filter(kind="offer-answered").count() == 1


def test_declining_is_as_easy_and_says_what_follows(phone: Client, offer: Offer) -> None:
    page = phone.get(reverse("offer-decline")).content.decode()
    assert offer.referral.disposal.if_not in page
    words = shown_hash(phone, "offer-decline")
    for _ in range(2):
        assert phone.post(reverse("offer-decline"), {"text_sha256": words})["Location"] == reverse("offer-show")
    offer.referral.refresh_from_db()
    assert offer.referral.state == ReferralState.DECLINED
    assert offer.referral.requirements.get().state == RequirementState.NOT_MET
    assert OfferAnswer.objects.get().answer == Answer.DECLINED
    assert "You said no" in phone.get(reverse("offer-show")).content.decode()


def test_yes_and_no_take_the_same_steps_and_both_say_what_follows(phone: Client, offer: Offer) -> None:
    disposal = offer.referral.disposal
    start = phone.get(reverse("offer-show")).content.decode()
    pages = {name: phone.get(reverse(name)).content.decode() for name in ("offer-accept", "offer-decline")}
    for name, page in pages.items():
        assert start.count(f'href="{reverse(name)}"') == 1
        assert page.count('<form method="post" novalidate>') == 1  # one page, one button, nothing to fill in
        assert re.findall(r'<input (?!type="hidden")', page) == []
        assert disposal.if_not in page
    assert disposal.if_completed in pages["offer-accept"]
    assert reverse("offer-decline") in pages["offer-accept"]
    assert reverse("offer-accept") in pages["offer-decline"]


def test_the_other_answer_afterwards_is_refused(phone: Client, offer: Offer) -> None:
    words = shown_hash(phone, "offer-accept")
    say(phone, "offer-decline")
    answer = phone.post(reverse("offer-accept"), {"text_sha256": words})
    assert answer.status_code == 422
    assert "already given a different answer" in answer.content.decode()


@pytest.mark.parametrize("page", ["offer-accept", "offer-decline"])
def test_words_that_changed_since_they_were_shown_are_not_agreed_to(phone: Client, offer: Offer, page: str) -> None:
    words = shown_hash(phone, page)
    programme = offer.referral.scheme.programme
    programme.name = "Another programme"
    programme.save()
    answer = phone.post(reverse(page), {"text_sha256": words})
    assert answer.status_code == 422
    assert "Some of the words on this page have changed" in answer.content.decode()
    assert "Another programme" in answer.content.decode()
    assert not OfferAnswer.objects.exists()
    assert say(phone, page).status_code == 303


def test_a_missing_hash_is_refused(phone: Client, offer: Offer) -> None:
    assert phone.post(reverse("offer-accept")).status_code == 422


def test_the_last_second_counts_and_the_next_does_not(phone: Client, offer: Offer) -> None:
    words = shown_hash(phone, "offer-accept")
    Offer.objects.filter(pk=offer.pk).update(expires_on=clock.today())
    midnight = clock.end_of(clock.today())
    with time_machine.travel(midnight, tick=False):
        phone.force_login(offer.referral.participant.user)
        answer = phone.post(reverse("offer-accept"), {"text_sha256": words})
        assert answer.status_code == 422
        assert "time to answer this offer has passed" in answer.content.decode()
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        phone.force_login(offer.referral.participant.user)
        assert phone.post(reverse("offer-accept"), {"text_sha256": words}).status_code == 303


def test_welsh_words_are_kept_in_welsh_and_never_mixed(offer: Offer) -> None:
    english = offer_text(offer=offer, answer=Answer.ACCEPTED, language="cy")
    assert english.language == "en-gb"
    assert english.sha256 == offer_text(offer=offer, answer=Answer.ACCEPTED, language="en-gb").sha256
    offer = under(offer, offer_text_cy="Os ydych yn derbyn: {programme}.")
    welsh = offer_text(offer=offer, answer=Answer.ACCEPTED, language="cy")
    assert welsh.language == "cy"
    assert welsh.paragraphs[0].startswith("Os ydych yn derbyn")


def test_an_agencys_text_is_words_and_nothing_else(offer: Offer) -> None:
    offer = under(offer, offer_text_en="{programme.__class__} {0} {unknown} {book_by}")
    first = offer_text(offer=offer, answer=Answer.ACCEPTED, language="en-gb").paragraphs[0]
    assert first.startswith("{programme.__class__} {0} {unknown} ")
    assert "{book_by}" not in first


def test_an_offer_is_its_own_persons_alone(offer: Offer, officer: Any) -> None:
    stranger = sign_in(Client(), make_user(Role.PARTICIPANT))
    for page in ("offer-show", "offer-accept", "offer-decline"):
        assert stranger.get(reverse(page)).status_code == 404
        assert stranger.post(reverse(page), {"text_sha256": "x"}).status_code == 404
        assert sign_in(Client(), officer).get(reverse(page)).status_code == 404
        assert Client().get(reverse(page)).status_code == 302


def test_the_exhibit_cannot_be_changed(phone: Client, offer: Offer) -> None:
    say(phone, "offer-accept")
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        OfferAnswer.objects.update(answer=Answer.DECLINED)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        OfferAnswer.objects.all().delete()


def test_the_database_refuses_two_live_offers(offer: Offer) -> None:
    with pytest.raises(IntegrityError, match="offer_one_live"), transaction.atomic():
        make_offer(offer.referral, number=2)


@pytest.mark.parametrize("name", PAGES)
def test_participants_never_read_our_words_for_them(name: str) -> None:
    text = (Path(settings.BASE_DIR) / "templates" / "referrals" / f"{name}.html").read_text()
    assert not FORBIDDEN.findall(text)


def test_messages_name_neither_reason_nor_subject(phone: Client, offer: Offer) -> None:
    say(phone, "offer-accept")
    telling = re.compile(r"offence|offender|police|court|caution|programme \d|disposal|compliance", re.IGNORECASE)
    words = (Path(settings.BASE_DIR) / "templates" / "messages" / "referrals").glob("*.txt")
    assert not [each.name for each in words if telling.search(each.read_text())]
    for message in OutboxMessage.objects.all():
        kind = MESSAGES[message.kind]
        context = kind.context(subject_id=message.subject_id, recipient_id=message.recipient_id, at=clock.now())
        assert context is not None
        assert not telling.search(" ".join(str(value) for value in context.values()))


def test_conditions_are_offered_shown_agreed_to_and_kept_in_the_exhibit(phone: Client, offer: Offer) -> None:
    put_conditions(offer.referral, [ToDo(words="Write a letter of apology.", verified_by="letter")])
    assert "<li>Write a letter of apology.</li>" in phone.get(reverse("offer-show")).content.decode()
    say(phone, "offer-accept")
    kept = OfferAnswer.objects.get(offer=offer).text.split("\n\n")
    assert [words for words in kept if "also" in words] == ["I will also: Write a letter of apology."]


def test_words_read_before_the_conditions_changed_are_not_what_is_agreed_to(phone: Client, offer: Offer) -> None:
    read = shown_hash(phone, "offer-accept")
    put_conditions(offer.referral, [ToDo(words="Write a letter of apology.", verified_by="letter")])
    assert phone.post(reverse("offer-accept"), {"text_sha256": read}).status_code == 422
    assert not OfferAnswer.objects.filter(offer=offer).exists()
