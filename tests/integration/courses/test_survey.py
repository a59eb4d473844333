"""The survey after a course: asked once, of who completed, and nothing leads from an answer to a person (C17)."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from courses.enums import BookingState
from courses.models import Booking, SurveyAnswer
from courses.services.survey import Answers, CourseIsNotFinished, SurveyIsAnswered, answer_survey
from diversion.accounts.enums import Role
from diversion.audit.models import AuditEvent
from diversion.core import clock
from tests.factories import make_booking, make_course, make_provider, make_requirement, make_user
from tests.integration.signed_in import sign_in

pytestmark = pytest.mark.django_db
TYPED = {"clear": "5", "fair": "4", "useful": "2"}


def finished() -> Booking:
    return make_booking(state=BookingState.COMPLETED)


def desk(booking: Booking) -> Client:
    return sign_in(Client(), booking.requirement.referral.participant.user)


def test_an_answer_is_kept_once_and_the_page_asks_no_more() -> None:
    booking = finished()
    phone, page = desk(booking), reverse("survey-answer", args=[booking.public_id])
    home = phone.post(page, TYPED, follow=True).content.decode()
    assert "Nobody can see which answers are yours." in home
    assert page not in home
    again = phone.post(page, {**TYPED, "clear": "1"}, follow=True).content.decode()
    assert "You have answered already." in again
    answer = SurveyAnswer.objects.get()
    assert (answer.clear, answer.fair, answer.useful) == (5, 4, 2)


def test_nothing_leads_from_an_answer_to_a_person() -> None:
    booking = finished()
    trail = AuditEvent.objects.count()
    answer_survey(booking=booking, answers=Answers(5, 5, 5), at=clock.now())
    answer = SurveyAnswer.objects.get()
    assert {field.name for field in SurveyAnswer._meta.get_fields()} == {
        "id", "provider", "programme", "month", "clear", "fair", "useful"
    }  # fmt: skip
    assert (answer.month.day, answer.id.version) == (1, 4)
    assert AuditEvent.objects.count() == trail
    assert not booking.events.filter(pgh_created_at__gt=booking.held_at, pgh_label="update_update").exists()


def test_an_answer_left_out_is_asked_for_beside_its_question() -> None:
    booking = finished()
    answer = desk(booking).post(reverse("survey-answer", args=[booking.public_id]), {"clear": "5", "fair": "6"})
    assert answer.status_code == 422
    assert SurveyAnswer.objects.count() == 0
    assert "Choose how far you agree" in answer.content.decode()


@pytest.mark.parametrize("state", [state for state in BookingState if state != BookingState.COMPLETED])
def test_only_who_completed_is_asked(state: str) -> None:
    booking = make_booking(state=state)
    assert desk(booking).get(reverse("survey-answer", args=[booking.public_id])).status_code == 404
    with pytest.raises(CourseIsNotFinished):
        answer_survey(booking=booking, answers=Answers(5, 5, 5), at=clock.now())


def test_twice_at_once_is_refused() -> None:
    booking = finished()
    answer_survey(booking=booking, answers=Answers(5, 5, 5), at=clock.now())
    with pytest.raises(SurveyIsAnswered):
        answer_survey(booking=booking, answers=Answers(1, 1, 1), at=clock.now())


def test_the_database_lets_nobody_change_an_answer() -> None:
    answer_survey(booking=finished(), answers=Answers(5, 5, 5), at=clock.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        SurveyAnswer.objects.update(clear=1)


@pytest.mark.parametrize(("count", "shown"), [(4, "fewer than 5"), (5, "3.8")])
def test_a_provider_reads_means_of_its_own_courses_once_there_are_five(count: int, shown: str) -> None:
    provider, other = make_provider(), make_provider()
    requirement = make_requirement()
    for number in range(count):
        place = make_booking(make_course(requirement.programme, provider=provider), state=BookingState.COMPLETED)
        answer_survey(booking=place, answers=Answers(3 if number == 0 else 4, 5, 1), at=clock.now())
    administrator = sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR, provider.organisation))
    page = administrator.get(reverse("quality-show")).content.decode()
    assert shown in page
    assert ("5.0" in page) == (count == 5)
    stranger = sign_in(Client(), make_user(Role.PROVIDER_ADMINISTRATOR, other.organisation))
    assert "No answers yet" in stranger.get(reverse("quality-show")).content.decode()
