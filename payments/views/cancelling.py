"""Giving a confirmed place up, and asking for the money of a place that the provider cancelled."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from courses.policies import check_can_cancel
from courses.queries.search import Criteria, courses_that_fit
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.money import pounds
from payments.models import Charge
from payments.quotes import money_back
from payments.services.cancelling import cancel_place, return_money
from payments.views.mine import my_booking


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def booking_cancel(request: StaffRequest, public_id: str) -> HttpResponse:
    """What follows, before it is done: the money, the date that stays, and whether another course is in time."""
    booking, at = my_booking(request, public_id), clock.now()
    try:
        if request.method == "POST":
            back = cancel_place(booking=booking, by=request.user.as_actor(), at=at)
            messages.success(request, _given_up(back))
            return see_other("my-home")
        check_can_cancel(booking=booking, at=at)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return see_other("my-home")
    charge = Charge.objects.visible_to(request.user).filter(booking=booking).select_related("carried_from").first()
    back = money_back(booking, charge, at=at)
    others = courses_that_fit(requirement=booking.requirement, criteria=Criteria(), at=at).exclude(pk=booking.course_id)
    context = {
        "booking": booking, "complete_by": booking.requirement.complete_by,
        "back": back, "paid": bool(booking.price_pence and not booking.requirement.funded),
        "lost": max(booking.price_pence - back, 0), "has_others": others.exists(),
    }  # fmt: skip
    return render(request, "payments/booking_cancel.html", context)


@needs(Permission.OWN_CASE)
@require_POST
def money_return(request: StaffRequest, public_id: str) -> HttpResponse:
    """The person wants their money back rather than another course."""
    booking = my_booking(request, public_id)
    replacement = getattr(booking, "replacement", None)
    if replacement is not None:
        try:
            back = return_money(replacement=replacement, by=request.user.as_actor(), at=clock.now())
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _returning(back))
    return see_other("my-home")


def _given_up(back: int) -> str:
    return f"{gettext('You have given up your place.')} {_returning(back)}".strip()


def _returning(back: int) -> str:
    return gettext("We are returning %(amount)s to your card.") % {"amount": pounds(back)} if back else ""
