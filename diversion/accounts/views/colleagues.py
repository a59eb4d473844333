"""Inviting colleagues, saying how senior they are, and ending their access."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diversion.accounts.enums import OrganisationKind
from diversion.accounts.forms import InviteForm, RankForm, TeamForm
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.models import Invitation, Membership, Organisation
from diversion.accounts.permissions import Permission
from diversion.accounts.services.invitations import invite_colleague
from diversion.accounts.services.memberships import change_rank, end_membership
from diversion.accounts.services.teams import join_team
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other

PAGE = 25


@needs(Permission.INVITE)
@require_GET
def list_colleagues(request: StaffRequest) -> HttpResponse:
    """Who has access to the organisation, and who has been invited and has not yet come."""
    colleagues = (
        Membership.objects.visible_to(request.user).live().select_related("user", "team").order_by("user__name", "pk")
    )
    page = Paginator(colleagues, PAGE).get_page(request.GET.get("page"))
    waiting = Invitation.objects.visible_to(request.user).open(at=clock.now()).order_by("-invited_at")[:PAGE]
    organisation = _own_organisation(request)
    ranked = organisation.kind == OrganisationKind.AGENCY
    context = {"page_obj": page, "invitations": waiting, "organisation": organisation, "ranked": ranked}
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
@require_http_methods(["GET", "POST"])
def change_colleague_team(request: StaffRequest, public_id: str) -> HttpResponse:
    """Asks for a team by its name, and puts the colleague in it."""
    rows = Membership.objects.visible_to(request.user).live().select_related("user", "team")
    membership = get_object_or_404(rows, public_id=public_id)
    form = TeamForm(request.POST or None, initial={"name": membership.team or ""})
    if request.method == "POST" and form.is_valid():
        join_team(membership=membership, **form.cleaned_data, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("The team was saved."))
        return redirect("invitation-list")
    context = {"membership": membership, "form": form, "teams": _own_organisation(request).teams.order_by("name")}
    return render(request, "accounts/team_change.html", context, status=422 if form.errors else 200)


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


@needs(Permission.INVITE)
@reauthentication_required
@require_http_methods(["GET", "POST"])
def change_colleague_rank(request: StaffRequest, public_id: str) -> HttpResponse:
    """Says how senior a colleague is."""
    colleagues = Membership.objects.visible_to(request.user).live().filter(organisation__kind=OrganisationKind.AGENCY)
    membership = get_object_or_404(colleagues.select_related("user", "organisation"), public_id=public_id)
    form = RankForm(request.POST if request.method == "POST" else None, initial={"rank": membership.rank})
    form.cancel_url = reverse("invitation-list")
    if form.is_valid():
        try:
            change_rank(membership=membership, **form.cleaned_data, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("The rank of %(name)s was saved.") % {"name": membership.user.name})
            return see_other("invitation-list")
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "membership": membership}
    return render(request, "accounts/rank_change.html", context, status=422 if form.errors else 200)


def _own_organisation(request: StaffRequest) -> Organisation:
    return get_object_or_404(Organisation, pk=request.user.organisation_id)
