"""A published course that takes no more bookings, and runs for those who have a place."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseState
from courses.models import Course
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal


class CourseIsNotPublished(Refusal):
    sentence = _("This course is not open for booking.")


@transaction.atomic
def close_booking(*, course: Course, by: Actor, at: datetime) -> Course:
    """From now on nobody new takes a place. Who holds one may still pay, and nobody loses one. Doing it again changes nothing.

    :raises CourseIsNotPublished: it is a draft, over, or cancelled.
    """
    return _set(course, at, action="course.booking_closed", by=by, at=at)


@transaction.atomic
def reopen_booking(*, course: Course, by: Actor, at: datetime) -> Course:
    """It takes bookings again. Doing it again changes nothing.

    :raises CourseIsNotPublished: it is a draft, over, or cancelled.
    """
    return _set(course, None, action="course.booking_reopened", by=by, at=at)


def _set(course: Course, closed_at: datetime | None, *, action: str, by: Actor, at: datetime) -> Course:
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if course.state != CourseState.PUBLISHED:
        raise CourseIsNotPublished()
    if (course.booking_closed_at is None) != (closed_at is None):
        course.booking_closed_at = closed_at
        course.save(update_fields=["booking_closed_at"])
        record_change(action=action, subject=course, by=by, at=at)
    return course
