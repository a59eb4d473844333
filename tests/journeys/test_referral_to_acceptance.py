"""From an officer's first click to an accepted offer, through every page between, with messages handed over for real."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.notifications.services.pump import pump
from diversion.referrals.enums import ReferralState, RequirementState
from diversion.referrals.models import Referral
from tests.factories import make_agency, make_scheme, make_user
from tests.integration.referrals import typed
from tests.integration.referrals.browsers import sign_in

pytestmark = pytest.mark.django_db


def sent_to(address: str) -> list[str]:
    pump(at=clock.now())
    messages = (each.read_text() for each in sorted(Path(settings.MESSAGE_FOLDER).glob("*.txt")))
    return [each for each in messages if f"To: {address}\n" in each]


def go(client: Client, url: str, data: dict[str, Any]) -> str:
    """Post a form and give the address it leads to."""
    answer = client.post(url, data)
    assert answer.status_code == 303, answer.content.decode()
    assert client.get(answer["Location"]).status_code == 200
    return str(answer["Location"])


def referred_and_authorised(answer: str) -> tuple[Referral, Client]:
    """The story up to the participant's answer; gives the case and the participant's browser."""
    cache.clear()
    agency = make_agency()
    scheme = make_scheme(agency)
    officer, supervisor = make_user(Role.CASE_OFFICER, agency), make_user(Role.SUPERVISOR, agency)
    desk, bench, phone = sign_in(Client(), officer), sign_in(Client(), supervisor), Client()

    tasks = go(desk, reverse("referral-create"), {})
    for section, data in typed.everything(scheme).items():
        assert go(desk, f"{tasks}{section}/", data) == tasks
    go(desk, f"{tasks}check/", {})

    referral = Referral.objects.get(officer=officer)
    go(bench, reverse("authorisation-decide", args=[referral.public_id]), {"decision": "authorise"})
    assert len(sent_to(officer.email)) == 1

    page = desk.get(f"{tasks}letter/").content.decode()
    reference = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", page)
    pin = re.search(r">(\d{6})<", page)
    assert reference
    assert pin
    assert desk.get(f"{tasks}letter.pdf").content.startswith(b"%PDF")
    go(desk, f"{tasks}letter/posted/", {})

    letter = {"reference": reference.group(), "pin": pin.group(1), **typed.split("date_of_birth", typed.BORN)}
    go(phone, reverse("home-show"), letter)
    go(phone, reverse("contact-ask"), {"email": "sam.o@example.org"})
    code = re.search(r"\b\d{6}\b", sent_to("sam.o@example.org")[0])
    assert code
    assert go(phone, reverse("contact-confirm"), {"code": code.group()}) == reverse("offer-show")
    words = re.search(r'name="text_sha256" value="(\w+)"', phone.get(reverse(answer)).content.decode())
    assert words
    go(phone, reverse(answer), {"text_sha256": words.group(1)})
    referral.refresh_from_db()
    return referral, phone


def test_referral_to_acceptance() -> None:
    referral, phone = referred_and_authorised("offer-accept")
    requirement = referral.requirements.get()
    assert (referral.state, requirement.state) == (ReferralState.ACCEPTED, RequirementState.IN_PROGRESS)
    thanks = [each for each in sent_to("sam.o@example.org") if "Thank you for your answer" in each]
    assert len(thanks) == 1
    moves = AuditEvent.objects.filter(case_id=referral.pk, action__startswith="referral.").exclude(new_state="")
    assert list(moves.order_by("recorded_at").values_list("new_state", flat=True)) == [
        "draft",
        "awaiting_authorisation",
        "authorised",
        "offered",
        "accepted",
    ]
    answered = AuditEvent.objects.get(action="offer.accepted")
    assert answered.actor_id == referral.participant.user_id
    assert phone.get("/").status_code == 303


def test_decline() -> None:
    referral, phone = referred_and_authorised("offer-decline")
    assert referral.state == ReferralState.DECLINED
    assert "You said no" in phone.get(reverse("offer-show")).content.decode()
    assert not [each for each in sent_to("sam.o@example.org") if "Thank you" in each]
