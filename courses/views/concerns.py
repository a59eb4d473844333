"""The service team reads trainers' concerns about volunteers, and says what was done."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms.door import ConcernFollowUpForm
from courses.models import Concern
from courses.people import participant_of
from courses.queries.concerns import concerns_to_read
from courses.services.door import follow_up_concern
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other
from diversion.core.moments import moment_words

A_PAGE = 25


@needs(Permission.READ_CONCERNS)
@require_safe
def concern_list(request: StaffRequest) -> HttpResponse:
    """Each with how to reach the person and who was there."""
    page = Paginator(concerns_to_read(request.user), A_PAGE).get_page(request.GET.get("page"))
    concerns = list(page.object_list)
    log_access(request, kind="list", participants=[participant_of(each.booking).pk for each in concerns])
    context = {"page_obj": page, "cards": [_card(each) for each in concerns]}
    return render(request, "courses/concern_list.html", context)


@needs(Permission.READ_CONCERNS)
@require_http_methods(["GET", "HEAD", "POST"])
def concern_follow_up(request: StaffRequest, public_id: str) -> HttpResponse:
    concern: Concern = get_object_or_404(concerns_to_read(request.user), public_id=public_id)
    form = ConcernFollowUpForm(request.POST if request.method == "POST" else None)
    form.cancel_url = reverse("concern-list")
    if form.is_bound and form.is_valid():
        by, words = request.user.as_actor(), form.cleaned_data["words"]
        try:
            follow_up_concern(concern=concern, words=words, user=request.user, by=by, at=clock.now())
        except Refusal as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, _("It is down as done."))
        return see_other("concern-list")
    log_access(request, kind="page", participants=[participant_of(concern.booking).pk])
    context = {"form": form, "card": _card(concern)}
    return render(request, "courses/concern_follow_up.html", context, status=422 if form.is_bound else 200)


def _card(concern: Concern) -> dict[str, Any]:
    person, session, done = participant_of(concern.booking), concern.session, getattr(concern, "followed_up", None)
    rows = [
        {"key": _("About"), "value": person.short_name},
        {"key": _("Concern"), "value": concern.words},
        {"key": _("Reach them"), "value": ", ".join(filter(None, [person.mobile, person.email]))},
        {"key": _("Session"), "value": moment_words(session.starts_at)},
        {"key": _("From"), "value": f"{concern.raised_by}, {session.course.provider}"},
    ]
    if done:
        rows += [
            {"key": _("What was done"), "value": done.words},
            {"key": _("By"), "value": f"{done.done_by}, {moment_words(done.done_at)}"},
        ]
    action = {"text": _("Say what was done"), "url": reverse("concern-follow-up", args=[concern.public_id])}
    return {"title": moment_words(concern.raised_at), "rows": rows, "actions": [] if done else [action]}
