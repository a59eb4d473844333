"""Withdrawing a case ends everything that hangs on it, at once, and tells everybody neutrally (R10)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string

from courses.enums import BookingState
from courses.models import Booking
from courses.queries.registers import expected_people
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.compliance.invariants import broken
from diversion.core import clock
from diversion.notifications.enums import MessageState
from diversion.notifications.models import OutboxMessage
from diversion.notifications.outbox import queue_message
from diversion.notifications.registry import MESSAGES
from diversion.notifications.services.pump import pump
from diversion.referrals.addresses import participant_address
from diversion.referrals.enums import ClosureReason, ReferralState, RequirementState
from diversion.referrals.models import CaseTask, Letter, Offer, PostBatch, Referral, Requirement
from diversion.referrals.policies import CaseHasEnded, CaseIsADraft, NoteIsMissing
from diversion.referrals.services.answers import OfferHasClosed, answer_offer
from diversion.referrals.services.opening import OfferHasEnded, open_offer
from payments.enums import ChargeState, RefundCause, RefundState
from payments.models import Charge, Refund
from tests.factories import (
    make_agency,
    make_booking,
    make_course,
    make_offer,
    make_participant,
    make_programme,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
)
from tests.factories.referrals import PIN
from tests.integration.compliance.closing import BY, offered_case, paid_case, pay_for, withdraw

pytestmark = pytest.mark.django_db
WAITING = [MessageState.QUEUED, MessageState.ATTEMPTING]
LIVE = [
    ReferralState.AWAITING_AUTHORISATION,
    ReferralState.AUTHORISED,
    ReferralState.OFFERED,
    ReferralState.EXPIRED,
    ReferralState.ACCEPTED,
    ReferralState.ACTIVE,
]
ENDED = [
    ReferralState.REFUSED,
    ReferralState.DECLINED,
    ReferralState.COMPLIED,
    ReferralState.BREACHED,
    ReferralState.DISCHARGED,
    ReferralState.VOID,
]


def everything() -> list[Any]:
    """All that a withdrawal may change."""
    tables = (Referral, Requirement, Booking, Charge, Refund, OutboxMessage)
    rows: list[Any] = [sorted(table.objects.values_list("pk", "state")) for table in tables]
    rows += [sorted(Offer.objects.values_list("pk", "ended_at")), sorted(Letter.objects.values_list("pk", "dropped_at"))]
    taken = sorted(Booking.objects.values_list("course__pk", "course__taken"))
    return [*rows, taken, CaseTask.objects.filter(done_at=None).count(), AuditEvent.objects.count()]


def waiting_for(recipient_id: Any) -> set[str]:
    return set(OutboxMessage.objects.filter(recipient_id=recipient_id, state__in=WAITING).values_list("kind", flat=True))


def test_withdrawal_ends_booking_messages_and_providers_access_in_one_transaction(monkeypatch: Any) -> None:
    booking = paid_case(sessions=2)
    referral, session = booking.requirement.referral, booking.course.sessions.get(position=1)
    make_offer(referral)
    administrator = make_user(Role.PROVIDER_ADMINISTRATOR, booking.course.provider.organisation)
    somebody_else = make_user(Role.SUPERVISOR, referral.agency)
    assert [person.participant_id for person in expected_people(session)] == [referral.participant_id]
    assert {"booking-confirmed", "session-reminder"} <= waiting_for(referral.participant_id)

    before = everything()
    with monkeypatch.context() as failing:
        failing.delitem(MESSAGES, "case-closed-officer")  # the very last step
        with pytest.raises(KeyError):
            withdraw(referral, user=somebody_else)
    assert everything() == before

    withdraw(referral, user=somebody_else)
    referral.refresh_from_db()
    booking.refresh_from_db()
    booking.course.refresh_from_db()
    assert (referral.state, referral.closure_reason) == (ReferralState.WITHDRAWN, ClosureReason.NEW_INFORMATION)
    assert referral.closed_at is not None
    assert booking.requirement.__class__.objects.get().state == RequirementState.NOT_MET
    assert (booking.state, booking.course.taken) == (BookingState.CANCELLED_BY_AGENCY, 0)
    assert expected_people(session) == []
    assert Offer.objects.get().ended_at is not None
    assert (Charge.objects.get().state, Refund.objects.get().amount_pence) == (ChargeState.REFUND_DUE, 8500)
    assert waiting_for(referral.participant_id) == {"case-closed", "payment-returned"}
    assert waiting_for(referral.officer_id) == {"case-closed-officer"}
    assert waiting_for(administrator.pk) == {"place-freed"}
    assert not CaseTask.objects.filter(done_at=None).exists()
    assert {rule: rows for rule, rows in broken().items() if rule != "every state has its audit row"} == {}


def test_withdrawn_twice_is_withdrawn_once() -> None:
    referral = paid_case().requirement.referral
    first = withdraw(referral)
    after = everything()
    assert withdraw(referral).pk == first.pk
    assert everything() == after
    with pytest.raises(CaseHasEnded):
        withdraw(referral, ClosureReason.HEALTH)
    assert everything() == after


@pytest.mark.parametrize("state", LIVE)
def test_a_case_may_be_withdrawn_at_any_moment(state: ReferralState) -> None:
    referral = make_referral(state)
    withdraw(referral)
    referral.refresh_from_db()
    assert referral.state == ReferralState.WITHDRAWN


@pytest.mark.parametrize("state", ENDED)
def test_a_case_that_has_ended_is_not_withdrawn(state: ReferralState) -> None:
    referral = make_referral(state)
    with pytest.raises(CaseHasEnded):
        withdraw(referral)
    referral.refresh_from_db()
    assert referral.state == state


def test_a_draft_is_discarded_not_withdrawn() -> None:
    with pytest.raises(CaseIsADraft):
        withdraw(make_referral(ReferralState.DRAFT))


def test_another_reason_needs_a_note() -> None:
    referral = make_referral(ReferralState.ACCEPTED)
    with pytest.raises(NoteIsMissing):
        withdraw(referral, ClosureReason.OTHER, note=" ")
    withdraw(referral, ClosureReason.OTHER, note="Moved abroad.")
    event = AuditEvent.objects.get(case_id=referral.pk, action="referral.withdrawn")
    assert (event.reason, event.data) == ("Moved abroad.", {"closure_reason": "other"})


@pytest.mark.parametrize(
    ("booked", "returned"),
    [
        (BookingState.CONFIRMED, 8500),
        (BookingState.NOT_COMPLETED, 8500),
        (BookingState.COMPLETED, 0),
        (BookingState.CANCELLED_BY_PARTICIPANT, 0),
    ],
)
def test_refund_is_in_full_unless_completed(booked: BookingState, returned: int) -> None:
    booking = paid_case(booked=booked)
    if booked == BookingState.COMPLETED:  # one programme is done, another still runs
        Requirement.objects.filter(pk=booking.requirement_id).update(state=RequirementState.MET, met_on=clock.today())
        make_requirement(booking.requirement.referral, programme=make_programme())
    withdraw(booking.requirement.referral)
    refunds = [(refund.cause, refund.amount_pence, refund.state) for refund in Refund.objects.all()]
    assert refunds == ([(RefundCause.AGENCY_WITHDREW, returned, RefundState.REQUESTED)] if returned else [])
    assert Charge.objects.get().state == (ChargeState.REFUND_DUE if returned else ChargeState.PAID)


def test_of_what_went_back_in_part_the_rest_goes_back() -> None:
    booking = make_booking()
    attempt = pay_for(booking, state=ChargeState.PART_REFUNDED)
    Refund.objects.create(
        state=RefundState.DONE, attempt=attempt, charge=attempt.charge, cause=RefundCause.PARTICIPANT_CANCELLED, amount_pence=2000,
        requested_at=clock.now(), done_at=clock.now(),
    )  # fmt: skip
    withdraw(booking.requirement.referral)
    assert Refund.objects.get(cause=RefundCause.AGENCY_WITHDREW).amount_pence == 6500


def test_a_waived_fee_returns_nothing_and_an_owed_one_is_cancelled() -> None:
    waived = make_booking()
    Charge.objects.create(
        state=ChargeState.WAIVED, booking=waived, amount_pence=8500, agency=waived.requirement.referral.agency,
        created_at=clock.now(),
    )  # fmt: skip
    withdraw(waived.requirement.referral)
    held = make_booking(state=BookingState.HELD)
    owed = Charge.objects.create(
        state=ChargeState.OWED,
        booking=held,
        amount_pence=8500,
        agency=held.requirement.referral.agency,
        created_at=clock.now(),
    )
    withdraw(held.requirement.referral)
    owed.refresh_from_db()
    held.refresh_from_db()
    assert (owed.state, held.state) == (ChargeState.CANCELLED, BookingState.CANCELLED_BY_AGENCY)
    assert not Refund.objects.exists()


def test_the_offer_its_pin_and_the_letter_to_print_end_with_the_case() -> None:
    referral = offered_case()
    withdraw(referral, ClosureReason.FINE_PAID)
    offer, letter = Offer.objects.get(), Letter.objects.get()
    assert (offer.ended_at is not None, offer.letter_pin, letter.dropped_at is not None) == (True, "", True)
    person = referral.participant
    assert person is not None
    tried = {"reference": referral.reference, "date_of_birth": person.date_of_birth, "address": "192.0.2.1"}
    with pytest.raises(OfferHasEnded, match=r"This offer has ended\. The fine was paid instead"):
        open_offer(**tried, pin=PIN, by=BY, at=clock.now())
    with pytest.raises(OfferHasClosed):
        answer_offer(offer=offer, answer="accepted", text_sha256="", language="en-gb", by=BY, at=clock.now())


def test_a_letter_that_lies_in_a_batch_is_on_paper_and_stays() -> None:
    referral = offered_case()
    batch = PostBatch.objects.create(agency=referral.agency, made_at=clock.now(), made_by=referral.officer)
    Letter.objects.update(batch=batch)
    withdraw(referral)
    assert Letter.objects.get().dropped_at is None


def test_a_sign_in_code_is_not_dropped() -> None:
    referral = paid_case().requirement.referral
    claim = make_programme().pk  # a code is for a claim, which is nobody's key
    queue_message(kind="sign-in-code", recipient_id=claim, subject_id=claim, at=clock.now(), channels=["email"])
    withdraw(referral, ClosureReason.DIED)
    assert waiting_for(claim) == {"sign-in-code"}


def test_who_was_never_offered_anything_hears_nothing() -> None:
    referral = make_referral(ReferralState.AWAITING_AUTHORISATION)
    withdraw(referral)
    assert waiting_for(referral.participant_id) == set()
    assert not Referral.objects.visible_to(referral.participant.user).exists()


def test_an_officer_is_told_of_what_somebody_else_ended_and_not_of_what_they_ended_themselves() -> None:
    mine, anothers = make_referral(ReferralState.ACCEPTED), make_referral(ReferralState.ACCEPTED)
    withdraw(mine)
    withdraw(anothers, user=make_user(Role.SUPERVISOR, anothers.agency))
    assert waiting_for(mine.officer_id) == set()
    assert waiting_for(anothers.officer_id) == {"case-closed-officer"}


@pytest.mark.parametrize("kind", ["case-closed", "place-freed", "case-closed-officer"])
def test_what_is_told_names_nobody_and_nothing(kind: str) -> None:
    programme = make_programme(name="Knives and you", neutral_name="Bladeless")
    booking = paid_case(scheme=make_scheme(programme=programme))
    referral = booking.requirement.referral
    withdraw(referral)
    subject = booking.course_id if kind == "place-freed" else referral.pk
    context = MESSAGES[kind].context(subject_id=subject, recipient_id=referral.officer_id, at=clock.now())
    assert context is not None
    parts = {"case-closed": ["subject", "email", "sms"]}.get(kind, ["subject", "email"])
    for part in parts:
        text = render_to_string(f"messages/{MESSAGES[kind].template}.{part}.txt", context).strip()
        assert text
        telling = ["Knives", "Bladeless", "Sam", "Example", "nformation", "aution", "olice", "&", referral.reference]
        assert [word for word in telling if word in text] == []


@pytest.mark.parametrize("reason", [ClosureReason.DIED, ClosureReason.CUSTODY])
def test_death_and_custody_end_every_live_case_of_the_person_in_the_agency(reason: ClosureReason) -> None:
    booking = paid_case()
    referral, agency = booking.requirement.referral, booking.requirement.referral.agency
    person, another = referral.participant, make_participant(agency)
    scheme = make_scheme(agency)
    common = {"participant": person, "scheme": scheme}
    theirs = [make_referral(state, **common, restricted=True) for state in LIVE]
    done = make_referral(ReferralState.COMPLIED, **common)
    unsent = make_referral(ReferralState.DRAFT, **common)
    strangers = make_referral(ReferralState.ACTIVE, participant=another, scheme=scheme)
    withdraw(referral, reason)
    states = dict(Referral.objects.values_list("pk", "state"))
    assert {states.pop(case.pk) for case in [referral, *theirs]} == {ReferralState.WITHDRAWN}
    assert states == {done.pk: ReferralState.COMPLIED, unsent.pk: ReferralState.DRAFT, strangers.pk: ReferralState.ACTIVE}
    reasons = Referral.objects.filter(state=ReferralState.WITHDRAWN).values_list("closure_reason", flat=True)
    assert set(reasons) == {reason}


@pytest.mark.parametrize("reason", [ClosureReason.FINE_PAID, ClosureReason.CHARGED])
def test_a_fine_or_a_charge_ends_the_one_case(reason: ClosureReason) -> None:
    referral = paid_case().requirement.referral
    other = make_referral(ReferralState.ACTIVE, participant=referral.participant, scheme=make_scheme(referral.agency))
    withdraw(referral, reason)
    other.refresh_from_db()
    assert other.state == ReferralState.ACTIVE
    assert "case-closed" in waiting_for(referral.participant_id)


@pytest.mark.parametrize("reason", [ClosureReason.DIED, ClosureReason.CUSTODY])
def test_nobody_is_written_to_after_a_death(reason: ClosureReason) -> None:
    """Not what waited, not that the case was closed, not that money goes back; nor anything that is queued afterwards."""
    booking = paid_case()
    referral = booking.requirement.referral
    complied = make_referral(ReferralState.COMPLIED, participant=referral.participant, scheme=make_scheme(referral.agency))
    later = clock.now() + timedelta(days=30)
    queue_message(
        kind="offer-accepted", recipient_id=referral.participant_id, subject_id=complied.pk, at=clock.now(), due_at=later,
        case_id=complied.pk,
    )  # fmt: skip
    assert waiting_for(referral.participant_id)
    assert participant_address(participant_id=referral.participant_id, channel="email") is not None
    withdraw(referral, reason)
    assert waiting_for(referral.participant_id) == set()
    assert Refund.objects.get().amount_pence == 8500
    queue_message(
        kind="payment-returned", recipient_id=referral.participant_id, subject_id=Refund.objects.get().pk, at=later
    )
    pump(at=later)
    states = OutboxMessage.objects.filter(recipient_id=referral.participant_id).values_list("state", flat=True)
    assert set(states) == {MessageState.DROPPED}


def test_after_custody_a_new_offer_may_be_written_of_after_a_death_never() -> None:
    for reason, reached in [(ClosureReason.CUSTODY, True), (ClosureReason.DIED, False)]:
        referral = make_referral(ReferralState.ACTIVE)
        withdraw(referral, reason)
        assert participant_address(participant_id=referral.participant_id, channel="email") is None
        make_referral(ReferralState.OFFERED, participant=referral.participant, scheme=make_scheme(referral.agency))
        assert (participant_address(participant_id=referral.participant_id, channel="email") is not None) is reached


def test_another_agencys_person_of_the_same_name_is_another_person() -> None:
    referral = make_referral(ReferralState.ACTIVE)
    namesake = make_participant(make_agency(), family_name=referral.participant.family_name)
    foreign = make_referral(ReferralState.ACTIVE, participant=namesake, scheme=make_scheme(namesake.agency))
    withdraw(referral, ClosureReason.DIED)
    foreign.refresh_from_db()
    assert foreign.state == ReferralState.ACTIVE
    assert participant_address(participant_id=namesake.pk, channel="email") is not None


def test_the_providers_administrators_hear_of_a_place_that_became_free_not_of_a_hold_that_ended() -> None:
    programme = make_programme()
    course = make_course(programme)
    administrator = make_user(Role.PROVIDER_ADMINISTRATOR, course.provider.organisation)
    make_user(Role.TRAINER, course.provider.organisation)
    scheme = make_scheme(programme=programme)
    held, confirmed = (
        make_booking(course, make_requirement(make_referral(ReferralState.ACCEPTED, scheme=scheme)), state)
        for state in (BookingState.HELD, BookingState.CONFIRMED)
    )
    withdraw(held.requirement.referral)
    assert not OutboxMessage.objects.filter(kind="place-freed").exists()
    withdraw(confirmed.requirement.referral)
    told = OutboxMessage.objects.get(kind="place-freed")
    assert (told.recipient_id, told.subject_id, told.case_id, told.channel) == (administrator.pk, course.pk, None, "email")


def test_the_locks_are_taken_in_the_houses_order() -> None:
    referral = paid_case().requirement.referral
    locked: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "FOR UPDATE" in sql or "FOR NO KEY UPDATE" in sql:
            locked.append(sql.split('FROM "')[1].split('"')[0].split("_", 1)[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        withdraw(referral)
    assert locked[:3] == ["course", "referral", "requirement"]
    first = [locked.index(table) for table in ("course", "referral", "requirement", "booking", "charge", "paymentattempt")]
    assert first == sorted(first)
