"""A provider's courses: what runs, how full it is, a new one, and opening it for booking."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.forms.scheduling import CourseForm
from courses.models import Course, CourseCancellation, Provider
from courses.queries.licences import lacks_of
from courses.queries.provider_courses import booking_counts, coming_up, past
from courses.services.closing import close_booking, reopen_booking
from courses.services.replacing import can_cancel_course
from courses.services.scheduling import create_course, publish_course
from courses.views.licence_words import lack_sentences
from courses.views.planning_words import went_past_words
from courses.views.provider_words import LIST_HEAD, SESSIONS_HEAD, course_facts, list_rows, session_rows, state_tag
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other

A_PAGE = 25


@needs(Permission.SEE_COURSES)
@require_safe
def course_list(request: StaffRequest) -> HttpResponse:
    """`?show=past` for those whose last session has ended."""
    at = clock.now()
    showing_past = request.GET.get("show") == "past"
    courses = (past if showing_past else coming_up)(request.user, at=at)
    page = Paginator(courses, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "head": LIST_HEAD,
        "rows": list_rows(page.object_list),
        "showing_past": showing_past,
        "query": "show=past&" if showing_past else "",
    }
    return render(request, "courses/course_list.html", context)


@needs(Permission.SEE_COURSES)
@require_safe
def course_show(request: StaffRequest, public_id: str) -> HttpResponse:
    mine = Course.objects.visible_to(request.user).in_full().prefetch_related("sessions__trainers")
    course = get_object_or_404(mine, public_id=public_id)
    counts = booking_counts(course)
    context = {
        "course": course,
        "facts": course_facts(course, counts),
        "can_cancel": can_cancel_course(course, at=clock.now()),
        "cancellation": CourseCancellation.objects.filter(course=course).first(),
        "left": counts["confirmed"] + counts["held"],
        "state": state_tag(course),
        "head": SESSIONS_HEAD,
        "rows": session_rows(course, at=clock.now()),
        "lacks": lack_sentences(course, lacks_of([course])[course.pk]),
    }
    return render(request, "courses/course_show.html", context)


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def course_create(request: StaffRequest) -> HttpResponse:
    provider = get_object_or_404(Provider, organisation=request.user.organisation_id)
    form = CourseForm(request.POST if request.method == "POST" else None, provider=provider)
    if request.method == "POST" and form.is_valid():
        try:
            course, skipped = create_course(provider=provider, **form.plan(), by=request.user.as_actor(), at=clock.now())
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            if skipped:
                messages.info(request, went_past_words(skipped))
            return see_other("course-show", public_id=course.public_id)
    return render(request, "courses/course_create.html", {"form": form}, status=422 if form.is_bound else 200)


@needs(Permission.SCHEDULE)
@require_POST
def course_publish(request: StaffRequest, public_id: str) -> HttpResponse:
    course = get_object_or_404(Course.objects.visible_to(request.user), public_id=public_id)
    try:
        publish_course(course=course, by=request.user.as_actor(), at=clock.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return see_other("course-show", public_id=public_id)


@needs(Permission.SCHEDULE)
@require_POST
def course_close(request: StaffRequest, public_id: str) -> HttpResponse:
    """No more bookings; it runs for those who have a place."""
    return _set_booking(request, public_id, close_booking)


@needs(Permission.SCHEDULE)
@require_POST
def course_reopen(request: StaffRequest, public_id: str) -> HttpResponse:
    """Bookings again."""
    return _set_booking(request, public_id, reopen_booking)


def _set_booking(request: StaffRequest, public_id: str, change: Callable[..., Course]) -> HttpResponse:
    course = get_object_or_404(Course.objects.visible_to(request.user), public_id=public_id)
    try:
        change(course=course, by=request.user.as_actor(), at=clock.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return see_other("course-show", public_id=public_id)
