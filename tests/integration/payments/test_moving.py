"""A move: never neither place and never both, and every penny where it belongs (rule 9)."""

from datetime import timedelta

import pytest

from courses.enums import BookingState, MoveCause
from courses.models import Booking
from courses.policies import CourseEndsTooLate, CourseHasBegun, NoMovesLeft, PlaceCannotBeMoved
from courses.services.booking import CourseIsFull, give_up_place, lapse_holds
from courses.services.moving import AlreadyThere
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask, Requirement
from payments.enums import ChargeState, RefundCause, RefundState
from payments.models import Charge, PaymentAttempt, Refund
from payments.services.cancelling import cancel_place
from payments.services.funding import ask_for_funding, decide_funding
from payments.services.moving import move_place
from payments.services.refund_pump import pump_refunds
from payments.services.settle import settle_attempt
from tests.contract.standin_process import StandIn
from tests.factories import make_booking, make_user
from tests.integration.payments.bank import BY, attempt_for, hold
from tests.integration.payments.moves import (
    another,
    broken_money,
    change_version,
    move_to,
    paid_place,
    pay,
    seats,
    standing_of,
)

pytestmark = pytest.mark.django_db
CONFIRMED, SUPERSEDED = BookingState.CONFIRMED, BookingState.SUPERSEDED
PAID, CARRIED = ChargeState.PAID, ChargeState.CARRIED


def returned(bank: StandIn) -> list[int]:
    pump_refunds(at=clock.now())
    return sorted(refund.amount for refund in bank.client().v1.refunds.list().data)


def test_in_good_time_the_place_is_exchanged_at_once_and_nothing_is_paid_again(bank: StandIn) -> None:
    old = paid_place(bank)
    course = another(old)
    new = move_to(old, course)
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (CONFIRMED, PAID)]
    assert seats(old.course, course) == [0, 1]
    assert (new.supersedes_id, new.move_cause) == (old.pk, MoveCause.PARTICIPANT)
    charge = Charge.objects.get(booking=new)
    assert (charge.amount_pence, charge.carried_pence, charge.kept_pence) == (8500, 8500, 0)
    assert charge.receipt_number
    assert returned(bank) == []
    assert broken_money() == {}


def test_a_cheaper_course_gives_the_difference_back(bank: StandIn) -> None:
    old = paid_place(bank)
    new = move_to(old, another(old, price_pence=6000))
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (CONFIRMED, PAID)]
    refund = Refund.objects.get()
    assert (refund.amount_pence, refund.cause) == (2500, RefundCause.PRICE_DIFFERENCE)
    assert returned(bank) == [2500]
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (CONFIRMED, PAID)]
    assert broken_money() == {}


def test_a_dearer_course_is_kept_beside_the_old_place_until_the_difference_is_paid(bank: StandIn) -> None:
    old = paid_place(bank)
    course = another(old, price_pence=10000)
    new = move_to(old, course)
    assert standing_of(old, new) == [(CONFIRMED, PAID), (BookingState.HELD, ChargeState.OWED)]
    assert seats(old.course, course) == [1, 1]
    pay(bank, new)
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (CONFIRMED, PAID)]
    assert seats(old.course, course) == [0, 1]
    assert PaymentAttempt.objects.get(charge__booking=new).taken_pence == 1500
    assert broken_money() == {}


def test_a_move_that_is_not_paid_for_leaves_the_old_place_as_it_was(bank: StandIn) -> None:
    old = paid_place(bank)
    course = another(old, price_pence=10000)
    new = move_to(old, course)
    lapse_holds(at=clock.now() + timedelta(hours=2))
    assert Booking.objects.get(pk=new.pk).state == BookingState.LAPSED
    assert seats(old.course, course) == [1, 0]
    assert standing_of(old)[0] == (CONFIRMED, PAID)


@pytest.mark.parametrize(("days", "kept"), [(7.1, 0), (6.9, 4250), (2.1, 4250), (1.9, 8500)])
def test_the_fee_follows_the_notice(bank: StandIn, days: float, kept: int) -> None:
    old = paid_place(bank, starts_in=timedelta(days=days))
    new = move_to(old, another(old))
    charge = Charge.objects.get(booking=new)
    assert (charge.kept_pence, charge.carried_pence, charge.due_pence) == (kept, 8500 - kept, kept)


def test_the_bands_are_those_of_the_version_the_case_is_pinned_to(bank: StandIn) -> None:
    old = paid_place(bank, starts_in=timedelta(days=2))
    version = old.requirement.referral.scheme_version
    assert version is not None
    change_version(version, free_notice_days=1, full_fee_hours=1)
    new = move_to(old, another(old))
    assert Charge.objects.get(booking=new).kept_pence == 0


def test_a_flexible_place_moves_for_nothing_on_the_last_day_and_stays_flexible(bank: StandIn) -> None:
    old = paid_place(bank, starts_in=timedelta(hours=12))
    Booking.objects.filter(pk=old.pk).update(flexible_pence=1000)
    old.refresh_from_db()
    course = another(old, price_pence=7500)
    new = move_to(old, course)
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (CONFIRMED, PAID)]
    assert (new.price_pence, new.flexible_pence) == (8500, 1000)
    assert Charge.objects.get(booking=new).kept_pence == 0


def test_whose_times_the_provider_changed_moves_for_nothing_however_late_and_however_often(bank: StandIn) -> None:
    old = paid_place(bank, starts_in=timedelta(hours=12))
    change_version(old.requirement.referral.scheme_version, most_moves=0)
    Booking.objects.filter(pk=old.pk).update(times_changed_at=clock.now())
    old.refresh_from_db()
    new = move_to(old, another(old, price_pence=12000))
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (CONFIRMED, PAID)]
    assert (new.move_cause, new.price_pence) == (MoveCause.PROVIDER, 8500)


def test_after_two_moves_there_is_no_third(bank: StandIn) -> None:
    first = paid_place(bank)
    second = move_to(first, another(first))
    third = move_to(second, another(second))
    with pytest.raises(NoMovesLeft):
        move_place(booking=third, course=another(third), by=BY, at=clock.now())
    assert broken_money() == {}


def test_money_that_was_carried_twice_goes_back_to_the_cards_it_came_from(bank: StandIn) -> None:
    """£85 on the first card; £15 more on the second for a dearer course: given up in time, both go back."""
    first = paid_place(bank)
    second = move_to(first, another(first, price_pence=10000))
    pay(bank, second)
    third = move_to(second, another(second, price_pence=10000))
    assert cancel_place(booking=third, by=BY, at=clock.now()) == 10000
    assert returned(bank) == [1500, 8500]
    assert standing_of(third) == [(BookingState.CANCELLED_BY_PARTICIPANT, ChargeState.REFUNDED)]
    assert set(Refund.objects.values_list("charge__booking", "state")) == {(third.pk, RefundState.DONE)}
    assert broken_money() == {}


def test_a_fee_that_was_kept_is_not_given_back_later(bank: StandIn) -> None:
    """Moved with half the fee, paid the other half again, then given up in good time: the price comes back, the fee does not."""
    old = paid_place(bank, starts_in=timedelta(days=3))
    new = move_to(old, another(old))
    assert Charge.objects.get(booking=new).due_pence == 4250
    pay(bank, new)
    assert cancel_place(booking=new, by=BY, at=clock.now()) == 8500
    assert returned(bank) == [4250, 4250]


@pytest.mark.parametrize(("days", "price"), [(14, 10000), (3, 8500)])
def test_moved_to_a_place_that_somebody_else_pays_for_what_was_paid_goes_back(bank: StandIn, days: int, price: int) -> None:
    """Asked before paying, granted after it: the new place costs them nothing, as the page says, and no fee is kept (rule 7)."""
    old = hold(starts_in=timedelta(days=days))
    asked = ask_for_funding(requirement=old.requirement, words="I have no money.", by=BY, at=clock.now())
    pay(bank, old)
    user = make_user(Role.SUPERVISOR)
    decide_funding(request=asked, granted=True, reason="No income.", user=user, by=BY, at=clock.now())
    new = move_to(Booking.objects.get(pk=old.pk), another(old, price_pence=price))
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (CONFIRMED, ChargeState.FUNDED)]
    assert returned(bank) == [8500]
    assert broken_money() == {}


def test_granted_while_the_new_place_is_kept_what_was_paid_goes_back_too(bank: StandIn) -> None:
    old = hold()
    asked = ask_for_funding(requirement=old.requirement, words="I have no money.", by=BY, at=clock.now())
    pay(bank, old)
    new = move_to(Booking.objects.get(pk=old.pk), another(old, price_pence=10000))
    user = make_user(Role.SUPERVISOR)
    decide_funding(request=asked, granted=True, reason="No income.", user=user, by=BY, at=clock.now())
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (CONFIRMED, ChargeState.FUNDED)]
    assert returned(bank) == [8500]
    assert broken_money() == {}


def test_asked_twice_it_is_one_move(bank: StandIn) -> None:
    old = paid_place(bank)
    course = another(old, price_pence=10000)
    assert move_to(old, course).pk == move_to(old, course).pk
    assert seats(course) == [1]


def test_choosing_another_course_meanwhile_gives_up_the_first_hold(bank: StandIn) -> None:
    old = paid_place(bank)
    one, two = another(old, price_pence=10000), another(old, price_pence=9000)
    first, second = move_to(old, one), move_to(old, two)
    assert Booking.objects.get(pk=first.pk).state == BookingState.LAPSED
    assert seats(old.course, one, two) == [1, 0, 1]
    pay(bank, second)
    assert standing_of(old, second) == [(SUPERSEDED, CARRIED), (CONFIRMED, PAID)]
    assert broken_money() == {}


def test_paid_after_the_old_place_was_given_up_the_difference_goes_back(bank: StandIn) -> None:
    old = paid_place(bank)
    course = another(old, price_pence=10000)
    new = move_to(old, course)
    attempt = attempt_for(new)
    bank.pay(attempt.stripe_session_id or "")
    give_up_place(booking=old, by=BY, at=clock.now())
    assert seats(old.course, course) == [0, 0]
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    assert returned(bank) == [1500]
    assert standing_of(new) == [(BookingState.CANCELLED_BY_PARTICIPANT, ChargeState.REFUNDED)]
    assert CaseTask.objects.get(kind=TaskKind.PAYMENT_RETURNED).subject_id == new.pk
    assert broken_money() == {}


def test_the_date_is_asked_anew(bank: StandIn) -> None:
    old = paid_place(bank)
    late = another(old)
    a_day_too_soon = clock.day_of(late.last_ends_at) - timedelta(days=1)
    Requirement.objects.filter(pk=old.requirement_id).update(complete_by=a_day_too_soon, book_by=clock.today())
    with pytest.raises(CourseEndsTooLate):
        move_place(booking=old, course=late, by=BY, at=clock.now())
    assert standing_of(old) == [(CONFIRMED, PAID)]


def test_refused(bank: StandIn) -> None:
    old = paid_place(bank)
    with pytest.raises(AlreadyThere):
        move_place(booking=old, course=old.course, by=BY, at=clock.now())
    full = another(old, capacity=1)
    make_booking(full)
    with pytest.raises(CourseIsFull):
        move_place(booking=old, course=full, by=BY, at=clock.now())
    with pytest.raises(CourseHasBegun):
        move_place(booking=old, course=another(old), by=BY, at=old.course.first_starts_at)
    give_up_place(booking=old, by=BY, at=clock.now())
    with pytest.raises(PlaceCannotBeMoved):
        move_place(booking=old, course=another(old), by=BY, at=clock.now())


def test_the_agency_withdraws_and_all_that_was_carried_goes_back(bank: StandIn) -> None:
    from tests.integration.payments.test_withdrawal import withdraw

    old = paid_place(bank)
    new = move_to(old, another(old, price_pence=10000))
    pay(bank, new)
    withdraw(new)
    assert returned(bank) == [1500, 8500]
    assert standing_of(old, new) == [(SUPERSEDED, CARRIED), (BookingState.CANCELLED_BY_AGENCY, ChargeState.REFUNDED)]
