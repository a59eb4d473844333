"""Giving a confirmed place up: by the person, and in place of what a provider cancelled (domain section 8, rule 6)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState, CourseState, MoveCause, ReplacementState
from courses.models import Booking, Course, CourseCancellation, Replacement
from courses.policies import CourseHasBegun, PlaceCannotBeMoved
from courses.services.booking import AlreadyHasAPlace, PlaceIsGone, confirm_place
from courses.services.moving import hold_for_move
from courses.services.replacing import (
    CHOOSE_WITHIN,
    CourseHasBegunAlready,
    ReasonIsMissing,
    ReplacementIsSettled,
    cancel_course,
    see_to_course,
    see_to_people,
)
from diversion.accounts.enums import Role
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState, RequirementState, TaskKind
from diversion.referrals.models import CaseTask, Requirement
from payments.enums import ChargeState, RefundCause
from payments.models import Charge, Refund
from payments.services.cancelling import cancel_place, return_money, return_unchosen
from payments.services.refund_pump import pump_refunds
from payments.services.settle import settle_attempt
from tests.contract.standin_process import StandIn
from tests.factories import make_referral, make_requirement, make_user
from tests.integration.payments.bank import BY, attempt_for, hold, person_of
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
from tests.integration.payments.test_withdrawal import withdraw
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
LATER = CHOOSE_WITHIN + timedelta(minutes=5)


def cancelled(course: Course) -> CourseCancellation:
    """The provider cancels, and everybody is seen to."""
    cancellation = cancel(course)
    see_to_people(at=clock.now())
    return cancellation


def alike(booking: Booking) -> Requirement:
    """Another person's requirement of the same programme."""
    referral = make_referral(ReferralState.ACCEPTED)
    return make_requirement(referral, programme=booking.requirement.programme)


def cancel(course: Course) -> CourseCancellation:
    user = make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation)
    made = cancel_course(course=course, reason="The trainer is ill", user=user, by=user.as_actor(), at=clock.now())
    assert made is not None
    return made


@pytest.mark.parametrize(("days", "back"), [(7.1, 8500), (6.9, 4250), (2.1, 4250), (1.9, 0)])
def test_what_goes_back_to_who_gives_up_follows_the_notice(bank: StandIn, days: float, back: int) -> None:
    booking = paid_place(bank, starts_in=timedelta(days=days))
    assert cancel_place(booking=booking, by=BY, at=clock.now()) == back
    refunds = list(Refund.objects.values_list("amount_pence", "cause"))
    assert refunds == ([(back, RefundCause.PARTICIPANT_CANCELLED)] if back else [])
    assert Booking.objects.get().state == BookingState.CANCELLED_BY_PARTICIPANT
    assert seats(booking.course) == [0]
    assert Requirement.objects.get().state == RequirementState.IN_PROGRESS
    pump_refunds(at=clock.now())
    expected = {0: ChargeState.PAID, 4250: ChargeState.PART_REFUNDED, 8500: ChargeState.REFUNDED}[back]
    assert Charge.objects.get().state == expected
    assert broken_money() == {}


@pytest.mark.parametrize(("days_later", "back"), [(0, 8500), (1, 8500), (2, 0)])
def test_for_some_days_after_paying_all_of_it_goes_back_however_short_the_notice(
    bank: StandIn, days_later: int, back: int
) -> None:
    booking = paid_place(bank, starts_in=timedelta(days=3, hours=1))
    change_version(
        booking.requirement.referral.scheme_version, cooling_off_days=1, free_notice_days=7, full_fee_hours=7 * 24
    )
    assert cancel_place(booking=booking, by=BY, at=clock.now() + timedelta(days=days_later)) == back


def test_a_place_is_given_up_once_and_not_after_the_course_began(bank: StandIn) -> None:
    booking = paid_place(bank)
    with pytest.raises(CourseHasBegun):
        cancel_place(booking=booking, by=BY, at=booking.course.first_starts_at)
    cancel_place(booking=booking, by=BY, at=clock.now())
    with pytest.raises(PlaceCannotBeMoved):
        cancel_place(booking=booking, by=BY, at=clock.now())
    assert Refund.objects.count() == 1


def test_a_cancelled_course_offers_everybody_another_and_keeps_their_money_for_it(bank: StandIn) -> None:
    booking = paid_place(bank)
    other = another(booking)
    cancelled(booking.course)
    assert standing_of(booking) == [(BookingState.CANCELLED_BY_PROVIDER, ChargeState.PAID)]
    assert (seats(booking.course), Course.objects.get(pk=booking.course_id).state) == ([0], CourseState.CANCELLED)
    assert Replacement.objects.get().state == ReplacementState.OFFERED
    messages = OutboxMessage.objects.filter(kind="course-cancelled", subject_id=booking.pk)
    assert messages.filter(channel="email").count() == 1
    assert not CaseTask.objects.exists(), "another course is in time"
    assert broken_money() == {}
    new = move_to(booking, other)
    assert standing_of(booking, new) == [
        (BookingState.CANCELLED_BY_PROVIDER, ChargeState.CARRIED),
        (BookingState.CONFIRMED, ChargeState.PAID),
    ]
    assert new.move_cause == MoveCause.PROVIDER
    assert Replacement.objects.get().state == ReplacementState.CHOSEN
    assert not Refund.objects.exists()
    assert broken_money() == {}


@pytest.mark.parametrize(("price", "back"), [(12000, 0), (6000, 2500)])
def test_a_dearer_course_instead_costs_nothing_more_and_a_cheaper_one_gives_back(
    bank: StandIn, price: int, back: int
) -> None:
    booking = paid_place(bank, starts_in=timedelta(hours=30))
    other = another(booking, price_pence=price)
    cancelled(booking.course)
    new = move_to(booking, other)
    assert (new.state, new.price_pence) == (BookingState.CONFIRMED, min(price, 8500))
    assert sum(Refund.objects.values_list("amount_pence", flat=True)) == back
    assert broken_money() == {}


def test_who_chooses_nothing_gets_everything_back(bank: StandIn) -> None:
    booking = paid_place(bank, starts_in=timedelta(hours=30))
    cancelled(booking.course)
    assert return_unchosen(at=clock.now() + CHOOSE_WITHIN - timedelta(minutes=5)) == 0
    assert return_unchosen(at=clock.now() + LATER) == 1
    assert return_unchosen(at=clock.now() + LATER) == 0
    pump_refunds(at=clock.now() + LATER)
    refund = Refund.objects.get()
    assert (refund.amount_pence, refund.cause) == (8500, RefundCause.PROVIDER_CANCELLED)
    assert standing_of(booking) == [(BookingState.CANCELLED_BY_PROVIDER, ChargeState.REFUNDED)]
    assert broken_money() == {}


def test_who_asked_for_the_money_cannot_choose_any_more(bank: StandIn) -> None:
    booking = paid_place(bank)
    other = another(booking)
    cancelled(booking.course)
    assert return_money(replacement=Replacement.objects.get(), by=BY, at=clock.now()) == 8500
    assert return_money(replacement=Replacement.objects.get(), by=BY, at=clock.now()) == 0
    with pytest.raises(PlaceCannotBeMoved):
        move_to(booking, other)
    assert Refund.objects.count() == 1


def test_who_has_chosen_cannot_ask_for_the_money_any_more(bank: StandIn) -> None:
    booking = paid_place(bank)
    other = another(booking)
    cancelled(booking.course)
    move_to(booking, other)
    with pytest.raises(ReplacementIsSettled):
        return_money(replacement=Replacement.objects.get(), by=BY, at=clock.now())
    assert not Refund.objects.exists()


def test_whose_date_is_out_of_reach_becomes_an_officers_task_as_a_failure_of_the_service(bank: StandIn) -> None:
    booking = paid_place(bank)
    cancelled(booking.course)
    task = CaseTask.objects.get()
    assert (task.kind, task.subject_id) == (TaskKind.SERVICE_FAILURE, booking.pk)
    assert task.detail.startswith("Service failure, not the person’s fault")
    assert Requirement.objects.get().state == RequirementState.IN_PROGRESS, "nothing counts against the person"


def test_whom_the_last_other_place_went_past_becomes_a_task_when_the_time_to_choose_is_over(bank: StandIn) -> None:
    """As the course was cancelled there was a place elsewhere for each of them, taken alone; one took it."""
    quick = paid_place(bank)
    slow = paid_place(bank, requirement=alike(quick), course=quick.course)
    other = another(quick, capacity=1)
    cancelled(quick.course)
    move_to(quick, other)
    assert not CaseTask.objects.exists()
    assert return_unchosen(at=clock.now() + LATER) == 1
    task = CaseTask.objects.get()
    assert (task.kind, task.subject_id) == (TaskKind.SERVICE_FAILURE, slow.pk)


def test_who_takes_the_money_back_while_others_are_open_is_no_task(bank: StandIn) -> None:
    booking = paid_place(bank)
    another(booking)
    cancelled(booking.course)
    return_money(replacement=Replacement.objects.get(), by=BY, at=clock.now())
    assert not CaseTask.objects.exists()


def test_who_took_a_place_elsewhere_cannot_choose_one_in_its_stead_as_well(bank: StandIn) -> None:
    booking = paid_place(bank)
    cancelled(booking.course)
    hold(requirement=booking.requirement, course=another(booking))
    with pytest.raises(AlreadyHasAPlace):
        move_to(booking, another(booking))
    lapsed = clock.now() + timedelta(hours=1)
    assert move_to(booking, another(booking), at=lapsed).state == BookingState.CONFIRMED, "a hold that ran out makes way"


def test_of_two_places_kept_in_place_of_a_cancelled_one_the_first_that_is_paid_is_theirs(bank: StandIn) -> None:
    booking = paid_place(bank)
    cancelled(booking.course)
    instead = hold_for_move(booking=booking, course=another(booking), by=BY, at=clock.now())
    elsewhere = hold(requirement=booking.requirement, course=another(booking))
    pay(bank, elsewhere)
    with pytest.raises(PlaceIsGone):
        confirm_place(booking_id=instead.pk, by=BY, at=clock.now())
    assert Replacement.objects.get().state == ReplacementState.OFFERED, "their money goes back when the time is over"


def test_a_course_found_by_search_is_taken_in_place_of_the_cancelled_one(bank: StandIn) -> None:
    """With the money that was paid, and never at a higher price."""
    booking = paid_place(bank)
    other = another(booking)
    cancelled(booking.course)
    client = sign_in(Client(), person_of(booking))
    answer = client.post(reverse("course-check", args=[other.public_id]))
    assert (answer.status_code, answer["Location"]) == (
        303,
        reverse("move-check", args=[booking.public_id, other.public_id]),
    )
    assert not Booking.objects.filter(course=other).exists()


def test_who_was_paying_gets_the_money_back_as_the_provider_cancelled(bank: StandIn) -> None:
    booking = hold()
    attempt = attempt_for(booking)
    cancelled(booking.course)
    bank.pay(attempt.stripe_session_id or "")
    settle_attempt(attempt_id=attempt.pk, at=clock.now())
    pump_refunds(at=clock.now())
    refund = Refund.objects.get()
    assert (refund.amount_pence, refund.cause) == (8500, RefundCause.PROVIDER_CANCELLED)
    assert standing_of(booking) == [(BookingState.CANCELLED_BY_PROVIDER, ChargeState.REFUNDED)]
    assert not Replacement.objects.exists()
    assert broken_money() == {}


def test_who_was_moving_to_it_keeps_the_old_place(bank: StandIn) -> None:
    old = paid_place(bank)
    course = another(old, price_pence=10000)
    new = move_to(old, course)
    cancelled(course)
    assert Booking.objects.get(pk=new.pk).state == BookingState.CANCELLED_BY_PROVIDER
    assert standing_of(old) == [(BookingState.CONFIRMED, ChargeState.PAID)]
    assert not OutboxMessage.objects.filter(kind="course-cancelled").exists()


def test_who_had_moved_to_it_is_offered_another_and_the_money_still_knows_its_card(bank: StandIn) -> None:
    first = paid_place(bank)
    second = move_to(first, another(first))
    cancelled(second.course)
    assert return_money(replacement=Replacement.objects.get(), by=BY, at=clock.now()) == 8500
    pump_refunds(at=clock.now())
    assert [refund.amount for refund in bank.client().v1.refunds.list().data] == [8500]
    assert broken_money() == {}


def test_the_agency_withdraws_while_the_person_has_not_chosen(bank: StandIn) -> None:
    booking = paid_place(bank)
    cancelled(booking.course)
    withdraw(booking)
    assert Replacement.objects.get().state == ReplacementState.FORGONE
    assert Refund.objects.get().amount_pence == 8500
    assert return_unchosen(at=clock.now() + LATER) == 0
    assert Refund.objects.count() == 1


def test_a_course_is_cancelled_once_with_a_reason_and_not_after_it_began(bank: StandIn) -> None:
    course = paid_place(bank).course
    user = make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation)
    by = user.as_actor()
    with pytest.raises(ReasonIsMissing):
        cancel_course(course=course, reason=" ", user=user, by=by, at=clock.now())
    with pytest.raises(CourseHasBegunAlready):
        cancel_course(course=course, reason="Ill", user=user, by=by, at=course.first_starts_at)
    once = cancel_course(course=course, reason="Ill", user=user, by=by, at=clock.now())
    assert cancel_course(course=course, reason="Ill again", user=user, by=by, at=clock.now()) == once
    assert CourseCancellation.objects.get().people == 1


def test_a_stop_half_way_loses_nobody_and_tells_nobody_twice(bank: StandIn) -> None:
    first = hold()
    for _ in range(3):
        scheme = first.requirement.referral.scheme
        hold(course=first.course, requirement=make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme)))
    cancellation = cancel(first.course)
    assert see_to_course(cancellation, at=clock.now(), at_most=2) == 2
    cancellation.refresh_from_db()
    assert (Booking.objects.live().count(), cancellation.finished_at) == (2, None)
    assert see_to_people(at=clock.now()) == 2
    assert see_to_people(at=clock.now()) == 0
    cancellation.refresh_from_db()
    assert (Booking.objects.live().count(), cancellation.people) == (0, 4)
    assert cancellation.finished_at is not None
    assert OutboxMessage.objects.filter(kind="course-cancelled", channel="email").count() == 4
    assert seats(first.course) == [0]
    assert broken_money() == {}
