"""The pages of moving and giving up: what they say before it is done, and that they do it once."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.enums import BookingState
from courses.models import Booking, Replacement
from courses.services.replacing import see_to_people
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.referrals.models import Requirement
from payments.models import Refund
from tests.contract.standin_process import StandIn
from tests.factories import make_booking, make_course, make_referral, make_requirement, make_user
from tests.integration.payments.bank import person_of
from tests.integration.payments.moves import another, move_to, paid_place, pay
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db


def browser(booking: Booking) -> Client:
    client = Client()
    client.force_login(person_of(booking))
    return client


def words_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.headers
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    assert main is not None
    return " ".join(re.sub(r"<[^>]+>", " ", main[0]).split())


def test_three_clicks_from_home_to_the_new_place(bank: StandIn) -> None:
    old = paid_place(bank)
    course = another(old)
    client = browser(old)
    assert f"/my/bookings/{old.public_id}/move/" in client.get("/my/").content.decode()
    listed = client.get(f"/my/bookings/{old.public_id}/move/").content.decode()
    check = f"/my/bookings/{old.public_id}/move/{course.public_id}/"
    assert check in listed
    said = words_of(client, check)
    assert "Fee for moving None" in said
    assert "To pay now Nothing" in said
    assert "After this you can move once more." in said
    answer = client.post(check)
    new = Booking.objects.get(supersedes=old)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/my/bookings/{new.public_id}/paid/")
    assert new.state == BookingState.CONFIRMED
    again = client.post(check)
    assert (again.status_code, Booking.objects.filter(supersedes=old).count()) == (303, 1)


def test_what_is_due_is_said_and_leads_to_the_card_companys_page_and_the_old_place_stays(bank: StandIn) -> None:
    old = paid_place(bank, starts_in=timedelta(days=3))
    course = another(old)
    client = browser(old)
    assert "You pay £42.50 more" in words_of(client, f"/my/bookings/{old.public_id}/move/")
    check = f"/my/bookings/{old.public_id}/move/{course.public_id}/"
    assert "Fee for moving £42.50 Used from what you paid £42.50 To pay now £42.50" in words_of(client, check)
    answer = client.post(check)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(bank.base_url)
    home = words_of(client, "/my/")
    assert "You are moving to the course on" in home
    assert "Your next session" in home, "the old place is still theirs"
    new = Booking.objects.get(supersedes=old)
    summary = words_of(client, f"/my/bookings/{new.public_id}/pay/")
    assert "Paid already £42.50 Fee for moving £42.50 To pay now £42.50" in summary
    pay(bank, new)
    assert "You are moving" not in words_of(client, "/my/")
    assert words_of(client, f"/my/bookings/{new.public_id}/receipt/").count("£42.50") == 1


def test_giving_up_says_what_goes_back_and_that_the_date_stays(bank: StandIn) -> None:
    booking = paid_place(bank, starts_in=timedelta(days=3))
    client = browser(booking)
    path = f"/my/bookings/{booking.public_id}/cancel/"
    said = words_of(client, path)
    assert "£42.50 goes back to your card. You do not get £42.50 back, because the course is soon." in said
    assert "That day does not change." in said
    assert "No other course with a place ends by your date." in said
    another(booking)
    assert "No other course with a place ends by your date." not in words_of(client, path)
    assert client.post(path).status_code == 303
    assert client.post(path).status_code == 303
    assert "We are returning £42.50 to your card." in words_of(client, "/my/")
    assert Refund.objects.get().amount_pence == 4250
    assert client.get(path).status_code == 303, "there is nothing to give up any more"


def test_the_old_places_pages_say_what_became_of_its_money(bank: StandIn) -> None:
    same, cheaper, given_up = paid_place(bank), paid_place(bank), paid_place(bank)
    move_to(same, another(same))
    move_to(cheaper, another(cheaper, price_pence=6000))
    for page in ("pay", "paid"):
        answer = browser(same).get(f"/my/bookings/{same.public_id}/{page}/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")
    said = words_of(browser(cheaper), f"/my/bookings/{cheaper.public_id}/paid/")
    assert "You moved to a course that costs less. We are returning £25 to your card." in said
    client = browser(given_up)
    client.post(f"/my/bookings/{given_up.public_id}/cancel/")
    assert "You gave up your place. We are returning £85" in words_of(client, f"/my/bookings/{given_up.public_id}/paid/")


def test_a_cancelled_course_is_exchanged_in_two_taps(bank: StandIn) -> None:
    booking = paid_place(bank)
    other = another(booking, price_pence=12000)
    cancel(booking)
    client = browser(booking)
    assert "Your course was cancelled" in words_of(client, "/my/")
    path = f"/my/bookings/{booking.public_id}/move/"
    assert "You pay nothing more" in words_of(client, path)
    assert client.post(f"{path}{other.public_id}/").status_code == 303
    assert Booking.objects.get(supersedes=booking).state == BookingState.CONFIRMED


def test_a_second_tab_leads_to_the_course_that_was_taken_and_for_another_says_so_once(bank: StandIn) -> None:
    booking = paid_place(bank)
    taken, other = another(booking), another(booking)
    cancel(booking)
    client = browser(booking)
    path = f"/my/bookings/{booking.public_id}/move/"
    client.post(f"{path}{taken.public_id}/")
    new = Booking.objects.get(supersedes=booking)
    again = client.post(f"{path}{taken.public_id}/", follow=True)
    assert again.redirect_chain == [(f"/my/bookings/{new.public_id}/", 303)]
    assert "You do not have this place any more" not in again.content.decode()
    for_another = client.post(f"{path}{other.public_id}/", follow=True)
    assert for_another.redirect_chain == [("/my/", 303)]
    assert for_another.content.decode().count("You do not have this place any more.") == 1


def test_or_the_money_is_asked_for(bank: StandIn) -> None:
    booking = paid_place(bank)
    cancel(booking)
    client = browser(booking)
    assert "We have asked the person who looks after your case" in words_of(
        client, f"/my/bookings/{booking.public_id}/move/"
    )
    path = f"/my/bookings/{booking.public_id}/money/"
    assert [client.post(path).status_code for _ in range(2)] == [303, 303]
    assert "We are returning £85 to your card." in words_of(client, "/my/")
    returned = words_of(client, f"/my/bookings/{booking.public_id}/paid/")
    assert "Your course was cancelled. This is not your fault" in returned
    assert Refund.objects.get().amount_pence == 8500
    assert Replacement.objects.get().state == "forgone"


def test_the_provider_reads_what_follows_and_says_why(bank: StandIn) -> None:
    booking = paid_place(bank)
    make_booking(booking.course, a_neighbour(booking))
    client = sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR, booking.course.provider.organisation))
    path = f"/provider/courses/{booking.course.public_id}/cancel/"
    said = words_of(client, path)
    assert "2 people with a place are told, and can take a place on another course at no cost." in said
    empty = client.post(path, {"reason": " "})
    assert empty.status_code == 422
    assert "Say why you cancel this course" in empty.content.decode()
    assert client.post(path, {"reason": "Ill"}).status_code == 303
    shown = words_of(client, f"/provider/courses/{booking.course.public_id}/")
    assert "Of 2 people, 2 are still to be told." in shown
    see_to_people(at=clock.now())
    shown = words_of(client, f"/provider/courses/{booking.course.public_id}/")
    assert "2 people were told and offered other courses." in shown
    assert client.get(path).status_code == 302


def a_neighbour(booking: Booking) -> Requirement:
    return make_requirement(make_referral("accepted", scheme=booking.requirement.referral.scheme))


def cancel(booking: Booking) -> None:
    client = sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR, booking.course.provider.organisation))
    client.post(f"/provider/courses/{booking.course.public_id}/cancel/", {"reason": "The trainer is ill"})
    see_to_people(at=clock.now())


def test_the_list_asks_as_much_for_one_course_as_for_ten(bank: StandIn) -> None:
    booking = paid_place(bank)
    client, path = browser(booking), f"/my/bookings/{booking.public_id}/move/"
    another(booking)
    counts = []
    for more in (0, 9):
        for _ in range(more):
            another(booking)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("page", ["move/", "cancel/", "money/"])
def test_nobody_elses_place_is_moved_or_given_up(bank: StandIn, page: str) -> None:
    mine, theirs = paid_place(bank), paid_place(bank)
    client = browser(mine)
    path = f"/my/bookings/{theirs.public_id}/{page}"
    assert client.post(path).status_code in {404, 405}
    assert client.get(path).status_code in {404, 405}
    assert Booking.objects.get(pk=theirs.pk).state == BookingState.CONFIRMED


@pytest.mark.parametrize(("typed", "price", "flexible"), [({"flexible": "on"}, 9500, 1000), ({}, 8500, 0)])
def test_a_flexible_place_is_offered_where_the_course_sells_one(typed: dict[str, str], price: int, flexible: int) -> None:
    requirement = make_requirement(make_referral("accepted"))
    course = make_course(requirement.programme, flexible_pence=1000)
    client = Client()
    client.force_login(requirement.referral.participant.user)
    path = f"/my/courses/{course.public_id}/"
    assert "I may have to move: pay £10 more now" in words_of(client, path)
    client.post(path, typed)
    booking = Booking.objects.get()
    assert (booking.price_pence, booking.flexible_pence) == (price, flexible)


def test_whose_place_is_paid_for_by_somebody_else_adds_nothing_to_it_whatever_is_sent() -> None:
    """The page was open as it was granted: the agency pays the price, not what is offered on top."""
    requirement = make_requirement(make_referral("accepted"), funded=True)
    course = make_course(requirement.programme, flexible_pence=1000)
    client = Client()
    client.force_login(requirement.referral.participant.user)
    client.post(f"/my/courses/{course.public_id}/", {"flexible": "on"})
    booking = Booking.objects.get()
    assert (booking.price_pence, booking.flexible_pence) == (8500, 0)


def test_where_the_course_sells_none_nothing_is_added_whatever_is_sent() -> None:
    requirement = make_requirement(make_referral("accepted"))
    course = make_course(requirement.programme)
    client = Client()
    client.force_login(requirement.referral.participant.user)
    path = f"/my/courses/{course.public_id}/"
    assert "I may have to move" not in words_of(client, path)
    client.post(path, {"flexible": "on"})
    assert Booking.objects.get().price_pence == 8500
