"""Choose a course: only those that still meet the date."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from courses.forms.search import FilterForm, PlaceForm
from courses.models import Course
from courses.part import Part
from courses.presentation import found_lines, part_words
from courses.queries.my_course import requirement_to_book
from courses.queries.progress import part_to_book
from courses.queries.search import CoursePages, as_cards, courses_that_fit, full_courses
from courses.views.search_session import keep_filters, keep_place, near
from courses.views.words import chosen_filters
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other
from diversion.referrals.models import Requirement


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def course_find(request: StaffRequest) -> HttpResponse:
    """GET lists; POST moves the place searched near, which never stands in an address."""
    requirement = requirement_to_book(request.user, at=clock.now())
    if requirement is None:
        return redirect("my-home")
    if request.method != "POST":
        return _found(request, requirement)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _found(request, requirement, form=form)
    keep_place(request, form.cleaned_data["place"])
    return see_other(request.get_full_path())


def _found(request: StaffRequest, requirement: Requirement, *, form: PlaceForm | None = None) -> HttpResponse:
    filters = FilterForm(request.GET)
    chosen = filters.chosen()
    keep_filters(request, chosen)
    here = near(request, requirement.referral.participant)
    at, criteria = clock.now(), filters.criteria(near=here)
    part = part_to_book(requirement, at=at)
    found = as_cards(courses_that_fit(requirement=requirement, criteria=criteria, at=at))
    page = CoursePages(found).get_page(request.GET.get("page"))
    # Who has pages of courses with a place rarely wants to wait for another: those are a press away.
    with_full = "full" in request.GET or not page.has_other_pages()
    full = as_cards(full_courses(requirement=requirement, criteria=criteria, at=at)) if with_full else []
    context = {
        "form": form, "place_form": form or PlaceForm(initial={"place": here}), "near": here,
        "filter_form": filters, "chosen": chosen_filters(filters, chosen), "query": f"{urlencode(chosen)}&" if chosen else "",
        "page": page, "cards": _cards(page.object_list, part, requirement),
        "full": _cards(full, part, requirement), "with_full": with_full,
        "part": part_words(part), "requirement": requirement, "complete_by": requirement.complete_by,
    }  # fmt: skip
    return render(request, "courses/course_find.html", context, status=422 if form else 200)


def _cards(courses: Iterable[Course], part: Part, requirement: Requirement) -> list[dict[str, Any]]:
    return [{"course": course, "lines": found_lines(course, part, requirement.complete_by)} for course in courses]
