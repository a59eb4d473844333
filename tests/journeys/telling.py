"""Parts that the journeys share, told through the pages with nothing but clients."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.notifications.services.pump import pump
from diversion.referrals.models import Referral
from tests.factories import make_agency, make_scheme, make_user
from tests.integration.referrals import typed
from tests.integration.referrals.browsers import sign_in


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
    today = typed.split("posted_on", clock.today())
    go(desk, f"{tasks}letter/posted/", {"way": "posted", "proof": "CP 12", **today})

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
