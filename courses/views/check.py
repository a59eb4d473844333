"""One course before it is chosen, and keeping a place on it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from courses.models import Booking, Course
from courses.part import Part
from courses.policies import check_can_book, end_on, price_on
from courses.presentation import course_rows, part_words, why_it_fits
from courses.queries.my_course import requirement_for_course
from courses.queries.progress import part_to_book
from courses.queries.search import Criteria, courses_that_fit
from courses.services.booking import CourseIsFull, hold_place
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import Requirement
from diversion.referrals.querysets import RequirementQuerySet


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def course_check(request: StaffRequest, public_id: str) -> HttpResponse:
    """GET shows it; POST keeps a place and goes on to pay. A refusal leads back to the search, with its reason.

    Whose course was cancelled chooses it in place of that one, with what they paid.
    """
    at = clock.now()
    course = get_object_or_404(Course.objects.visible_to(request.user).in_full(), public_id=public_id)
    requirement = requirement_for_course(request.user, course, at=at)
    if requirement is None:
        return _nothing_to_book(Requirement.objects.visible_to(request.user).filter(programme=course.programme_id))
    if cancelled := Booking.objects.visible_to(request.user).to_replace(requirement):
        return see_other("move-check", public_id=cancelled.public_id, course_id=public_id)
    try:
        if request.method == "POST":
            flexible = "flexible" in request.POST
            by = request.user.as_actor()
            booking = hold_place(course=course, requirement=requirement, flexible=flexible, by=by, at=at)
            return see_other("checkout-start", public_id=booking.public_id)
        part = part_to_book(requirement, at=at)
        check_can_book(course=course, requirement=requirement, part=part, at=at)
        if not courses_that_fit(requirement=requirement, criteria=Criteria(), at=at).filter(pk=course.pk).exists():
            raise CourseIsFull()
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return see_other("course-find")
    return render(request, "courses/course_check.html", _context(course, part, requirement))


def _context(course: Course, part: Part, requirement: Requirement) -> dict[str, Any]:
    price = price_on(course, part)
    return {
        "course": course,
        "price": price,
        "rows": course_rows(course, part, price_pence=price, funded=requirement.funded),
        "why": why_it_fits(end_on(course, part), requirement.complete_by),
        "part": part_words(part),
        "complete_by": requirement.complete_by,
        "funded": requirement.funded,
        "voluntary": requirement.referral.voluntary,
    }


def _nothing_to_book(mine: RequirementQuerySet) -> HttpResponse:
    """Home, for whom the page was open as the agency ended the case; for everybody else there is no such page."""
    if mine.filter(referral__state=ReferralState.WITHDRAWN).exists():
        return see_other("my-home")
    raise Http404
