"""Handing cases to another officer, one or many."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import ngettext

from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.models import Membership
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.forms.officers import HandOverForm
from diversion.referrals.models import Referral
from diversion.referrals.querysets import ReferralQuerySet
from diversion.referrals.services.officers import hand_over
from diversion.referrals.views.finding import find_on_case
from diversion.referrals.views.pages import add_refusal, form_page

A_PAGE = 25


@needs(Permission.HAND_OVER)
def officer_change(request: StaffRequest, public_id: str = "") -> HttpResponse:
    """The cases of one officer: one's own unless another is asked for by `from`; `public_id` is a case to tick."""
    holder, theirs = _holder(request, public_id)
    page: Page[Any] = Paginator(theirs, A_PAGE).get_page(request.GET.get("page"))
    typed = request.POST if request.method == "POST" else None
    start = {"cases": [public_id]}
    form = HandOverForm(typed, shown=list(page), total=page.paginator.count, user=request.user, initial=start)
    if form.is_bound and form.is_valid() and _is_done(request, form, theirs):
        return see_other("case-list")
    log_access(request, kind="list", participants=[each.participant_id for each in page if each.participant_id])
    colleagues = Membership.objects.colleagues_of(request.user).who_may(Permission.REFER).select_related("user")
    context = {
        "holder": holder,
        "page_obj": page,
        "colleagues": colleagues.order_by("user__name"),
        "query": f"from={holder.public_id}&",
        "here": reverse("officer-change"),
    }
    return form_page(request, "referrals/officer_change.html", form, **context)


def _holder(request: StaffRequest, public_id: str) -> tuple[Membership, ReferralQuerySet]:
    """Whose cases are looked at, and those of them that this person may see, the case asked for first."""
    cases = Referral.objects.visible_to(request.user).open().select_related("participant")
    colleagues = Membership.objects.colleagues_of(request.user)
    if public_id:
        case: Referral = find_on_case(request, cases, public_id)
        holder = get_object_or_404(colleagues, user=case.officer_id)
        return holder, cases.filter(public_id=public_id).order_by("pk")
    asked = request.GET.get("from", "")
    holder = get_object_or_404(colleagues, **({"public_id": asked} if asked else {"user": request.user}))
    return holder, cases.filter(officer=holder.user_id).order_by("created_at", "pk")


def _is_done(request: StaffRequest, form: HandOverForm, theirs: ReferralQuerySet) -> bool:
    chosen = theirs if form.cleaned_data["everything"] else theirs.filter(public_id__in=form.cleaned_data["cases"])
    officer = form.cleaned_data["officer"].user
    given = {"reason": form.cleaned_data["reason"], "user": request.user, "by": request.user.as_actor()}
    try:
        count = hand_over(referrals=list(chosen), officer=officer, at=clock.now(), **given)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    said = ngettext("%(n)s case is now with %(name)s.", "%(n)s cases are now with %(name)s.", count)
    messages.success(request, said % {"n": count, "name": officer.name})
    return True
