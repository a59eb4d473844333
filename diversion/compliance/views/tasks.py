"""Closing a task with what was decided."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from courses.queries.undone import undone_booking
from courses.services.undone import open_undone_again
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.compliance.forms import REOPEN, TaskOutcomeForm
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.references import spoken
from diversion.referrals.models import CaseTask
from diversion.referrals.services.tasks import complete_task
from diversion.referrals.views.finding import find_on_case


@needs(Permission.DECIDE)
@require_http_methods(["GET", "POST"])
def task_decide(request: StaffRequest, public_id: str) -> HttpResponse:
    """One open question: what happened, and what the officer decides about it. It never ends a case by itself."""
    rows = CaseTask.objects.visible_to(request.user).select_related("referral__participant")
    task = find_on_case(request, rows, public_id)
    undone = undone_booking(task) is not None
    form = TaskOutcomeForm(request.POST or None, undone=undone)
    if request.method == "POST" and form.is_valid():
        try:
            decide = open_undone_again if form.cleaned_data.get("undone") == REOPEN else complete_task
            actor, words = request.user.as_actor(), form.cleaned_data["outcome"]
            decide(task=task, outcome=words, user=request.user, by=actor, at=clock.now())
            return redirect("case-show", public_id=task.referral.public_id)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
    person = task.referral.participant
    log_access(request, kind="page", participants=[person.pk])
    context = {"task": task, "form": form, "name": person.full_name, "reference": spoken(task.referral.reference)}
    return render(request, "compliance/task_decide.html", context, status=422 if form.errors else 200)
