"""Waiting lists: joining one course's, one for any course near a place, and leaving."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from courses.forms.waiting import WaitAnyForm
from courses.models import Course, WaitingEntry
from courses.policies import check_can_book, end_on, price_on
from courses.presentation import course_rows, wait_title, why_it_fits
from courses.queries.my_course import requirement_for_course, requirement_to_book
from courses.queries.progress import part_to_book
from courses.queries.waiting import people_before_newcomer
from courses.services.waiting import CourseHasPlaces, join_for_any, join_for_course, leave_list
from courses.views.search_session import near
from courses.views.waiting_words import ahead_words
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def waiting_join(request: StaffRequest, public_id: str) -> HttpResponse:
    """GET says how the list works; POST joins. A course with a place leads to that place."""
    at = clock.now()
    course = get_object_or_404(Course.objects.visible_to(request.user).in_full(), public_id=public_id)
    requirement = requirement_for_course(request.user, course, at=at)
    if requirement is None:
        raise Http404
    try:
        if request.method == "POST":
            join_for_course(course=course, requirement=requirement, by=request.user.as_actor(), at=at)
            messages.success(request, gettext("You are on the waiting list."))
            return see_other("my-home")
        part = part_to_book(requirement, at=at)
        check_can_book(course=course, requirement=requirement, part=part, at=at)
    except CourseHasPlaces:
        return see_other("course-check", public_id=course.public_id)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return see_other("course-find")
    context = {
        "rows": course_rows(course, part, price_pence=price_on(course, part), funded=requirement.funded),
        "why": why_it_fits(end_on(course, part), requirement.complete_by),
        "ahead": ahead_words(people_before_newcomer(course, requirement, at=at)),
        "complete_by": requirement.complete_by,
    }
    return render(request, "courses/waiting_join.html", context)


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def waiting_any(request: StaffRequest) -> HttpResponse:
    """Asks where and how far; POST joins. Where such a course has a place, the search shows it."""
    at = clock.now()
    requirement = requirement_to_book(request.user, at=at)
    if requirement is None:
        return redirect("my-home")
    here = near(request, requirement.referral.participant)
    form = WaitAnyForm(request.POST if request.method == "POST" else None, initial={"place": here, "miles": 20})
    if form.is_valid():
        try:
            join_for_any(
                area=form.area(), online_ok=form.cleaned_data["online_ok"], requirement=requirement,
                by=request.user.as_actor(), at=at,
            )  # fmt: skip
        except Refusal as refusal:
            messages.warning(request, str(refusal))
            return see_other("course-find")
        messages.success(request, gettext("You are on the waiting list."))
        return see_other("my-home")
    context = {"form": form, "complete_by": requirement.complete_by}
    return render(request, "courses/waiting_any.html", context, status=422 if form.is_bound else 200)


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def waiting_leave(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks first; POST leaves, and gives up what is offered."""
    waits = WaitingEntry.objects.visible_to(request.user).select_related("course__venue", "requirement")
    entry = get_object_or_404(waits, public_id=public_id)
    if request.method == "POST":
        try:
            leave_list(entry=entry, by=request.user.as_actor(), at=clock.now())
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        return see_other("my-home")
    context = {"entry": entry, "title": wait_title(entry), "complete_by": entry.requirement.complete_by}
    return render(request, "courses/waiting_leave.html", context)
