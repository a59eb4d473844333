"""A provider cancels a course: what follows is said first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from courses.forms.cancelling import CancelCourseForm
from courses.models import Course
from courses.queries.provider_courses import booking_counts
from courses.queries.unreachable import people_out_of_reach
from courses.services.replacing import CHOOSE_WITHIN, can_cancel_course, cancel_course
from courses.tasks import wake_for_cancelled
from courses.views.provider_words import course_facts
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def course_cancel(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks for the reason; POST cancels at once, and the people are told in the background."""
    at = clock.now()
    course = get_object_or_404(Course.objects.visible_to(request.user).in_full(), public_id=public_id)
    form = CancelCourseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _cancel(request, course, form.cleaned_data["reason"])
    if not can_cancel_course(course, at=at):
        return redirect("course-show", public_id=public_id)
    counts = booking_counts(course)
    context = {
        "course": course, "form": form, "facts": course_facts(course, counts), "counts": counts, "days": CHOOSE_WITHIN.days,
        "out_of_reach": people_out_of_reach(course, at=at),
    }  # fmt: skip
    return render(request, "courses/course_cancel.html", context, status=422 if form.is_bound else 200)


def _cancel(request: StaffRequest, course: Course, reason: str) -> HttpResponse:
    by = request.user.as_actor()
    try:
        cancel_course(course=course, reason=reason, user=request.user, by=by, at=clock.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        wake_for_cancelled()
        messages.success(request, gettext("The course is cancelled."))
    return see_other("course-show", public_id=course.public_id)
