"""Each invariant is broken once, and named. (That the journeys break none is asked at the end of each journey.)"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from courses.enums import BookingState
from courses.models import Booking, Course, CourseCancellation
from diversion.accounts.models import Membership
from diversion.compliance.invariants import INVARIANTS, broken
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState, RequirementState
from diversion.referrals.models import Requirement
from payments.enums import AttemptState, ChargeState, RefundCause, RefundState
from payments.models import Charge, PaymentAttempt, Refund
from tests.factories import make_booking, make_offer, make_referral, make_requirement, make_user

pytestmark = pytest.mark.django_db


def charge(booking: Booking, state: ChargeState = ChargeState.PAID) -> Charge:
    return Charge.objects.create(
        state=state,
        booking=booking,
        amount_pence=8500,
        agency=booking.requirement.referral.agency,
        created_at=clock.now(),
        paid_at=clock.now(),
    )


def too_much_back() -> None:
    attempt = PaymentAttempt.objects.create(
        state=AttemptState.PAID,
        charge=charge(make_booking()),
        number=1,
        amount_pence=8500,
        taken_pence=8500,
        reserved_at=clock.now(),
        expires_at=clock.now(),
        paid_at=clock.now(),
        stripe_payment_intent_id="pi_1",
    )
    for cause in (RefundCause.HOLD_ENDED, RefundCause.PAID_TWICE):
        Refund.objects.create(
            state=RefundState.REQUESTED,
            attempt=attempt,
            charge=attempt.charge,
            cause=cause,
            amount_pence=8500,
            requested_at=clock.now(),
        )


def seen_to_too_soon() -> None:
    at, user = clock.now(), make_user()
    CourseCancellation.objects.create(
        course=make_booking().course, reason="Ill", people=1, cancelled_at=at, cancelled_by=user, finished_at=at
    )


def waiting_message() -> None:
    booking, long_ago = make_booking(), clock.now() - timedelta(hours=1)
    OutboxMessage.objects.create(
        state="queued",
        kind="x",
        channel="email",
        recipient_id=booking.pk,
        subject_id=booking.pk,
        created_at=long_ago,
        due_at=long_ago,
    )


def ended_with_a_place() -> None:
    make_booking(requirement=make_requirement(make_referral(ReferralState.WITHDRAWN), state=RequirementState.NOT_MET))


def message_from_before_the_end() -> None:
    referral, at = make_referral(ReferralState.WITHDRAWN), clock.now()
    OutboxMessage.objects.create(
        state="queued",
        kind="x",
        channel="email",
        recipient_id=referral.participant_id,
        subject_id=referral.pk,
        case_id=referral.pk,
        created_at=at,
        due_at=at + timedelta(days=1),
    )


DEEDS: dict[str, Callable[[], object]] = {
    "places taken on a course equal its bookings that take a place": lambda: Course.objects.filter(
        pk=make_booking().course_id
    ).update(taken=2),
    "a confirmed booking was paid, waived or funded": lambda: charge(make_booking(), ChargeState.OWED),
    "paid money bought a place or is on its way back": lambda: charge(make_booking(state=BookingState.LAPSED)),
    "money that a move carried away has arrived once": lambda: charge(make_booking(), ChargeState.CARRIED),
    "nobody has a place on a cancelled course that was seen to": seen_to_too_soon,
    "no attempt gives back more than it took": too_much_back,
    "a course's first start and last end are its sessions'": lambda: Course.objects.filter(
        pk=make_booking().course_id
    ).update(first_starts_at=clock.now()),
    "a live booking's sessions end in time": lambda: Requirement.objects.filter(pk=make_booking().requirement_id).update(
        book_by=clock.today(), complete_by=clock.today()
    ),
    "a met requirement has a completed booking, or an officer was asked about one that was undone": lambda: (
        make_requirement(state=RequirementState.MET)
    ),
    "a completed booking has a certificate that stands": lambda: make_booking(state=BookingState.COMPLETED),
    "every state has its audit row": make_referral,
    "nobody is breached without two named people": lambda: make_referral(ReferralState.BREACHED),
    "no ended case has a live place": ended_with_a_place,
    "no withdrawn case has a live offer": lambda: make_offer(make_referral(ReferralState.WITHDRAWN)),
    "nothing waits for the person of a withdrawn case but the news of its end": message_from_before_the_end,
    "an open case has an officer who works for its agency": lambda: Membership.objects.filter(
        user=make_referral().officer
    ).update(ended_at=clock.now()),
    "nothing waits in the outbox half an hour past its time": waiting_message,
}


def test_every_invariant_is_attacked() -> None:
    assert set(DEEDS) == set(INVARIANTS)
    assert broken() == {}


@pytest.mark.parametrize("rule", list(DEEDS))
def test_a_broken_invariant_is_named(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    DEEDS[rule]()
    with pytest.raises(CommandError, match="are broken"):
        call_command("check_invariants")
    assert f"BROKEN: {rule}" in capsys.readouterr().err


def test_money_kept_for_a_place_the_agency_took_back_is_found() -> None:
    taken_back = make_booking(state=BookingState.CANCELLED_BY_AGENCY)
    charge(taken_back)
    assert broken()["paid money bought a place or is on its way back"] == [taken_back.charge.public_id]
