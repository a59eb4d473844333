"""The pages around paying, as the participant meets them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking
from courses.services.booking import lapse_holds
from diversion.core import clock
from diversion.core.references import spoken
from diversion.notifications.models import OutboxMessage
from diversion.notifications.registry import MESSAGES
from diversion.notifications.services.pump import pump
from payments.models import Charge, PaymentAttempt
from payments.services.charges import charge_booking, mark_paid
from payments.services.refund_pump import pump_refunds
from payments.services.settle import settle_attempt
from tests.contract.standin_process import StandIn
from tests.factories import make_booking, make_participant, make_programme, make_referral, make_requirement, make_scheme
from tests.integration.payments.bank import BY, attempt_for, hold, lapse, person_of

pytestmark = pytest.mark.django_db
SUBJECT = "ZQX-SUBJECT"


def signed_in(booking: Booking) -> Client:
    client = Client()
    client.force_login(person_of(booking))
    return client


def page(name: str, booking: Booking) -> str:
    return reverse(name, args=[booking.public_id])


def secret_hold(**fields: Any) -> Booking:
    """A place on a course whose subject nobody may read over a shoulder."""
    programme = make_programme(name=SUBJECT, summary=SUBJECT, neutral_name="Course")
    scheme = make_scheme(programme=programme)
    return hold(requirement=make_requirement(make_referral("accepted", scheme=scheme)), **fields)


def test_the_summary_says_what_when_how_much_and_until_when(bank: StandIn) -> None:
    booking = secret_hold()
    answer = signed_in(booking).get(page("checkout-start", booking))
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("£85", "Check and pay", "Town hall", "We are keeping this place for you until", "BOOKINGS"):
        assert words in text
    assert SUBJECT not in text


def test_the_button_leads_to_the_card_companys_page(bank: StandIn) -> None:
    booking = hold()
    answer = signed_in(booking).post(page("checkout-start", booking))
    assert answer.status_code == 303
    assert answer["Location"] == f"{bank.base_url}/c/pay/{PaymentAttempt.objects.get().stripe_session_id}"


def test_a_price_or_course_in_the_form_is_not_looked_at(bank: StandIn) -> None:
    booking = hold()
    tampered = {"price": "1", "price_pence": "1", "amount": "1", "amount_pence": "1", "course": "x", "state": "confirmed"}
    signed_in(booking).post(page("checkout-start", booking), tampered)
    attempt = PaymentAttempt.objects.get()
    assert attempt.amount_pence == Charge.objects.get().amount_pence == 8500
    session = bank.client().v1.checkout.sessions.retrieve(attempt.stripe_session_id or "")
    assert session.amount_total == 8500
    booking.refresh_from_db()
    assert booking.state == BookingState.HELD


def test_a_later_price_of_the_course_does_not_change_what_is_owed(bank: StandIn) -> None:
    booking = hold()
    type(booking.course).objects.update(price_pence=100)
    assert attempt_for(booking).amount_pence == 8500


@pytest.mark.parametrize("went", [False, True], ids=["never went", "went and left"])
def test_coming_back_without_paying_leaves_it_unpaid(bank: StandIn, went: bool) -> None:
    booking = hold()
    if went:
        attempt_for(booking)
    answer = signed_in(booking).get(page("checkout-return", booking), {"session": "cs_test_paid", "paid": "1"})
    assert ("We are checking your payment" if went else "You have not paid yet") in answer.content.decode()
    booking.refresh_from_db()
    assert booking.state == BookingState.HELD
    assert not Charge.objects.filter(paid_at__isnull=False).exists()


def test_paid_but_not_yet_heard_of_is_being_checked_and_then_confirmed(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    client = signed_in(booking)
    answer = client.get(page("checkout-return", booking))
    assert "Check again" in answer.content.decode()
    booking.refresh_from_db()
    assert booking.state == BookingState.HELD, "looking confirms nothing"
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    assert client.get(page("checkout-return", booking))["Location"] == page("booking-show", booking)
    assert client.get(page("checkout-start", booking)).status_code == 302


def test_while_the_card_company_is_down_the_page_says_so_and_the_place_is_kept(bank: StandIn) -> None:
    booking = hold()
    bank.fail_next(calls=2, status=503)
    client = signed_in(booking)
    answer = client.post(page("checkout-start", booking))
    text = answer.content.decode()
    assert answer.status_code == 503
    assert "Your place is still kept for you" in text
    assert "Pay by card" in text
    assert client.post(page("checkout-start", booking)).status_code == 303


def test_a_card_company_that_hangs_is_given_up_within_ten_seconds(bank: StandIn) -> None:
    booking = hold()
    bank.slow(30, calls=2)
    started = clock.now()
    assert signed_in(booking).post(page("checkout-start", booking)).status_code == 503
    assert clock.now() - started < timedelta(seconds=10)


def test_when_the_time_is_over_the_page_offers_to_choose_again(bank: StandIn) -> None:
    booking = hold(at=clock.now() - timedelta(minutes=31))
    client = signed_in(booking)
    answer = client.post(page("checkout-start", booking))
    assert (answer.status_code, answer["Location"]) == (303, page("checkout-start", booking))
    text = client.get(page("checkout-start", booking)).content.decode()
    assert "Your time to pay has ended" in text
    assert reverse("course-find") in text
    lapse_holds(at=clock.now())
    assert "Your time to pay has ended" in client.get(page("checkout-start", booking)).content.decode()


def test_nobody_is_told_that_nothing_was_taken_before_the_card_company_was_asked(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    lapse(booking)
    answer = signed_in(booking).get(page("checkout-start", booking), follow=True)
    text = answer.content.decode()
    assert "We are checking your payment" in text
    assert "No money was taken" not in text
    assert "We are keeping your place" not in text


def test_when_only_the_page_is_over_the_place_is_given_up_first(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.client().v1.checkout.sessions.expire(attempt.stripe_session_id or "")
    client = signed_in(booking)
    client.post(page("checkout-start", booking))
    text = client.get(page("checkout-start", booking)).content.decode()
    assert reverse("booking-release", args=[booking.public_id]) in text


def test_money_that_goes_back_is_explained(bank: StandIn) -> None:
    booking = hold(capacity=1)
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    lapse(booking)
    scheme = booking.requirement.referral.scheme
    hold(course=booking.course, requirement=make_requirement(make_referral("accepted", scheme=scheme)))
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    client = signed_in(booking)
    before = client.get(page("checkout-return", booking)).content.decode()
    assert "We are returning £85 to your card." in before
    assert "You did nothing wrong" in before
    pump_refunds(at=clock.now())
    assert "We returned £85 to your card on" in client.get(page("checkout-return", booking)).content.decode()


def test_the_receipt_shows_number_amount_and_vat_and_no_subject(bank: StandIn) -> None:
    booking = secret_hold()
    type(booking.course.provider).objects.update(vat_registered=True)
    charge = charge_booking(booking=booking, by=BY, at=clock.now())
    client = signed_in(booking)
    assert client.get(page("receipt-show", booking)).status_code == 404, "nothing was paid yet"
    charge.booking = booking
    mark_paid(charge=charge, by=BY, at=clock.now())
    text = client.get(page("receipt-show", booking)).content.decode()
    for words in (spoken(charge.receipt_number or ""), "£85", "£6.67", booking.course.provider.organisation.name):
        assert words in text
    assert SUBJECT not in text


def without_tokens(content: bytes, public_id: str) -> str:
    """A page without what differs between any two requests, and without the address it was asked for by."""
    return re.sub(r'value="\w{64}"', "", content.decode()).replace(public_id, "")


@pytest.mark.parametrize("name", ["checkout-start", "checkout-return", "receipt-show"])
def test_somebody_elses_booking_does_not_exist(bank: StandIn, name: str) -> None:
    booking = make_booking()
    charge = charge_booking(booking=booking, by=BY, at=clock.now())
    charge.booking = booking
    mark_paid(charge=charge, by=BY, at=clock.now())
    stranger = Client()
    stranger.force_login(make_participant().user)
    assert signed_in(booking).get(page(name, booking)).status_code in {200, 302}
    theirs = stranger.get(page(name, booking))
    nobodys = stranger.get(reverse(name, args=["0" * 26]))
    assert theirs.status_code == 404
    assert without_tokens(theirs.content, booking.public_id) == without_tokens(nobodys.content, "0" * 26)
    assert stranger.post(page(name, booking)).status_code in {404, 405}


@pytest.mark.parametrize("language", ["en-gb", "cy"])
@pytest.mark.parametrize("kind", ["payment-received", "payment-returned"])
def test_messages_give_nothing_away(bank: StandIn, kind: str, language: str, settings: Any) -> None:
    booking = secret_hold(capacity=1)
    participant = booking.requirement.referral.participant
    type(participant).objects.filter(pk=participant.pk).update(language=language)
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    if kind == "payment-returned":
        lapse(booking)
        scheme = booking.requirement.referral.scheme
        hold(course=booking.course, requirement=make_requirement(make_referral("accepted", scheme=scheme)))
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    message = OutboxMessage.objects.get(kind=kind, channel="email")
    words = MESSAGES[kind].context(subject_id=message.subject_id, recipient_id=participant.pk, at=clock.now())
    assert words is not None
    assert words["amount"] == "£85"
    pump(at=clock.now())
    message.refresh_from_db()
    assert message.state == "sent"
    sent = "".join(each.read_text() for each in settings.MESSAGE_FOLDER.rglob("*") if each.is_file()).lower()
    assert "£85" in sent
    banned = ("zqx", "course", "police", "offence", "caution", "compliance", participant.family_name.lower())
    assert [word for word in banned if word in sent] == []
