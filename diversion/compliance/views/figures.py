"""Pages of counts: for the analyst and for the support team."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.compliance.queries.figures import funnel, refusals, service_state
from diversion.core import clock


@needs(Permission.SEE_STATISTICS)
@require_GET
def statistics_show(request: StaffRequest) -> HttpResponse:
    """How far the agency's referrals got, by scheme, and whom the rules refused."""
    agency = request.user.organisation_id
    context = {"rows": funnel(agency), "refusals": refusals(agency)}
    return render(request, "compliance/statistics_show.html", context)


@needs(Permission.SUPPORT)
@require_GET
def support_show(request: StaffRequest) -> HttpResponse:
    """Whether messages, payments and the tick are well."""
    return render(request, "compliance/support_show.html", service_state(at=clock.now()))
