"""The caseload and one case."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.queries.waiting import waits_on_case
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.compliance.forms import CaseFilterForm, CaseSearchForm
from diversion.compliance.queries.caselist import case_page, filtered, in_groups, limited
from diversion.compliance.queries.caseload import cases, row, with_parts
from diversion.compliance.queries.search import tokens
from diversion.compliance.queries.timeline import concerns, timeline
from diversion.compliance.views.case_parts import case_parts, wait_rows
from diversion.core import clock
from diversion.referrals.views.finding import find_on_case

SEARCH = "case_search"


@needs(Permission.SEE_CASES)
@require_GET
def case_list(request: StaffRequest) -> HttpResponse:
    """Who needs me today: every case the person knows of, the most urgent first."""
    form = CaseFilterForm(request.GET)
    form.is_valid()
    show, whose = form.cleaned_data.get("show", ""), form.cleaned_data.get("whose", [])
    if "clear" in request.GET:
        request.session.pop(SEARCH, None)
    search = request.session.get(SEARCH)
    found = filtered(request.user, show=show, whose=whose, search=search, at=clock.now())
    page = case_page(found, number=request.GET.get("page"), at=clock.now())
    people = [each.participant_id for each in page.object_list if each.participant_id]
    log_access(request, kind="search" if search else "list", participants=people)
    context = {
        "page_obj": page,
        "groups": in_groups(page),
        "limited": limited(page),
        "filter_form": form,
        "search_form": CaseSearchForm(),
        "filter_tags": form.tags(searching=bool(search)),
        "query": urlencode([("show", show), *(("whose", each) for each in whose)]) + "&",
        "may_refer": request.user.may(Permission.REFER),
        "may_hand_over": request.user.may(Permission.HAND_OVER),
    }
    return render(request, "compliance/case_list.html", context)


@needs(Permission.SEE_CASES)
@require_POST
def case_search(request: StaffRequest) -> HttpResponse:
    """Remember what to look for as blind tokens and show the list. The term itself goes nowhere."""
    form = CaseSearchForm(request.POST)
    if form.is_valid():
        request.session[SEARCH] = tokens(form.cleaned_data["term"])
    else:
        request.session.pop(SEARCH, None)
    return redirect("case-list")


@needs(Permission.SEE_CASES)
@require_http_methods(["GET"])
def case_show(request: StaffRequest, public_id: str) -> HttpResponse:
    """One case: who, the clocks, what comes next, and everything that happened."""
    referral = find_on_case(request, with_parts(cases(request.user)), public_id)
    if referral.participant_id:
        log_access(request, kind="page", participants=[referral.participant_id])
    case = row(referral, at=clock.now())
    happened = timeline(referral, reader=request.user, page=request.GET.get("page"))
    context = {
        "case": case,
        "page_obj": happened,
        "title": _("Case"),
        "concerns": concerns(referral),
        "waits": wait_rows(waits_on_case(referral, reader=request.user), at=clock.now()),
        **case_parts(case, request.user),
    }
    return render(request, "compliance/case_show.html", context)
