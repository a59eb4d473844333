"""Closing a case on its page, and what everybody's pages say once it is closed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking
from courses.queries.quality import SMALLEST
from diversion.accounts.enums import Role
from diversion.accounts.models import User
from diversion.audit.models import AccessEvent
from diversion.compliance.queries.figures import funnel
from diversion.referrals.enums import ClosureReason, ReferralState
from diversion.referrals.models import Referral
from tests.factories import make_booking, make_course, make_referral, make_requirement, make_scheme, make_trainer, make_user
from tests.integration.compliance.closing import offered_case, paid_case, withdraw
from tests.integration.register.registers import first_session, make_running_course, mark
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking() -> Booking:
    return paid_case()


@pytest.fixture
def desk(booking: Booking, client: Client) -> Client:
    """The browser of the officer in the case."""
    return sign_in(client, booking.requirement.referral.officer)


@pytest.fixture
def me(booking: Booking) -> Client:
    """The participant's browser."""
    return sign_in(Client(), booking.requirement.referral.participant.user)


def close_url(booking: Booking) -> str:
    return reverse("case-close", args=[booking.requirement.referral.public_id])


def case_url(booking: Booking) -> str:
    return reverse("case-show", args=[booking.requirement.referral.public_id])


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer)
    return answer.content.decode()


# --- the officer's page --------------------------------------------------------------------------------------------------


def test_the_page_says_what_follows_before_anything_does(desk: Client, booking: Booking) -> None:
    assert close_url(booking) in read(desk, case_url(booking))
    page = read(desk, close_url(booking))
    for words in [
        booking.course.programme.name,
        "£85 goes back to the card",
        "are not sent",
        "Told that something has changed",
    ]:
        assert words in page
    assert "The person left" not in page
    assert Referral.objects.get().state == ReferralState.ACTIVE
    assert AccessEvent.objects.filter(route="case-close", kind="page").count() == 1


def test_the_page_says_when_there_is_no_place_no_money_and_nobody_to_tell(client: Client) -> None:
    referral = make_referral(ReferralState.AWAITING_AUTHORISATION)
    page = read(sign_in(client, referral.officer), reverse("case-close", args=[referral.public_id]))
    for words in ["No place is held or confirmed", "Nothing was paid", "Not told: no offer was made"]:
        assert words in page


def test_a_register_that_is_due_is_pointed_out(client: Client) -> None:
    course = make_running_course(started=timedelta(hours=4))
    referral = course.bookings.get().requirement.referral
    assert "its register is not in yet" in read(
        sign_in(client, referral.officer), reverse("case-close", args=[referral.public_id])
    )


def test_closing_leads_back_to_the_case_which_says_why_and_asks_for_nothing(desk: Client, booking: Booking) -> None:
    answer = desk.post(close_url(booking), {"reason": "health", "note": "Told us today."})
    assert (answer.status_code, answer["Location"]) == (303, case_url(booking))
    page = read(desk, case_url(booking))
    for words in ["Closed: Too ill to take part, on", "Withdrawn by the agency: Too ill to take part", "Told us today."]:
        assert words in page
    assert close_url(booking) not in page
    assert "look and record what you decide" not in page
    assert desk.get(close_url(booking))["Location"] == case_url(booking)
    assert desk.post(close_url(booking), {"reason": "health"}).status_code == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose why the case is closed"),
        ({"reason": "other", "note": " "}, "Say why the case is closed"),
        ({"reason": "left"}, "Choose why the case is closed"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    desk: Client, booking: Booking, typed: dict[str, str], words: str
) -> None:
    answer = desk.post(close_url(booking), typed)
    assert answer.status_code == 422
    if typed.get("reason") != "left":
        assert words in answer.content.decode()
    assert Referral.objects.get().state == ReferralState.ACTIVE


def test_a_case_closed_meanwhile_for_another_reason_is_said_to_have_ended(desk: Client, booking: Booking) -> None:
    withdraw(booking.requirement.referral, ClosureReason.CHARGED)
    answer = desk.post(close_url(booking), {"reason": "health"})
    assert (answer.status_code, "This case has already ended." in answer.content.decode()) == (422, True)


def test_a_closed_case_is_among_the_closed_and_not_among_the_open(desk: Client, booking: Booking) -> None:
    withdraw(booking.requirement.referral, ClosureReason.FINE_PAID)
    name = booking.requirement.referral.participant.full_name
    assert name not in read(desk, "/agency/cases/")
    done = read(desk, "/agency/cases/?show=done")
    assert name in done
    assert "The fine was paid instead" in done


def test_a_closed_case_with_a_question_is_on_the_list_again(desk: Client, booking: Booking, me: Client) -> None:
    withdraw(booking.requirement.referral)
    answer = me.post(reverse("help-ask"), {"about": "asked-for-help", "detail": "Why?"})
    assert answer.status_code == 303
    assert booking.requirement.referral.participant.full_name in read(desk, "/agency/cases/")


def test_a_withdrawn_case_counts_as_far_as_it_had_come(booking: Booking) -> None:
    agency = booking.requirement.referral.agency
    scheme = make_scheme(agency)
    for n in range(SMALLEST):
        referral = make_referral(ReferralState.ACTIVE, scheme=scheme)
        if n:
            make_booking(make_course(scheme.programme), make_requirement(referral))
        withdraw(referral)
    withdraw(make_referral(ReferralState.AWAITING_AUTHORISATION, scheme=scheme))
    row = next(row for row in funnel(agency.pk) if row.scheme == scheme.name)
    assert (row.offered, row.booked, row.completed, row.withdrawn) == ("5", "fewer than 5", "0", "6")


# --- the provider's ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROVIDER_ADMINISTRATOR])
def test_the_provider_no_longer_sees_the_person_the_moment_it_commits(client: Client, role: Role) -> None:
    course = make_running_course(people=2, sessions=2)
    gone, stays = course.bookings.order_by("pk")
    for seated, name in [(gone, "Gonzo"), (stays, "Stayer")]:
        person = seated.requirement.referral.participant
        person.given_names = name
        person.save(update_fields=["given_names", "given_names_sound"])
    session = first_session(course)
    user = _of_the_provider(role, course)
    path = reverse("register-mark", args=[session.public_id])
    assert "Gonzo" in read(sign_in(client, user), path)
    withdraw(gone.requirement.referral)
    page = read(client, path)
    assert ("Gonzo" in page, "Stayer" in page) == (False, True)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROVIDER_ADMINISTRATOR])
def test_nor_on_a_register_that_was_sent_before(client: Client, role: Role) -> None:
    from courses.services.register import submit_register
    from diversion.core import clock

    course = make_running_course(people=1, sessions=2)
    seated = course.bookings.get()
    session = first_session(course)
    user = _of_the_provider(role, course)
    submit_register(session=session, marks=[mark(seated)], user=user, by=user.as_actor(), at=clock.now())
    path = reverse("register-show", args=[session.public_id])
    short_name = seated.requirement.referral.participant.short_name
    assert short_name in read(sign_in(client, user), path)
    withdraw(seated.requirement.referral)
    assert short_name not in read(client, path)


def _of_the_provider(role: Role, course: Any) -> User:
    if role == Role.TRAINER:
        return make_trainer(course.provider, *course.sessions.all())
    return make_user(role, course.provider.organisation)


# --- the participant's ---------------------------------------------------------------------------------------------------


def test_the_home_page_says_that_it_ended_why_and_that_money_comes_back(me: Client, booking: Booking) -> None:
    withdraw(booking.requirement.referral, ClosureReason.FINE_PAID)
    page = read(me, "/my/")
    for words in ["This has ended", "The fine was paid instead", "you get all of your money back", "Ask for help"]:
        assert words in page
    assert "Finish your course by" not in page
    assert "Find a course" not in page
    money = read(me, reverse("checkout-return", args=[booking.public_id]))
    assert "We are returning £85 to your card." in money
    assert "You do not need this course any more" in money
    assert "Choose another course" not in money


def test_a_missed_course_whose_fee_goes_back_says_so_too(client: Client) -> None:
    booking = paid_case(booked=BookingState.NOT_COMPLETED)
    withdraw(booking.requirement.referral)
    me = sign_in(client, booking.requirement.referral.participant.user)
    assert "you get all of your money back" in read(me, "/my/")
    assert "We are returning £85" in read(me, reverse("checkout-return", args=[booking.public_id]))


def test_an_offer_that_closed_says_so_and_why_in_plain_words(client: Client) -> None:
    referral = offered_case()
    me = sign_in(client, referral.participant.user)
    assert "Say yes" in read(me, "/my/offer/")
    withdraw(referral, ClosureReason.FINE_PAID)
    page = read(me, "/my/offer/")
    for words in ["This offer has closed.", "The fine was paid instead", "You do not need to answer it"]:
        assert words in page
    for words in ["Say yes", "What you would do", "The time to answer", "Finish your course by"]:
        assert words not in page
    for path in ("/my/offer/accept/", "/my/offer/decline/"):
        assert "This offer cannot be answered any more." in read(me, path)


@pytest.mark.parametrize("reason", [each for each in ClosureReason if each != ClosureReason.LEFT])
def test_no_reason_tells_a_participant_what_is_not_theirs_to_know(client: Client, reason: ClosureReason) -> None:
    booking = paid_case()
    withdraw(booking.requirement.referral, reason, note="Secret note")
    me = sign_in(client, booking.requirement.referral.participant.user)
    page = read(me, "/my/") + read(me, "/my/offer/") if booking.requirement.referral.offers.exists() else read(me, "/my/")
    assert "This has ended" in page
    assert "Secret note" not in page
    assert "died" not in page


def test_every_page_of_the_participant_still_answers(me: Client, booking: Booking) -> None:
    held = paid_case(booked=BookingState.LAPSED, participant=booking.requirement.referral.participant,
                     scheme=make_scheme(booking.requirement.referral.agency))  # fmt: skip
    for each in (booking, held):
        withdraw(each.requirement.referral)
    home, bid = "/my/", booking.public_id
    expected = {
        reverse("my-home"): 200,
        reverse("help-ask"): 200,
        reverse("help-asked"): 200,
        reverse("course-find"): home,
        reverse("course-check", args=[booking.course.public_id]): home,
        reverse("booking-show", args=[bid]): home,
        reverse("booking-release", args=[bid]): home,
        reverse("booking-calendar", args=[bid]): 200,  # it takes the dates out again
        reverse("checkout-start", args=[bid]): reverse("checkout-return", args=[bid]),
        reverse("checkout-return", args=[bid]): 200,
        reverse("receipt-show", args=[bid]): 200,
        reverse("booking-show", args=[held.public_id]): home,
    }
    answers = {path: me.get(path) for path in expected}
    assert {path: answer.headers.get("Location", answer.status_code) for path, answer in answers.items()} == expected


def test_a_button_pressed_as_the_case_ended_leads_home_with_a_kind_word(me: Client, booking: Booking) -> None:
    withdraw(booking.requirement.referral)
    answer = me.post(reverse("booking-release", args=[booking.public_id]), follow=True)
    assert answer.redirect_chain == [("/my/", 303)]
    assert "You do not need this place any more." in answer.content.decode()
    answer = me.post(reverse("course-check", args=[booking.course.public_id]), follow=True)
    assert answer.redirect_chain == [("/my/", 303)]


def test_a_hold_that_was_never_paid_for_leads_home(client: Client) -> None:
    booking = make_booking(state=BookingState.HELD)
    me = sign_in(client, booking.requirement.referral.participant.user)
    withdraw(booking.requirement.referral)
    for name in ("checkout-start", "checkout-return"):
        assert me.get(reverse(name, args=[booking.public_id]))["Location"] == "/my/"
    answer = me.post(reverse("checkout-start", args=[booking.public_id]))
    assert me.get(answer["Location"])["Location"] == "/my/"
