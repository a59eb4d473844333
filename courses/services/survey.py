"""Answering the survey after a course, once and without a name (C17)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import BookingState
from courses.models import Booking, SurveyAnswer
from diversion.core import clock
from diversion.core.errors import Refusal


class SurveyIsAnswered(Refusal):
    sentence = _("You have answered already. Thank you.")


class CourseIsNotFinished(Refusal):
    sentence = _("You can answer when you have finished the course.")


@dataclass(frozen=True, slots=True)
class Answers:
    """Scores from 1, strongly disagree, to 5, strongly agree."""

    clear: int
    fair: int
    useful: int


@transaction.atomic
def answer_survey(*, booking: Booking, answers: Answers, at: datetime) -> None:
    """Keep an answer, and on the booking only that there was one.

    Nothing is written to the trail and no `by` is asked for: who answered what, and when, is what must not be known.

    :raises CourseIsNotFinished: the place did not lead to a completed course.
    :raises SurveyIsAnswered: it was answered before.
    """
    booking = Booking.objects.select_for_update(no_key=True, of=("self",)).select_related("course").get(pk=booking.pk)
    if booking.state != BookingState.COMPLETED:
        raise CourseIsNotFinished()
    if booking.survey_answered:
        raise SurveyIsAnswered()
    SurveyAnswer.objects.create(
        provider_id=booking.course.provider_id,
        programme_id=booking.course.programme_id,
        month=clock.day_of(at).replace(day=1),
        clear=answers.clear,
        fair=answers.fair,
        useful=answers.useful,
    )
    booking.survey_answered = True
    booking.save(update_fields=["survey_answered"])
