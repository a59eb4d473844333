"""What people thought of a course: answers that nobody can lead back to a person."""

import uuid

from django.db import models
from django.db.models import Q

from courses.models.provider import Provider
from diversion.core.models import Row, append_only
from diversion.referrals.models import Programme

SCORES = range(1, 6)
"""From 1, strongly disagree, to 5, strongly agree."""


class SurveyAnswer(Row):
    """One person's answer. It knows the provider, the programme and the month, and has no link to anybody: not even its key,
    which is drawn at random, tells when it was given."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="survey_answers")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    clear = models.PositiveSmallIntegerField()
    fair = models.PositiveSmallIntegerField()
    useful = models.PositiveSmallIntegerField()

    class Meta:
        triggers = [append_only()]
        constraints = [
            models.CheckConstraint(
                condition=Q(clear__in=SCORES, fair__in=SCORES, useful__in=SCORES), name="courses_surveyanswer_1_to_5"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="courses_surveyanswer_month_not_day"),
        ]
        indexes = [models.Index(fields=["provider", "programme"], name="courses_survey_by_provider")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
