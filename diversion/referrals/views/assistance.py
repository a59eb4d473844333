"""Helping somebody with their steps: begin with what they read out, then use their own pages, then stop."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.referrals.forms.assistance import AssistanceForm
from diversion.referrals.middleware import HELPING
from diversion.referrals.services.assistance import end_assistance, live_assistance, open_assistance
from diversion.referrals.views.pages import add_refusal, form_page


@needs(Permission.ASSIST)
def assistance_begin(request: StaffRequest) -> HttpResponse:
    form = AssistanceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            begun = open_assistance(**form.cleaned_data, user=request.user, by=request.user.as_actor(), at=clock.now())
            request.session[HELPING] = begun.public_id
            return see_other("my-home")
        except Refusal as refusal:
            add_refusal(form, refusal)
    return form_page(request, "referrals/assistance_begin.html", form)


@needs(Permission.ASSIST)
@require_POST
def assistance_end(request: StaffRequest) -> HttpResponse:
    helping = live_assistance(public_id=request.session.pop(HELPING, ""), user=request.user)
    if helping:
        end_assistance(assistance=helping, by=request.user.as_actor(), at=clock.now())
        messages.success(request, _("You have stopped helping. Everything you did is in the case’s history."))
    return see_other("assistance-begin")
