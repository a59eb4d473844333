"""Who lacks e-mail, a mobile, a card or a fixed address still reaches a booked place (R12): each by the pages alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core import clock
from diversion.core.actor import ActorKind
from diversion.core.references import spoken
from diversion.notifications.models import OutboxMessage
from diversion.referrals.models import Assistance, Offer, Referral
from tests.factories import (
    make_course,
    make_offer,
    make_participant,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
)
from tests.factories.referrals import PIN
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_tries_remembered() -> Any:
    cache.clear()
    yield
    cache.clear()


def offered(**person: Any) -> Referral:
    """An offer to somebody who has no account yet."""
    scheme = make_scheme()
    nothing = {"email": "", "email_confirmed_at": None, "address": ""}
    participant = make_participant(scheme.agency, with_account=False, **{**nothing, **person})
    referral = make_referral("offered", scheme=scheme, participant=participant)
    make_requirement(referral, "pending")
    make_offer(referral)
    return referral


def born(referral: Referral) -> dict[str, int]:
    day = referral.participant.date_of_birth
    return {"date_of_birth_day": day.day, "date_of_birth_month": day.month, "date_of_birth_year": day.year}


def helping(referral: Referral, role: Role = Role.HUB, **changes: Any) -> tuple[Client, User]:
    staff = make_user(role, referral.agency) if role == Role.HUB else make_user(role)
    client = sign_in(Client(), staff)
    typed = {"reference": spoken(referral.reference), **born(referral), "means": "phone", **changes}
    client.answer = client.post(reverse("assistance-begin"), typed)  # type: ignore[attr-defined]
    return client, staff


def accept(client: Client) -> None:
    page = client.get(reverse("offer-accept")).content.decode()
    words = re.search(r'name="text_sha256" value="(\w{64})"', page)
    assert words
    assert client.post(reverse("offer-accept"), {"text_sha256": words[1]}).status_code == 303


def hold(client: Client, referral: Referral, price: int = 0) -> Booking:
    course = make_course(referral.scheme.programme, price_pence=price)
    answer = client.post(reverse("course-check", args=[course.public_id]))
    assert answer.status_code == 303, answer.content.decode()[:500]
    client.post(answer["Location"])
    return Booking.objects.get(requirement__referral=referral)


def walk_in(client: Client, referral: Referral, **contact: str) -> None:
    """By letter and code, as everybody does."""
    letter = {"reference": referral.reference, "pin": PIN, **born(referral)}
    assert client.post("/", letter)["Location"] == reverse("contact-ask")
    assert client.post(reverse("contact-ask"), {"email": "", "mobile": "", **contact}).status_code == 303
    code = referral.participant.contact_claims.get().code
    assert client.post(reverse("contact-confirm"), {"code": code}).status_code == 303


def test_without_email_a_mobile_leads_to_a_booked_place() -> None:
    referral, phone = offered(), Client()
    walk_in(phone, referral, mobile="07700 900123")
    accept(phone)
    assert hold(phone, referral).state == BookingState.CONFIRMED


def test_without_a_mobile_an_email_address_leads_to_a_booked_place() -> None:
    referral, phone = offered(), Client()
    walk_in(phone, referral, email="sam@example.org")
    accept(phone)
    assert hold(phone, referral).state == BookingState.CONFIRMED


def test_without_a_card_a_funded_place_is_asked_for_and_booked() -> None:
    referral, phone = offered(), Client()
    walk_in(phone, referral, email="sam@example.org")
    accept(phone)
    assert phone.post(reverse("funding-show"), {"words": "I have no card."}).status_code == 303
    supervisor = sign_in(Client(), make_user(Role.SUPERVISOR, referral.agency))
    asked = referral.requirements.get().funding_requests.get()
    decided = {"decision": "grant", "reason": "No card and no income."}
    assert supervisor.post(reverse("funding-decide", args=[asked.public_id]), decided).status_code == 303
    booking = hold(phone, referral, price=8500)
    assert (booking.state, booking.charge.state) == (BookingState.CONFIRMED, "funded")


def test_without_any_contact_or_address_the_hub_books_by_phone_in_its_own_name() -> None:
    referral = offered()
    hub, staff = helping(referral)
    assert hub.answer["Location"] == reverse("my-home")  # type: ignore[attr-defined]
    assert "You are helping this person" in hub.get(reverse("offer-show")).content.decode()
    accept(hub)
    assert hold(hub, referral).state == BookingState.CONFIRMED
    done = AuditEvent.objects.filter(case_id=referral.pk, action__in=["offer.accepted", "booking.confirmed"])
    assert {(each.actor_kind, each.actor_id, each.on_behalf_of) for each in done} == {
        (ActorKind.STAFF, staff.pk, referral.participant_id)
    }
    assert Offer.objects.get(referral=referral).opened_at is not None
    read = AccessEvent.objects.filter(actor_id=staff.pk, participants__contains=[referral.participant_id])
    assert read.filter(route="offer-show").exists()


def test_the_support_team_may_help_too_and_the_person_is_told() -> None:
    referral = offered(email="sam@example.org", email_confirmed_at=clock.now())
    support, _ = helping(referral, Role.SUPPORT)
    accept(support)
    assert OutboxMessage.objects.filter(kind="helped-by-staff", recipient_id=referral.participant_id).exists()


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.SUPERVISOR, Role.ANALYST, Role.TRAINER])
def test_nobody_else_may_help(role: Role) -> None:
    referral = offered()
    client = sign_in(Client(), make_user(role))
    typed = {"reference": referral.reference, **born(referral), "means": "phone"}
    assert client.post(reverse("assistance-begin"), typed).status_code == 404
    assert not Assistance.objects.exists()


@pytest.mark.parametrize("what", ["birth", "other agency", "restricted", "restricted for support"])
def test_what_does_not_match_or_is_kept_from_them_is_answered_alike(what: str) -> None:
    referral = offered()
    role = Role.SUPPORT if what == "restricted for support" else Role.HUB
    if what.startswith("restricted"):
        Referral.objects.filter(pk=referral.pk).update(restricted=True)
    client, staff = helping(referral, role, **({"date_of_birth_year": 1950} if what == "birth" else {}))
    if what == "other agency":
        client = sign_in(Client(), make_user(Role.HUB))
        typed = {"reference": referral.reference, **born(referral), "means": "phone"}
        client.answer = client.post(reverse("assistance-begin"), typed)  # type: ignore[attr-defined]
        Assistance.objects.filter(staff=staff).delete()
    assert client.answer.status_code == 422  # type: ignore[attr-defined]
    assert "No case matches this reference and date of birth" in client.answer.content.decode()  # type: ignore[attr-defined]
    assert not Assistance.objects.exists()
    assert client.get(reverse("my-home")).status_code == 404


def test_it_ends_by_itself_after_an_hour_and_at_once_when_asked() -> None:
    referral = offered()
    hub, _ = helping(referral)
    assert hub.get(reverse("offer-show")).status_code == 200
    assert hub.post(reverse("assistance-end")).status_code == 303
    assert hub.get(reverse("offer-show")).status_code == 404
    again, _ = helping(referral)
    Assistance.objects.update(ends_at=clock.now() - timedelta(seconds=1), opened_at=clock.now() - timedelta(hours=1))
    assert again.get(reverse("offer-show"))["Location"] == reverse("assistance-begin")


def test_an_assistance_of_a_colleague_opens_nothing() -> None:
    referral = offered()
    _, staff = helping(referral)
    other = sign_in(Client(), make_user(Role.HUB, referral.agency))
    session = other.session
    session["helping"] = Assistance.objects.get(staff=staff).public_id
    session.save()
    assert other.get(reverse("offer-show"))["Location"] == reverse("assistance-begin")
