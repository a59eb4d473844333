"""Reports of visits to sessions: read by whom they concern, written by the service team and the provider's administrators."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms.visits import FindSessionForm, FollowUpForm, VisitForm
from courses.models import Visit
from courses.queries.visits import sessions_to_report, taught_by, trainers_of, visits
from courses.services.visits import follow_up_visit, report_visit
from courses.views import visit_words as words
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other

A_PAGE = 25
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@needs(Permission.SEE_VISITS)
@require_safe
def visit_list(request: StaffRequest) -> HttpResponse:
    page = Paginator(visits(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "head": words.LIST_HEAD,
        "rows": words.visit_rows(page.object_list, today=clock.today()),
        "may_report": request.user.may(Permission.REPORT_VISITS),
    }
    return render(request, "courses/visit_list.html", context)


@needs(Permission.REPORT_VISITS)
@require_safe
def visit_begin(request: StaffRequest) -> HttpResponse:
    """Which session it was: a trainer and a day in, the sessions that fit out."""
    form = FindSessionForm(request.GET or None)
    found = None
    if form.is_bound and form.is_valid():
        found = taught_by(request.user, **form.cleaned_data, at=clock.now())
    rows = words.taught_rows(found or [])
    context = {"form": form, "asked": found is not None, "rows": rows, "head": words.TAUGHT_HEAD}
    return render(request, "courses/visit_begin.html", context, status=422 if form.errors else 200)


@needs(Permission.REPORT_VISITS)
@get_or_post
def visit_report(request: StaffRequest, public_id: str, trainer: str) -> HttpResponse:
    at = clock.now()
    session = get_object_or_404(sessions_to_report(request.user, at=at), public_id=public_id)
    taught = get_object_or_404(trainers_of(session), memberships__public_id=trainer)
    form = VisitForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            visit = report_visit(
                session=session, trainer=taught, **form.report(), user=request.user, by=request.user.as_actor(), at=at
            )
            return see_other("visit-show", public_id=visit.public_id)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {"form": form, "session": session, "trainer": taught}
    return render(request, "courses/visit_report.html", context, status=422 if form.is_bound else 200)


@needs(Permission.SEE_VISITS)
@require_safe
def visit_show(request: StaffRequest, public_id: str) -> HttpResponse:
    visit = get_object_or_404(visits(request.user), public_id=public_id)
    context = {
        "visit": visit,
        "facts": words.visit_facts(visit, today=clock.today()),
        "may_follow_up": request.user.may(Permission.REPORT_VISITS) and words.is_open(visit),
    }
    return render(request, "courses/visit_show.html", context)


@needs(Permission.REPORT_VISITS)
@get_or_post
def visit_follow_up(request: StaffRequest, public_id: str) -> HttpResponse:
    visit: Visit = get_object_or_404(visits(request.user), public_id=public_id)
    if visit.follow_up_by is None:
        raise Http404
    form = FollowUpForm(request.POST if request.method == "POST" else None)
    form.cancel_url = reverse("visit-show", args=[public_id])
    if form.is_bound and form.is_valid():
        actor = request.user.as_actor()
        try:
            follow_up_visit(visit=visit, **form.cleaned_data, user=request.user, by=actor, at=clock.now())
        except Refusal as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, _("It is down as done."))
        return see_other("visit-show", public_id=public_id)
    context = {"form": form, "visit": visit}
    return render(request, "courses/visit_follow_up.html", context, status=422 if form.is_bound else 200)
