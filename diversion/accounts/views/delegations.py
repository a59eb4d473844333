"""Who stands in for whom."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diversion.accounts.forms import DelegationForm
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.models import Delegation
from diversion.accounts.permissions import Permission
from diversion.accounts.services.delegations import end_delegation, make_delegation
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other

PAGE = 25


@needs(Permission.SEE_CASES)
@require_GET
def delegation_list(request: StaffRequest) -> HttpResponse:
    """What one gave and holds, and for those who may invite what colleagues did: running and to come."""
    today = clock.today()
    rows = Delegation.objects.visible_to(request.user).open(on=today).select_related("of_user", "to_user", "made_by")
    page = Paginator(rows.order_by("starts_on", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/delegation_list.html", {"page_obj": page, "today": today})


@needs(Permission.SEE_CASES)
@require_http_methods(["GET", "POST"])
def delegation_create(request: StaffRequest) -> HttpResponse:
    """Says who stands in, in what and when."""
    form = DelegationForm(request.POST if request.method == "POST" else None, user=request.user)
    form.cancel_url = reverse("delegation-list")
    if form.is_valid():
        try:
            made = make_delegation(**form.cleaned_data, user=request.user, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("%(name)s was asked to stand in.") % {"name": made.to_user.name})
            return see_other("delegation-list")
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return render(request, "accounts/delegation_create.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.SEE_CASES)
@require_http_methods(["GET", "POST"])
def delegation_end(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks, then ends it early."""
    rows = Delegation.objects.visible_to(request.user).select_related("of_user", "to_user")
    delegation = get_object_or_404(rows, public_id=public_id)
    if request.method == "POST":
        end_delegation(delegation=delegation, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("It has ended."))
        return see_other("delegation-list")
    return render(request, "accounts/delegation_end.html", {"delegation": delegation})
