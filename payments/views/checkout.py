"""The pages around paying. None of them believes the address it was reached by; none shows a price that is not in the database."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from courses.enums import BookingState
from courses.models import Booking
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.moments import until_words
from payments.gateway import GatewayIsDown
from payments.models import Charge
from payments.policies import can_pay, is_held
from payments.presentation import due_of, receipt_rows, returned_sums, summary_rows, why_returned
from payments.queries import Standing, case_is_over, standing
from payments.services.checkout import open_checkout


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: StaffRequest, public_id: str) -> HttpResponse:
    """What is paid for, how much and by when; the button leads to the card company's page."""
    booking = _own_booking(request, public_id)
    if request.method == "POST":
        return _pay(request, booking)
    where = standing(booking)
    if where == Standing.MOVED or (where == Standing.UNPAID and case_is_over(booking)):
        return redirect("my-home")
    over = not can_pay(booking=booking, at=clock.now())
    if where in {Standing.SEATED, Standing.RETURNED} or (where == Standing.CHECKING and over):
        return redirect("checkout-return", public_id=public_id)
    return _summary(request, booking)


def _pay(request: StaffRequest, booking: Booking) -> HttpResponse:
    try:
        url = open_checkout(booking=booking, by=request.user.as_actor(), at=clock.now())
    except GatewayIsDown as refusal:
        return _summary(request, booking, refusal=refusal, status=503)
    except Refusal:
        url = request.path  # the page itself says why
    return _see_other(url)


def _summary(request: StaffRequest, booking: Booking, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    at = clock.now()
    context = {
        "booking": booking,
        "rows": summary_rows(booking),
        "held_until": until_words(booking.held_until, at=at),
        "free": booking.requirement.funded or due_of(booking) == 0,
        "descriptor": booking.course.provider.statement_descriptor,
        "complete_by": booking.requirement.complete_by,
        "refusal": refusal,
        "can_pay": can_pay(booking=booking, at=at),
        "still_held": is_held(booking=booking, at=at),
    }
    return render(request, "payments/checkout_start.html", context, status=status)


@needs(Permission.OWN_CASE)
@require_GET
def come_back(request: StaffRequest, public_id: str) -> HttpResponse:
    """Where the card company sends people back to. It confirms nothing: it shows what our rows say."""
    booking = _own_booking(request, public_id)
    where = standing(booking)
    if where == Standing.SEATED:
        return redirect("booking-show", public_id=public_id)
    over = case_is_over(booking)
    if where == Standing.MOVED or (where == Standing.UNPAID and over):
        return redirect("my-home")
    at = clock.now()
    context = {
        "booking": booking,
        "standing": where,
        "still_held": is_held(booking=booking, at=at),
        "held_until": until_words(booking.held_until, at=at),
        "sums": returned_sums(booking),
        "why": why_returned(booking),
        "moved": booking.state == BookingState.SUPERSEDED,
        "case_is_over": over,
        "complete_by": None if over else booking.requirement.complete_by,
    }
    return render(request, "payments/checkout_return.html", context)


@needs(Permission.OWN_CASE)
@require_GET
def receipt(request: StaffRequest, public_id: str) -> HttpResponse:
    """The receipt of a charge that was paid. It can be printed as it stands."""
    rows = Charge.objects.visible_to(request.user).filter(receipt_number__isnull=False)
    charge = get_object_or_404(
        rows.select_related("booking__course__programme", "booking__course__provider__organisation"),
        booking__public_id=public_id,
    )
    context = {"rows": receipt_rows(charge), "sums": returned_sums(charge.booking)}
    return render(request, "payments/receipt_show.html", context)


def _own_booking(request: StaffRequest, public_id: str) -> Booking:
    rows = Booking.objects.visible_to(request.user).select_related(
        "course__programme", "course__venue", "course__provider", "requirement__referral"
    )
    return get_object_or_404(rows, public_id=public_id)


def _see_other(url: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": url})
