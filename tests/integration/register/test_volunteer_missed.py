"""A volunteer who misses a session: no officer is asked, and they are told whom to phone (R14)."""

import pytest
from django.test import Client

from courses.enums import BookingState, OutcomeCode
from courses.services.register import submit_register
from diversion.core import clock
from diversion.notifications.models import OutboxMessage
from diversion.referrals.models import CaseTask
from tests.factories import make_booking, make_organisation, make_requirement, make_scheme, make_volunteer
from tests.integration.register.registers import first_session, make_running_course, mark, trainer_of
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_nobody_is_asked_and_the_person_is_told_once() -> None:
    course = make_running_course()
    scheme = make_scheme(make_organisation("self"), programme=course.programme)
    case = make_volunteer(scheme, state="active")
    other = course.bookings.get()
    theirs = make_booking(course, make_requirement(case))
    session = first_session(course)
    trainer = trainer_of(session)
    marks = [mark(each, OutcomeCode.UAAB) for each in (theirs, other)]
    submit_register(session=session, marks=marks, user=trainer, by=trainer.as_actor(), at=clock.now())
    theirs.refresh_from_db()
    assert theirs.state == BookingState.NOT_COMPLETED
    assert [task.referral_id for task in CaseTask.objects.all()] == [other.requirement.referral_id]
    told = OutboxMessage.objects.filter(recipient_id=case.participant_id, channel="email")
    assert [message.kind for message in told] == ["please-phone"]
    page = sign_in(Client(), case.participant.user).get("/my/").content.decode()
    assert "Nobody is told" in page
    assert "A person will look" not in page
