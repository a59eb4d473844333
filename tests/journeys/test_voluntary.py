"""Somebody who has committed no offence asks for help, gets a funded place, leaves and is erased: by clients alone (R14)."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking
from diversion.accounts.enums import OrganisationKind, Role
from diversion.referrals.enums import ClosureReason, ReferralState
from diversion.referrals.models import Disposal, Participant, Referral
from payments.enums import ChargeState
from payments.models import Charge
from tests.factories import make_course, make_organisation, make_scheme, make_user
from tests.integration.referrals.browsers import sign_in
from tests.journeys.telling import go, sent_to

pytestmark = pytest.mark.django_db
MAIL = "blue.kite@example.org"
WORDS = "I lost my job and have no card."


def code_sent() -> str:
    found = re.search(r"\b\d{6}\b", sent_to(MAIL)[-1])
    assert found
    return found.group()


def test_from_help_lines_to_a_funded_place_and_away_without_a_trace() -> None:
    cache.clear()
    house = make_organisation(OrganisationKind.SELF, name="Turning Point")
    voluntary = Disposal.objects.get(code="voluntary")
    scheme = make_scheme(house, disposal=voluntary, version={"book_by_days": 182, "complete_by_weeks": 52, "cap_weeks": 52})
    course = make_course(scheme.programme)
    phone, desk = Client(), sign_in(Client(), make_user(Role.SUPPORT))

    start = phone.get(reverse("home-show")).content.decode()
    assert reverse("self-show") in start
    first = phone.get(reverse("self-show")).content.decode()
    assert first.index("116 123") < first.index(reverse("self-choose")), "help lines come before anything else"
    assert go(phone, reverse("self-choose"), {"scheme": scheme.public_id}) == reverse("self-join")
    assert go(phone, reverse("self-join"), {"called": "Kite", "email": MAIL}) == reverse("self-confirm")
    assert not Participant.objects.exists(), "nothing is kept of anybody before the code"
    answer = phone.post(reverse("self-confirm"), {"code": code_sent()})
    assert (answer.status_code, answer["Location"]) == (303, reverse("self-welcome"))
    shown = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", phone.get(reverse("self-welcome")).content.decode())
    assert shown
    assert phone.get(reverse("self-welcome"))["Location"] == reverse("my-home"), "the reference is shown once"
    assert shown.group() in sent_to(MAIL)[-1] + sent_to(MAIL)[-2]
    case = Referral.objects.get()
    assert (case.state, case.voluntary, case.officer) == (ReferralState.ACCEPTED, True, None)

    # Gone for a cup of tea, and back by reference and code.
    phone = Client()
    assert go(phone, reverse("self-sign-in"), {"reference": shown.group()}) == reverse("participant-sign-in-code")
    assert go(phone, reverse("participant-sign-in-code"), {"code": code_sent()}) == reverse("my-home")

    assert go(phone, reverse("funding-show"), {"words": WORDS}) == reverse("funding-show")
    waiting = desk.get(reverse("funding-list")).content.decode()
    decide = re.search(r'href="(/funding/\w+/)"', waiting)
    assert decide
    page = desk.get(decide.group(1)).content.decode()
    assert shown.group() in page
    assert WORDS in page
    assert "Kite" not in page + waiting
    assert MAIL not in page + waiting
    go(desk, decide.group(1), {"decision": "grant", "reason": "Gladly."})
    assert "/my/funding/" in sent_to(MAIL)[-1]

    check = reverse("course-check", args=[course.public_id])
    assert "Paid for you" in phone.get(check).content.decode()
    pay = go(phone, check, {})
    assert "Paid for you" in phone.get(pay).content.decode()
    phone.post(pay)
    booking, charge = Booking.objects.get(), Charge.objects.get()
    assert (booking.state, charge.state) == (BookingState.CONFIRMED, ChargeState.FUNDED)
    assert "Your next session" in phone.get(reverse("my-home")).content.decode()

    assert "give up your place" in phone.get(reverse("leave-ask")).content.decode()
    assert go(phone, reverse("leave-ask"), {}) == reverse("leave-done")
    assert phone.get(reverse("my-home"))["Location"].startswith("/my/sign-in/")
    case.refresh_from_db()
    booking.refresh_from_db()
    course.refresh_from_db()
    assert (case.state, case.closure_reason) == (ReferralState.WITHDRAWN, ClosureReason.LEFT)
    assert (booking.state, course.taken) == (BookingState.CANCELLED_BY_PARTICIPANT, 0)
    person = Participant.objects.get()
    assert (person.full_name, person.email, person.user) == ("", "", None)
    before = len(sent_to(MAIL))
    go(Client(), reverse("self-sign-in"), {"reference": shown.group()})
    assert len(sent_to(MAIL)) == before, "a reference that was erased sends nothing"
