"""A withdrawal meets everything that may happen at the same moment: real threads, connections and commits.

Whoever wins: never a live place in a withdrawn case, a place freed once, and no money kept.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from courses.enums import BookingState
from courses.models import Booking, Course
from courses.services.booking import confirm_place, hold_place, lapse_holds, release_hold
from diversion.audit.models import AuditEvent
from diversion.compliance.invariants import broken
from diversion.compliance.services.closure import withdraw_case
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ClosureReason, ReferralState
from diversion.referrals.models import Referral, Requirement
from payments.enums import ChargeState
from payments.models import Charge
from payments.services.refund_pump import pump_refunds
from payments.services.settle import settle_attempt
from tests.concurrency.test_last_place import BY, HALF_AN_HOUR, at_once, people, taken_and_live
from tests.contract.standin_process import StandIn
from tests.factories import make_course
from tests.integration.payments.bank import attempt_for, bank, standin_process

__all__ = ["bank", "people", "standin_process"]
pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(180)]
ROUNDS = range(8)
Place = Callable[[int], tuple[Course, list[Requirement]]]


def withdraw(requirement: Requirement, *, reason: ClosureReason = ClosureReason.CHARGED) -> Callable[[], Any]:
    return partial(withdraw_case, referral=requirement.referral, reason=reason, note="", user=None, by=BY, at=clock.now())


def check_ended(course: Course, requirement: Requirement) -> None:
    """The case is withdrawn, its place is free, and nothing that must be true of the whole is not."""
    referral = Referral.objects.get(pk=requirement.referral_id)
    assert referral.state == ReferralState.WITHDRAWN
    assert taken_and_live(course) == (0, 0)
    named = {rule for rule in broken() if "audit row" not in rule}  # the factories write rows without their story
    assert named == set()


@pytest.mark.parametrize("round_", ROUNDS)
def test_withdrawn_as_the_place_is_confirmed_never_both(people: Place, round_: int) -> None:
    course, (requirement,) = people(1)
    held = hold_place(course=course, requirement=requirement, by=BY, at=clock.now())
    Booking.objects.filter(pk=held.pk).update(price_pence=0)
    confirm = partial(confirm_place, booking_id=held.pk, by=BY, at=clock.now())
    answers = Counter(at_once([confirm, withdraw(requirement), confirm]))
    assert set(answers) <= {"yes", "PlaceIsGone"}, answers
    held.refresh_from_db()
    assert held.state == BookingState.CANCELLED_BY_AGENCY
    check_ended(course, requirement)
    assert not OutboxMessage.objects.filter(kind__in=["booking-confirmed", "session-reminder"], state="queued").exists()


@pytest.mark.parametrize("round_", ROUNDS)
def test_withdrawn_as_the_payment_arrives_no_money_is_kept(bank: StandIn, people: Place, round_: int) -> None:
    course, (requirement,) = people(1)
    held = hold_place(course=course, requirement=requirement, by=BY, at=clock.now())
    attempt = attempt_for(held)
    bank.pay(attempt.stripe_session_id or "")
    settle = partial(settle_attempt, attempt_id=attempt.pk, at=clock.now())
    assert Counter(at_once([settle, withdraw(requirement), settle, withdraw(requirement)])) == {"yes": 4}
    pump_refunds(at=clock.now())
    assert [each.amount for each in bank.client().v1.refunds.list().data] == [8500]
    assert Charge.objects.get().state == ChargeState.REFUNDED
    check_ended(course, requirement)


@pytest.mark.parametrize("round_", ROUNDS)
def test_withdrawn_as_the_hold_runs_out_or_is_given_up_frees_one_place(people: Place, round_: int) -> None:
    course, (requirement,) = people(1)
    at = clock.now()
    held = hold_place(course=course, requirement=requirement, by=BY, at=at)
    Course.objects.filter(pk=course.pk).update(capacity=5, taken=3)
    late = at + HALF_AN_HOUR
    tick, give_up = partial(lapse_holds, at=late), partial(release_hold, booking=held, by=BY, at=late)
    answers = at_once([tick, withdraw(requirement), give_up, tick])
    assert set(answers) <= {"yes", "no", "HoldIsOver", "PlaceIsNotNeeded"}, answers
    assert Course.objects.get(pk=course.pk).taken == 2
    assert Booking.objects.live().count() == 0


@pytest.mark.parametrize("round_", ROUNDS)
def test_withdrawn_as_the_person_chooses_a_course_leaves_no_place(people: Place, round_: int) -> None:
    """Whichever course it is: the withdrawal does not know it beforehand and must not lock it out of order."""
    course, (requirement,) = people(1)
    others = [make_course(requirement.programme) for _ in range(3)]
    choices = [
        partial(hold_place, course=each, requirement=requirement, by=BY, at=clock.now()) for each in (course, *others)
    ]
    answers = Counter(at_once([*choices, withdraw(requirement)]))
    assert set(answers) <= {"yes", "AlreadyHasAPlace", "NothingToBook", "CaseIsBusy"}, answers
    assert "CaseIsBusy" not in answers
    assert Booking.objects.live().count() == 0
    assert sum(Course.objects.values_list("taken", flat=True)) == 0
    check_ended(course, requirement)


def until_waiting(connections: int) -> None:
    """Until so many connections wait for a row that another holds."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                " WHERE NOT l.granted AND a.datname = current_database()"
            )
            if cursor.fetchone()[0] >= connections:
                return
        time.sleep(0.05)
    raise TimeoutError


def keep_the_case(referral_id: Any, kept: threading.Event, enough: threading.Event) -> bool:
    """Hold a case's row until it is enough."""
    with transaction.atomic():
        Referral.objects.select_for_update().get(pk=referral_id)
        kept.set()
        return enough.wait(timeout=120)


def test_a_place_taken_while_the_withdrawal_waits_is_not_locked_out_of_order(people: Place) -> None:
    """The withdrawal saw no place and waits for the case. A place is taken, and its payment, which holds the course, waits
    for the case too: a withdrawal that went on without that course's row would be a deadlock."""
    course, (requirement,) = people(1)
    kept, enough = threading.Event(), threading.Event()
    with ThreadPoolExecutor(3) as pool:
        keeping = pool.submit(at_once, [partial(keep_the_case, requirement.referral_id, kept, enough)])
        assert kept.wait(timeout=60)
        ending = pool.submit(at_once, [withdraw(requirement)])
        until_waiting(1)
        held = hold_place(course=course, requirement=requirement, by=BY, at=clock.now())
        Booking.objects.filter(pk=held.pk).update(price_pence=0)
        confirming = pool.submit(at_once, [partial(confirm_place, booking_id=held.pk, by=BY, at=clock.now())])
        until_waiting(2)
        enough.set()
        answers = [each.result(timeout=120) for each in (keeping, ending, confirming)]
    assert answers[:2] == [["yes"], ["yes"]]
    assert answers[2] in (["yes"], ["PlaceIsGone"])
    check_ended(course, requirement)


def test_withdrawn_twenty_times_at_once_is_withdrawn_once(people: Place) -> None:
    course, (requirement,) = people(1)
    held = hold_place(course=course, requirement=requirement, by=BY, at=clock.now())
    confirm_place(booking_id=held.pk, by=BY, at=clock.now())
    Booking.objects.filter(pk=held.pk).update(price_pence=0)
    assert Counter(at_once([withdraw(requirement)] * 20)) == {"yes": 20}
    for action in ("referral.withdrawn", "booking.cancelled_by_agency", "requirement.not_met"):
        assert AuditEvent.objects.filter(action=action).count() == 1, action
    check_ended(course, requirement)


def test_a_death_recorded_on_two_cases_of_one_person_at_once_never_waits_for_itself(people: Place) -> None:
    course, (first, second) = people(2)
    Referral.objects.filter(pk=second.referral_id).update(participant=first.referral.participant)
    for requirement in (first, second):
        place = make_course(first.programme)
        hold_place(course=place, requirement=requirement, by=BY, at=clock.now())
    deaths = [withdraw(each, reason=ClosureReason.DIED) for each in (first, second)] * 5
    assert Counter(at_once(deaths)) == {"yes": 10}
    assert AuditEvent.objects.filter(action="referral.withdrawn").count() == 2
    check_ended(course, first)
    assert Booking.objects.live().count() == 0
