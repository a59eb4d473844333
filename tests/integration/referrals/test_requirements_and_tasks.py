"""Requirements are met, tasks are asked once, addresses are only the confirmed ones."""

import uuid
from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, transaction

from diversion.accounts.enums import Nation, Role
from diversion.audit.models import AuditEvent
from diversion.core.actor import Actor
from diversion.notifications.enums import Channel
from diversion.referrals.addresses import participant_address, staff_address
from diversion.referrals.enums import ReferralState, RequirementState, TaskKind
from diversion.referrals.models import BankHoliday, CaseTask
from diversion.referrals.services.requirements import RequirementIsNotRunning, activate, meet_requirement
from diversion.referrals.services.tasks import TaskIsDone, complete_task, raise_task
from tests.factories import (
    make_agency,
    make_participant,
    make_programme,
    make_referral,
    make_requirement,
    make_scheme,
    make_user,
)

pytestmark = pytest.mark.django_db
BY = Actor.system("test")
AT = datetime(2026, 12, 24, 9, tzinfo=UTC)


def test_the_first_place_activates_and_the_second_changes_nothing() -> None:
    requirement = make_requirement()
    for _ in range(2):
        activate(requirement=requirement, by=BY, at=AT)
    requirement.referral.refresh_from_db()
    assert requirement.referral.state == ReferralState.ACTIVE
    assert AuditEvent.objects.filter(action="referral.active").count() == 1


def test_a_referral_that_was_not_accepted_cannot_be_activated() -> None:
    requirement = make_requirement(make_referral(ReferralState.OFFERED), RequirementState.PENDING)
    with pytest.raises(RequirementIsNotRunning):
        activate(requirement=requirement, by=BY, at=AT)


def test_the_referral_is_complied_with_when_the_last_requirement_is_met() -> None:
    referral = make_referral(ReferralState.ACTIVE)
    first = make_requirement(referral)
    second = make_requirement(referral, programme=make_programme())
    meet_requirement(requirement=first, on=date(2026, 12, 20), by=BY, at=AT)
    referral.refresh_from_db()
    assert referral.state == ReferralState.ACTIVE
    for _ in range(2):
        meet_requirement(requirement=second, on=date(2026, 12, 21), by=BY, at=AT)
    referral.refresh_from_db()
    second.refresh_from_db()
    assert (referral.state, referral.closed_at) == (ReferralState.COMPLIED, AT)
    assert second.met_on == date(2026, 12, 21)


def test_a_requirement_decided_otherwise_is_not_met() -> None:
    requirement = make_requirement(make_referral(ReferralState.ACTIVE), RequirementState.NOT_MET)
    with pytest.raises(RequirementIsNotRunning):
        meet_requirement(requirement=requirement, on=date(2026, 12, 20), by=BY, at=AT)


def test_a_task_is_asked_once_and_falls_due_after_the_bank_holidays_of_the_nation() -> None:
    referral = make_referral(ReferralState.OFFERED)
    nation = referral.agency.nation
    for day in (date(2026, 12, 25), date(2026, 12, 28)):
        BankHoliday.objects.get_or_create(nation=nation, day=day, defaults={"name": "Holiday"})
    subject = uuid.uuid4()
    tasks = {
        raise_task(referral=referral, kind=TaskKind.ASKED_FOR_HELP, subject_id=subject, by=BY, at=AT).pk for _ in range(2)
    }
    assert len(tasks) == 1
    task = CaseTask.objects.get(pk=tasks.pop())
    assert task.due_on == date(2026, 12, 30)
    user = make_user(Role.CASE_OFFICER, referral.agency)
    complete_task(task=task, outcome="Rang back.", user=user, by=user.as_actor(), at=AT)
    with pytest.raises(TaskIsDone):
        complete_task(task=task, outcome="Again.", user=user, by=user.as_actor(), at=AT)
    again = raise_task(referral=referral, kind=TaskKind.ASKED_FOR_HELP, subject_id=subject, by=BY, at=AT)
    assert again.pk != task.pk


@pytest.mark.parametrize(
    ("nation", "raised_on", "due_on"),
    [
        (Nation.ENGLAND_AND_WALES, date(2025, 12, 31), date(2026, 1, 5)),
        (Nation.SCOTLAND, date(2025, 12, 31), date(2026, 1, 6)),
        (Nation.NORTHERN_IRELAND, date(2025, 12, 31), date(2026, 1, 5)),
        (Nation.ENGLAND_AND_WALES, date(2027, 7, 9), date(2027, 7, 13)),
        (Nation.SCOTLAND, date(2027, 7, 9), date(2027, 7, 13)),
        (Nation.NORTHERN_IRELAND, date(2027, 7, 9), date(2027, 7, 14)),
    ],
)
def test_a_task_falls_due_by_the_stored_holidays_of_the_agencys_own_nation(
    nation: Nation, raised_on: date, due_on: date
) -> None:
    """2 January is Scotland's own, 12 July Northern Ireland's: two working days later is not the same day everywhere."""
    referral = make_referral(ReferralState.OFFERED, scheme=make_scheme(make_agency(nation=nation)))
    at = datetime.combine(raised_on, time(9), tzinfo=UTC)
    task = raise_task(referral=referral, kind=TaskKind.ASKED_FOR_HELP, subject_id=referral.pk, by=BY, at=at)
    assert task.due_on == due_on


def test_the_database_refuses_the_same_open_question_twice() -> None:
    referral = make_referral(ReferralState.OFFERED)
    row = {"referral": referral, "kind": TaskKind.NO_COURSE_FITS, "subject_id": referral.pk, "raised_at": AT}
    CaseTask.objects.create(**row, due_on=AT.date())
    with pytest.raises(IntegrityError, match="asked_once"), transaction.atomic():
        CaseTask.objects.create(**row, due_on=AT.date())


def test_only_confirmed_contacts_are_written_to() -> None:
    participant = make_participant(mobile="+447700900123")
    email = participant_address(participant_id=participant.pk, channel=Channel.EMAIL)
    assert email is not None
    assert email.to == participant.email
    assert participant_address(participant_id=participant.pk, channel=Channel.SMS) is None
    assert participant_address(participant_id=uuid.uuid4(), channel=Channel.EMAIL) is None


def test_staff_are_written_to_at_work_while_they_work_here() -> None:
    user = make_user(Role.CASE_OFFICER)
    assert staff_address(user_id=user.pk, channel=Channel.SMS) is None
    address = staff_address(user_id=user.pk, channel=Channel.EMAIL)
    assert address is not None
    assert address.to == user.email
    user.memberships.update(ended_at=AT)
    assert staff_address(user_id=user.pk, channel=Channel.EMAIL) is None
