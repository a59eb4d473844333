"""A person whom messages do not reach becomes a task, once, and not while another channel still reaches them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from diversion.compliance.queries.caseload import cases, row, with_parts
from diversion.core import clock
from diversion.notifications.enums import MessageState as S
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import ReferralState, TaskKind
from diversion.referrals.models import CaseTask, Referral
from diversion.referrals.tasks import ask_about_the_unreached
from tests.factories import make_referral, make_requirement

pytestmark = pytest.mark.django_db
AT = clock.now()


def message(referral: Referral, state: S = S.FAILED, **fields: Any) -> OutboxMessage:
    return OutboxMessage.objects.create(
        **{
            "state": state,
            "kind": "booking-confirmed",
            "channel": "email",
            "recipient_id": referral.participant_id,
            "subject_id": uuid.uuid4(),
            "case_id": referral.pk,
            "created_at": AT - timedelta(minutes=5),
            "due_at": AT,
            "sent_at": AT if state == S.SENT else None,
            **fields,
        }
    )


def test_a_failed_message_becomes_one_task_and_turns_the_case_amber() -> None:
    referral = make_referral(ReferralState.ACCEPTED)
    make_requirement(referral)
    message(referral)
    message(referral)
    for _ in range(2):
        ask_about_the_unreached(AT)
    task = CaseTask.objects.get()
    assert (task.kind, task.referral_id) == (TaskKind.CONTACT_FAILED, referral.pk)
    (shown,) = with_parts(cases(referral.officer))
    assert row(shown, at=AT).rag.reason == "Messages do not arrive"


def test_a_later_failure_asks_again_once_the_first_was_dealt_with() -> None:
    referral = make_referral(ReferralState.ACCEPTED)
    message(referral)
    ask_about_the_unreached(AT)
    CaseTask.objects.update(done_at=AT)
    ask_about_the_unreached(AT + timedelta(minutes=1))
    assert CaseTask.objects.count() == 1
    message(referral, created_at=AT + timedelta(minutes=2))
    ask_about_the_unreached(AT + timedelta(minutes=3))
    assert CaseTask.objects.count() == 2


def test_what_another_channel_delivers_or_what_staff_were_sent_asks_nothing() -> None:
    referral = make_referral(ReferralState.ACCEPTED)
    subject = uuid.uuid4()
    message(referral, subject_id=subject, channel="sms")
    message(referral, S.SENT, subject_id=subject)
    message(referral, recipient_id=referral.officer_id)
    ask_about_the_unreached(AT)
    assert not CaseTask.objects.exists()
