"""A move meets a giving up, a webhook, a provider that cancels and an agency that withdraws: real threads, connections, commits.

Whoever wins: never two places and never a place without its money, every seat counted once, every penny in one place.
"""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from courses.enums import BookingState
from courses.models import Booking, Course, Replacement
from courses.services.booking import lapse_holds
from courses.services.replacing import CHOOSE_WITHIN, cancel_course, see_to_people
from diversion.accounts.enums import Role
from diversion.core import clock
from payments.services.cancelling import cancel_place, return_unchosen
from payments.services.moving import move_place
from payments.services.refund_pump import pump_refunds
from payments.services.settle import settle_attempt
from tests.concurrency.test_last_place import BY, at_once
from tests.concurrency.test_withdrawal import withdraw
from tests.contract.standin_process import StandIn
from tests.factories import make_user
from tests.integration.payments.bank import attempt_for, bank, hold, standin_process
from tests.integration.payments.moves import another, broken_money, move_to, paid_place

__all__ = ["bank", "standin_process"]
pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(300)]
ROUNDS = range(4)
REFUSALS = {"PlaceCannotBeMoved", "PlaceIsGone", "HoldIsOver", "CourseIsNotOpen", "NothingToBook", "MoveIsNotAllowed"}
REFUSALS |= {"TimeToPayIsOver", "NoMovesLeft", "CaseIsBusy", "ReplacementIsSettled", "CourseIsFull"}


def cancels(course: Course) -> object:
    user = make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation)

    def both() -> None:
        cancel_course(course=course, reason="Ill", user=user, by=BY, at=clock.now())
        see_to_people(at=clock.now())

    return both


def check(bank: StandIn, taken: int, *, back: int | None = None) -> None:
    """All that must hold whoever won; `taken` is what the cards gave, of which `back` went back where the winner says so."""
    pump_refunds(at=clock.now())
    pump_refunds(at=clock.now())
    assert broken_money() == {}
    assert Booking.objects.places().count() <= 1
    returned = sum(each.amount for each in bank.client().v1.refunds.list().data)
    assert returned <= taken
    if back is not None:
        assert returned == back


@pytest.mark.parametrize("round_", ROUNDS)
def test_moved_as_it_is_given_up_one_of_them_wins(bank: StandIn, round_: int) -> None:
    old = paid_place(bank)
    course = another(old)
    move = partial(move_place, booking=old, course=course, by=BY, at=clock.now())
    answers = Counter(at_once([move, partial(cancel_place, booking=old, by=BY, at=clock.now()), move]))
    assert set(answers) <= {"yes", *REFUSALS}, answers
    moved = Booking.objects.filter(supersedes=old, state=BookingState.CONFIRMED).count()
    gone = Booking.objects.filter(pk=old.pk, state=BookingState.CANCELLED_BY_PARTICIPANT).count()
    assert moved + gone == 1
    assert sum(Course.objects.values_list("taken", flat=True)) == moved
    check(bank, 8500, back=8500 * gone)


@pytest.mark.parametrize("round_", ROUNDS)
def test_paid_for_as_the_old_place_is_given_up_and_its_course_cancelled(bank: StandIn, round_: int) -> None:
    old = paid_place(bank)
    course = another(old, price_pence=10000)
    new = move_to(old, course)
    attempt = attempt_for(new)
    bank.pay(attempt.stripe_session_id or "")
    settle = partial(settle_attempt, attempt_id=attempt.pk, at=clock.now())
    give_up = partial(cancel_place, booking=old, by=BY, at=clock.now())
    answers = Counter(at_once([settle, give_up, cancels(old.course), settle]))
    assert set(answers) <= {"yes", *REFUSALS}, answers
    see_to_people(at=clock.now())
    check(bank, 10000)
    confirmed = Booking.objects.filter(pk=new.pk, state=BookingState.CONFIRMED).exists()
    assert sum(Course.objects.values_list("taken", flat=True)) == int(confirmed)


@pytest.mark.parametrize("round_", ROUNDS)
def test_the_provider_cancels_while_somebody_pays(bank: StandIn, round_: int) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    bank.pay(attempt.stripe_session_id or "")
    settle = partial(settle_attempt, attempt_id=attempt.pk, at=clock.now())
    answers = Counter(at_once([settle, cancels(booking.course), settle]))
    assert set(answers) == {"yes"}, answers
    see_to_people(at=clock.now())
    assert Booking.objects.get().state == BookingState.CANCELLED_BY_PROVIDER
    assert Course.objects.get().taken == 0
    offered = Replacement.objects.count()
    check(bank, 8500, back=0 if offered else 8500)
    return_unchosen(at=clock.now() + CHOOSE_WITHIN + timedelta(minutes=1))
    check(bank, 8500, back=8500)


@pytest.mark.parametrize("round_", ROUNDS)
def test_another_course_is_chosen_as_the_time_to_choose_ends(bank: StandIn, round_: int) -> None:
    booking = paid_place(bank)
    other = another(booking)
    cancels(booking.course)()  # type: ignore[operator]
    late = clock.now() + CHOOSE_WITHIN + timedelta(minutes=1)
    choose = partial(move_place, booking=booking, course=other, by=BY, at=late)
    answers = Counter(at_once([choose, partial(return_unchosen, at=late), choose, partial(return_unchosen, at=late)]))
    assert set(answers) <= {"yes", "no", *REFUSALS}, answers
    seated = Booking.objects.filter(supersedes=booking, state=BookingState.CONFIRMED).count()
    check(bank, 8500, back=0 if seated else 8500)
    lapse_holds(at=late + timedelta(hours=1))  # what was kept for a choice that came too late
    assert Course.objects.get(pk=other.pk).taken == seated


@pytest.mark.parametrize("round_", ROUNDS)
def test_the_agency_withdraws_as_the_person_moves_and_the_payment_arrives(bank: StandIn, round_: int) -> None:
    old = paid_place(bank)
    new = move_to(old, another(old, price_pence=10000))
    attempt = attempt_for(new)
    bank.pay(attempt.stripe_session_id or "")
    settle = partial(settle_attempt, attempt_id=attempt.pk, at=clock.now())
    answers = Counter(at_once([settle, withdraw(old.requirement), settle]))
    assert set(answers) <= {"yes", *REFUSALS}, answers
    assert Booking.objects.live().count() == 0
    assert sum(Course.objects.values_list("taken", flat=True)) == 0
    check(bank, 10000, back=10000)
