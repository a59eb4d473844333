"""Inviting colleagues and ending their access."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diversion.accounts.forms import InviteForm
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.models import Invitation, Membership, Organisation
from diversion.accounts.permissions import Permission
from diversion.accounts.services.invitations import invite_colleague
from diversion.accounts.services.memberships import end_membership
from diversion.core import clock
from diversion.core.errors import Refusal

PAGE = 25


@needs(Permission.INVITE)
@require_GET
def list_colleagues(request: StaffRequest) -> HttpResponse:
    """Who has access to the organisation, and who has been invited and has not yet come."""
    colleagues = Membership.objects.visible_to(request.user).live().select_related("user").order_by("user__name", "pk")
    page = Paginator(colleagues, PAGE).get_page(request.GET.get("page"))
    waiting = Invitation.objects.visible_to(request.user).open(at=clock.now()).order_by("-invited_at")[:PAGE]
    context = {"page_obj": page, "invitations": waiting, "organisation": _own_organisation(request)}
    return render(request, "accounts/colleagues.html", context)


@needs(Permission.INVITE)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def create_invitation(request: StaffRequest) -> HttpResponse:
    """Invites one person to one's own organisation."""
    organisation = _own_organisation(request)
    form = InviteForm(request.POST or None, organisation=organisation)
    if form.is_valid():
        try:
            invitation = invite_colleague(
                organisation=organisation, **form.cleaned_data, by=request.user.as_actor(), at=clock.now()
            )
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": invitation.email})
            return redirect("invitation-list")
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.INVITE)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def end_access(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks, then ends a colleague's access."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user).select_related("user"), public_id=public_id)
    if request.method == "POST":
        try:
            end_membership(membership=membership, by=request.user.as_actor(), at=clock.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(name)s no longer has access.") % {"name": membership.user.name})
        return redirect("invitation-list")
    return render(request, "accounts/end_access.html", {"membership": membership})


def _own_organisation(request: StaffRequest) -> Organisation:
    return get_object_or_404(Organisation, pk=request.user.organisation_id)
