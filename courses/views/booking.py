"""A place that is kept or confirmed: see it, put it in a calendar, give it up before it is paid for."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Booking
from courses.policies import can_release
from courses.presentation import booking_rows
from courses.queries.calendar import calendar_of, may_be_fetched
from courses.queries.my_course import Situation, step_of
from courses.services.booking import release_hold
from courses.views.words import step_context
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other


@needs(Permission.OWN_CASE)
@require_safe
def booking_show(request: StaffRequest, public_id: str) -> HttpResponse:
    """The confirmation, or what is left to do. A place that is no longer theirs is told of on their home page."""
    at = clock.now()
    booking = get_object_or_404(Booking.objects.visible_to(request.user).in_full(), public_id=public_id)
    step = step_of(booking, at=at)
    if step.situation not in {Situation.CONFIRMED, Situation.HELD}:
        return redirect("my-home")
    context = {"step": step_context(step, at=at), "complete_by": booking.requirement.complete_by}
    return render(request, "courses/booking_show.html", context)


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def booking_release(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks first; POST gives the place up."""
    booking = get_object_or_404(Booking.objects.visible_to(request.user).in_full(), public_id=public_id)
    if request.method == "POST":
        try:
            release_hold(booking=booking, by=request.user.as_actor(), at=clock.now())
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        return see_other("my-home")
    if not can_release(booking):
        return redirect("my-home")
    context = {"booking": booking, "rows": booking_rows(booking), "complete_by": booking.requirement.complete_by}
    return render(request, "courses/booking_release.html", context)


@needs(Permission.OWN_CASE)
@require_safe
def booking_calendar(request: StaffRequest, public_id: str) -> HttpResponse:
    booking = get_object_or_404(Booking.objects.visible_to(request.user).in_full(), public_id=public_id)
    if not may_be_fetched(booking):
        raise Http404
    answer = HttpResponse(calendar_of(booking), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return answer
