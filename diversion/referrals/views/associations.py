"""Whom the person of a case must not meet: seen and changed by the case's officers, shown to nobody else."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.forms.needs import NonAssociationForm
from diversion.referrals.models import NonAssociation, Referral
from diversion.referrals.services.needs import end_keeping_apart, keep_apart
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page

A_PAGE = 25


@needs(Permission.REFER)
def association_list(request: StaffRequest, public_id: str) -> HttpResponse:
    referral = _case(request, public_id)
    form = NonAssociationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            keep_apart(referral=referral, **form.cleaned_data, by=request.user.as_actor(), at=clock.now())
            messages.success(request, _("Added. Courses where they could meet are no longer shown."))
            return see_other("association-list", public_id)
        except Refusal as refusal:
            add_refusal(form, refusal)
    live = NonAssociation.objects.visible_to(request.user).live().filter(participant=referral.participant_id)
    page = Paginator(live.order_by("made_at", "pk"), A_PAGE).get_page(request.GET.get("page"))
    context = {"referral": referral, "page_obj": page}
    return form_page(request, "referrals/association_list.html", form, **context)


@needs(Permission.REFER)
@require_POST
def association_end(request: StaffRequest, public_id: str, note: str) -> HttpResponse:
    referral = _case(request, public_id)
    mine = NonAssociation.objects.visible_to(request.user).filter(participant=referral.participant_id)
    found = get_object_or_404(mine, public_id=note)
    end_keeping_apart(note=found, referral=referral, by=request.user.as_actor(), at=clock.now())
    messages.success(request, _("Taken off."))
    return see_other("association-list", public_id)


def _case(request: StaffRequest, public_id: str) -> Referral:
    """A case with somebody in it."""
    rows = Referral.objects.visible_to(request.user).exclude(participant=None).select_related("participant")
    referral: Referral = find_on_case(request, rows, public_id)
    log_access(request, kind="page", participants=[referral.participant_id] if referral.participant_id else [])
    return referral
