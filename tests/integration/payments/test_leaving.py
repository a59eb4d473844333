"""A volunteer leaves: the money goes back, and nothing that names them stays, in rows or in histories (R14)."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from courses.enums import BookingState
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ClosureReason, ReferralState, RequirementState
from diversion.referrals.models import ContactClaim, Participant, Referral
from payments.enums import ChargeState, FundingState, RefundCause
from payments.models import Charge, FundingRequest, PaymentAttempt, Refund
from payments.services.funding import ask_for_funding
from payments.services.leaving import NotAVolunteer, leave
from payments.services.polling import cancel_unpaid
from tests.factories import (
    make_booking,
    make_course,
    make_participant,
    make_referral,
    make_requirement,
    make_volunteer,
    make_wait,
)
from tests.integration.dump.test_stolen_dump import dump, traces
from tests.integration.payments.bank import BY
from tests.integration.signed_in import sign_in

NOW = clock.now()
CANARIES = ["Quillfeather", "quill.x@canary.example", "+447700900419", "I have lost everything", "of course we pay"]


def gone(user):
    leave(user=user, by=BY, at=clock.now())


def volunteer(**fields):
    case = make_volunteer(**fields)
    return case, make_requirement(case), case.participant.user


def history_of(person):
    return Participant.pgh_event_model.objects.filter(pgh_obj_id=person.pk).count() if person else 0


@pytest.mark.django_db
def test_a_paid_place_is_given_up_and_all_of_the_money_goes_back():
    _case, requirement, user = volunteer()
    booking = make_booking(requirement=requirement)
    charge = Charge.objects.create(
        state="paid", booking=booking, amount_pence=8500, agency=requirement.referral.agency, created_at=NOW, paid_at=NOW
    )
    PaymentAttempt.objects.create(
        state="paid", charge=charge, number=1, amount_pence=8500, taken_pence=8500, reserved_at=NOW, expires_at=NOW,
        paid_at=NOW, stripe_session_id="cs_1", stripe_payment_intent_id="pi_1",
    )  # fmt: skip
    gone(user)
    booking.refresh_from_db()
    booking.course.refresh_from_db()
    charge.refresh_from_db()
    refund = Refund.objects.get()
    assert (booking.state, booking.course.taken) == (BookingState.CANCELLED_BY_PARTICIPANT, 0)
    assert (refund.amount_pence, refund.cause) == (8500, RefundCause.PARTICIPANT_CANCELLED)
    assert charge.state == ChargeState.REFUND_DUE, "the money's rows stay"


@pytest.mark.django_db
def test_an_unpaid_place_is_given_up_and_nothing_is_owed():
    case, requirement, user = volunteer()
    booking = make_booking(requirement=requirement, state=BookingState.HELD)
    Charge.objects.create(state="owed", booking=booking, amount_pence=8500, agency=case.agency, created_at=NOW)
    gone(user)
    cancel_unpaid(at=clock.now())
    booking.refresh_from_db()
    assert (booking.state, Charge.objects.get().state) == (BookingState.CANCELLED_BY_PARTICIPANT, ChargeState.CANCELLED)


@pytest.mark.django_db
def test_nobody_waits_any_longer_and_no_row_says_near_where():
    _case, requirement, user = volunteer()
    near = make_wait(None, requirement, place="Leeds", latitude=53.8, longitude=-1.55, miles=20)
    of_a_course = make_wait(make_course(requirement.programme), requirement)
    gone(user)
    for wait in (near, of_a_course):
        wait.refresh_from_db()
    assert [(wait.state, wait.place, wait.latitude, wait.miles) for wait in (near, of_a_course)] == [
        ("left", "", None, None)
    ] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("state", [ReferralState.ACCEPTED, ReferralState.ACTIVE, ReferralState.COMPLIED])
def test_at_any_time(state):
    case, requirement, user = volunteer(state=state)
    request = None
    if state == ReferralState.ACCEPTED:
        request = ask_for_funding(requirement=requirement, words="I have lost everything", by=BY, at=NOW)
    gone(user)
    case.refresh_from_db()
    requirement.refresh_from_db()
    person = Participant.objects.get(pk=case.participant_id)
    assert (person.full_name, person.email, person.mobile, person.user) == ("", "", "", None)
    if state != ReferralState.COMPLIED:
        assert (case.state, case.closure_reason) == (ReferralState.WITHDRAWN, ClosureReason.LEFT)
        assert requirement.state == RequirementState.NOT_MET
    if request:
        request.refresh_from_db()
        assert (request.state, request.words) == (FundingState.WITHDRAWN, "")


@pytest.mark.django_db
def test_the_door_is_shut_behind_them_and_no_message_follows():
    case, _requirement, user = volunteer()
    client = sign_in(Client(), user)
    OutboxMessage.objects.create(
        state="queued", kind="session-reminder", channel="email", recipient_id=case.participant_id, subject_id=uuid.uuid4(),
        created_at=NOW, due_at=NOW,
    )  # fmt: skip
    gone(user)
    user.refresh_from_db()
    assert (user.is_active, user.memberships.filter(ended_at=None).exists()) == (False, False)
    assert client.get("/my/").status_code == 302
    assert set(OutboxMessage.objects.filter(recipient_id=case.participant_id).values_list("state", flat=True)) == {
        "dropped"
    }


@pytest.mark.django_db
def test_whom_an_agency_referred_cannot_leave_here():
    referral = make_referral(ReferralState.ACCEPTED)
    make_requirement(referral)
    with pytest.raises(NotAVolunteer):
        gone(referral.participant.user)
    assert sign_in(Client(), referral.participant.user).post("/my/leave/").status_code == 404
    assert Participant.objects.get(pk=referral.participant_id).full_name


def erase(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT erase_volunteers_history(%s)", [person.pk])


def refuses(person, words):
    before = history_of(person)
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        erase(person)
    assert history_of(person) == before > 0


@pytest.mark.django_db
def test_the_databases_eraser_refuses_whom_an_agency_referred():
    person = make_participant(given_names="", family_name="", email="", user=None, date_of_birth=None)
    make_referral(ReferralState.DRAFT, participant=person)
    refuses(person, "only a volunteer")


@pytest.mark.django_db
def test_it_refuses_a_volunteer_with_a_case_of_an_agency_beside():
    case = make_volunteer(state=ReferralState.WITHDRAWN)
    make_referral(ReferralState.DRAFT, participant=case.participant)
    refuses(case.participant, "only a volunteer")


@pytest.mark.django_db
def test_it_refuses_a_volunteer_who_has_not_left():
    refuses(make_volunteer().participant, "has not left")


@pytest.mark.django_db
def test_it_refuses_while_the_row_names_somebody():
    refuses(make_volunteer(state=ReferralState.WITHDRAWN).participant, "still names somebody")


@pytest.mark.django_db
def test_it_refuses_somebody_unknown():
    with pytest.raises(IntegrityError, match="only a volunteer"), transaction.atomic():
        erase(Participant(pk=uuid.uuid4()))


@pytest.mark.django_db
def test_it_erases_one_persons_history_and_leaves_the_triggers_awake():
    case, _requirement, user = volunteer()
    other = make_volunteer().participant
    kept = history_of(other)
    gone(user)
    assert (history_of(case.participant), history_of(other)) == (0, kept)
    assert kept > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore', true)")
        assert cursor.fetchone()[0] in ("", "{}", None)


def ciphertexts() -> list[bytes]:
    """Every sealed value that the database holds of the volunteer, in rows and histories, as a dump shows it."""
    found = []
    with connection.cursor() as cursor:
        for table in ("referrals_participant", "referrals_participantevent"):
            cursor.execute(f"SELECT given_names, email, mobile FROM {table}")
            found += [bytes(value).hex().encode() for each in cursor.fetchall() for value in each if value]
    return found


def test_nothing_of_the_person_is_in_a_dump_of_the_database_afterwards(committed_db: None) -> None:
    """Not in the clear, and not sealed either: what was sealed before is gone from rows and histories alike."""
    case, requirement, user = volunteer()
    person = case.participant
    person.given_names, person.email, person.mobile = "Quillfeather", "quill.x@canary.example", "+447700900419"
    person.save()
    ask_for_funding(requirement=requirement, words="I have lost everything", by=BY, at=NOW)
    ContactClaim.objects.create(
        participant=person, channel="email", contact="quill.x@canary.example", code="314159", created_at=NOW,
        expires_at=clock.now() + timedelta(minutes=10),
    )  # fmt: skip
    sealed, before = ciphertexts(), dump()
    assert len(sealed) > 6
    assert all(each in before for each in sealed), "a control: the dump would show them"
    gone(user)
    after = dump()
    assert [each for each in sealed if each in after] == []
    assert {word: found for word in CANARIES if (found := traces(word, after))} == {}
    assert not ContactClaim.objects.exists()
    assert FundingRequest.objects.get().words == ""
    assert Referral.objects.get().reference == ""
