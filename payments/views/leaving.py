"""A volunteer leaves: at any time, at once, for good (R14)."""

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Booking
from diversion.accounts.guards import needs, public
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other
from diversion.referrals.models import Referral
from payments.services.leaving import leave


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def leave_ask(request: StaffRequest) -> HttpResponse:
    """Says what happens; POST does it. Nobody whom an agency referred leaves here."""
    if not Referral.objects.visible_to(request.user).filter(voluntary=True).exists():
        raise Http404
    if request.method == "POST":
        leave(user=request.user, by=request.user.as_actor(), at=clock.now())
        logout(request)
        return see_other("leave-done")
    has_place = Booking.objects.visible_to(request.user).live().exists()
    return render(request, "payments/leave_ask.html", {"has_place": has_place})


@public("says that what was kept of a person is erased; it shows nobody")
@require_safe
def leave_done(request: HttpRequest) -> HttpResponse:
    return render(request, "payments/leave_done.html")
