"""Moving to another course, or taking one in place of a cancelled one: which there are, what it costs, and doing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Booking, Course
from courses.part import Part
from courses.policies import PlaceCannotBeMoved, check_can_move, end_on, has_open_replacement
from courses.presentation import booking_rows, course_rows, found_lines, why_it_fits
from courses.queries.progress import part_to_book
from courses.queries.search import Criteria, courses_that_fit, page_of_courses
from courses.services.booking import CourseIsFull
from courses.services.moving import moves_that_count, price_of_move, terms_for
from courses.views.search_session import near
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.models import Requirement
from payments.gateway import GatewayIsDown
from payments.models import Charge
from payments.presentation import move_rows, move_words
from payments.quotes import Purse, purse_of
from payments.services.moving import move_place
from payments.views.mine import my_booking


@needs(Permission.OWN_CASE)
@require_safe
def booking_move(request: StaffRequest, public_id: str) -> HttpResponse:
    """The courses that the person could take instead, each with what it would cost them."""
    at = clock.now()
    booking = my_booking(request, public_id)
    requirement = booking.requirement
    if refused := _refused(request, booking, requirement):
        return refused
    here = near(request, requirement.referral.participant)
    found = courses_that_fit(requirement=requirement, criteria=Criteria(near=here), at=at).exclude(pk=booking.course_id)
    part = part_to_book(requirement, at=at)
    page = page_of_courses(found.prefetch_related("sessions"), request.GET.get("page"))
    charge = Charge.objects.visible_to(request.user).filter(booking=booking).select_related("carried_from").first()
    purse = purse_of(booking=booking, charge=charge, at=at)
    cards = [_card(booking, purse, course, part) for course in page.object_list]
    context = {
        "booking": booking, "rows": booking_rows(booking), "page": page, "cards": cards,
        "replaces": has_open_replacement(booking), "complete_by": requirement.complete_by,
    }  # fmt: skip
    return render(request, "payments/booking_move.html", context)


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def move_check(request: StaffRequest, public_id: str, course_id: str) -> HttpResponse:
    """From, to, and what it costs; POST makes the exchange, or goes on to pay what is lacking."""
    booking = my_booking(request, public_id)
    requirement = booking.requirement
    course = get_object_or_404(Course.objects.visible_to(request.user).in_full(), public_id=course_id)
    if request.method == "POST":
        return _move(request, booking, course)
    if refused := _refused(request, booking, requirement):
        return refused
    found = courses_that_fit(requirement=requirement, criteria=Criteria(), at=clock.now())
    if not found.filter(pk=course.pk).exclude(pk=booking.course_id).exists():
        messages.warning(request, str(CourseIsFull()))
        return see_other("booking-move", public_id=public_id)
    return render(request, "payments/move_check.html", _context(request, booking, course, requirement))


def _move(request: StaffRequest, booking: Booking, course: Course) -> HttpResponse:
    try:
        url = move_place(booking=booking, course=course, by=request.user.as_actor(), at=clock.now())
    except GatewayIsDown as refusal:
        messages.warning(request, str(refusal))
        return see_other("my-home")
    except PlaceCannotBeMoved as refusal:
        return _moved_already(request, booking, course, refusal)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return see_other("booking-move", public_id=booking.public_id)
    return HttpResponse(status=303, headers={"Location": url})


def _moved_already(request: StaffRequest, booking: Booking, course: Course, refusal: Refusal) -> HttpResponse:
    """A second press leads to what the first one brought; home with the reason, where it was another course."""
    new = Booking.objects.visible_to(request.user).places().filter(supersedes=booking, course=course).first()
    if new is not None:
        return see_other("booking-show", public_id=new.public_id)
    messages.warning(request, str(refusal))
    return see_other("my-home")


def _refused(request: StaffRequest, booking: Booking, requirement: Requirement) -> HttpResponse | None:
    """Home with the reason, where this place cannot be moved."""
    moves, terms = moves_that_count(booking), terms_for(requirement)
    try:
        check_can_move(booking=booking, moves=moves, terms=terms, at=clock.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return see_other("my-home")
    return None


def _card(booking: Booking, purse: Purse, course: Course, part: Part) -> dict[str, Any]:
    requirement = booking.requirement
    found = purse.quote(price_of_move(booking, course, part))
    lines = [*found_lines(course, part, requirement.complete_by), move_words(found, funded=requirement.funded)]
    return {"course": course, "lines": lines}


def _context(request: StaffRequest, booking: Booking, course: Course, requirement: Requirement) -> dict[str, Any]:
    charge = Charge.objects.visible_to(request.user).filter(booking=booking).select_related("carried_from").first()
    part = part_to_book(requirement, at=clock.now())
    price = price_of_move(booking, course, part)
    found = purse_of(booking=booking, charge=charge, at=clock.now()).quote(price)
    terms, moves = terms_for(requirement), moves_that_count(booking)
    return {
        "booking": booking,
        "course": course,
        "rows": course_rows(course, part, price_pence=price, funded=requirement.funded),
        "costs": [] if requirement.funded else move_rows(found),
        "due": 0 if requirement.funded else found.due,
        "why": why_it_fits(end_on(course, part), requirement.complete_by),
        "replaces": has_open_replacement(booking),
        "moves_left": None if moves is None else terms.most_moves - moves - 1,
        "complete_by": requirement.complete_by,
        "voluntary": requirement.referral.voluntary,
    }
