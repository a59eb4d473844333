"""Asking for help: never a dead end."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms.help import HelpForm
from courses.queries.my_course import case_to_ask_about
from courses.services.help import ask_for_help
from courses.views.search_session import kept_filters, near
from courses.views.words import search_words
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.http import see_other
from diversion.referrals.enums import TaskKind
from diversion.referrals.help_lines import CHECKED_ON, HELP_LINES


@needs(Permission.OWN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def help_ask(request: StaffRequest) -> HttpResponse:
    """`?about=` ticks an answer, for the search that found nothing that fits."""
    referral, requirement = case_to_ask_about(request.user)
    if referral is None:
        raise Http404
    if referral.voluntary:
        return render(request, "courses/help_lines.html", {"help_lines": HELP_LINES, "checked_on": CHECKED_ON})
    form = HelpForm(request.POST if request.method == "POST" else None, initial={"about": request.GET.get("about")})
    if request.method == "POST" and form.is_valid():
        about = form.kind()
        looked = search_words(near(request, referral.participant), kept_filters(request))
        detail = form.detail(looked if about == TaskKind.NO_COURSE_FITS else "")
        ask_for_help(
            referral=referral,
            requirement=requirement,
            about=about,
            detail=detail,
            by=request.user.as_actor(),
            at=clock.now(),
        )
        return see_other("help-asked")
    context = {"form": form, "complete_by": requirement and requirement.complete_by}
    return render(request, "courses/help_ask.html", context, status=422 if form.is_bound else 200)


@needs(Permission.OWN_CASE)
@require_safe
def help_asked(request: StaffRequest) -> HttpResponse:
    _, requirement = case_to_ask_about(request.user)
    return render(request, "courses/help_asked.html", {"complete_by": requirement and requirement.complete_by})
