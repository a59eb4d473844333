"""Somebody who asked for help themselves: nobody's case, by the database's word (R14)."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.notifications.models import OutboxMessage
from diversion.referrals.enums import TaskKind
from diversion.referrals.models import CaseTask, RiskDecision
from diversion.referrals.services.tasks import raise_task
from diversion.referrals.services.unreachable import ask_about_failed_messages
from tests.factories import make_agency, make_organisation, make_referral, make_user, make_volunteer

pytestmark = pytest.mark.django_db
NOW = clock.now()


def refused(make):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make()
    return refusal.value.__cause__.diag.constraint_name


@pytest.mark.parametrize("missing", ["participant", "scheme_version", "disposal"])
def test_a_volunteers_case_is_complete_from_the_start(missing):
    case = make_volunteer()
    setattr(case, missing, None)
    assert refused(case.save) == "referrals_referral_complete_when_submitted"


def test_being_a_volunteer_does_not_excuse_an_agencys_case_from_authorisation():
    case = make_referral("offered")
    case.authorised_by = case.authorised_at = case.authorised_rank = case.required_rank = None
    assert refused(case.save) == "referrals_referral_offered_only_if_authorised"


def test_an_agency_cannot_keep_a_volunteers_case():
    case = make_volunteer()
    case.agency = make_agency()
    assert refused(case.save).startswith("pgtrigger_volunteers_have_their_own_house")


def test_a_voluntary_service_cannot_keep_an_agencys_case():
    case = make_referral()
    case.agency = make_organisation("self")
    assert refused(case.save).startswith("pgtrigger_volunteers_have_their_own_house")


def test_nobody_decides_on_a_volunteers_risk():
    case = make_volunteer()
    name = refused(
        lambda: RiskDecision.objects.create(
            referral=case, tool="x", level="low", decided_on=date(2026, 1, 1), assessor="x", rationale="x"
        )
    )
    assert name.startswith("pgtrigger_nobody_judges_volunteers")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PARTICIPANT])
def test_a_voluntary_service_employs_nobody(role):
    house = make_organisation("self")
    assert refused(lambda: make_user(role, house)).startswith("pgtrigger_a_voluntary_service_employs_nobody")


def test_its_participants_are_members():
    house = make_organisation("self")
    assert make_user(Role.PARTICIPANT, house).organisation_id == house.pk


@pytest.mark.parametrize("kind", list(TaskKind))
def test_what_would_be_an_officers_task_is_told_to_a_volunteer_once(kind):
    """Nobody is asked to look at a volunteer's case, and nothing is lost in silence."""
    case, subject = make_volunteer(), uuid4()
    for _again in range(2):
        assert raise_task(referral=case, kind=kind, subject_id=subject, by=Actor.system("test"), at=NOW) is None
    assert not CaseTask.objects.exists()
    told = OutboxMessage.objects.filter(recipient_id=case.participant_id, channel="email")
    assert [(message.kind, message.occurrence) for message in told] == [("please-phone", kind)]
    assert AuditEvent.objects.filter(case_id=case.pk, action="help.pointed-to", data={"kind": kind}).exists()


def test_nobody_is_asked_about_a_volunteer_whom_messages_do_not_reach():
    case, theirs = make_volunteer(), make_referral("accepted")
    for each in (case, theirs):
        OutboxMessage.objects.create(
            state="failed", kind="booking-confirmed", channel="email", recipient_id=each.participant_id, subject_id=uuid4(),
            case_id=each.pk, created_at=NOW, due_at=NOW,
        )  # fmt: skip
    ask_about_failed_messages(at=NOW)
    assert [task.referral_id for task in CaseTask.objects.all()] == [theirs.pk]
    assert not OutboxMessage.objects.filter(kind="please-phone").exists()
