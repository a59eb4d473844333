"""The service team reads trainers' concerns about volunteers."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.models import Concern
from courses.people import participant_of
from courses.queries.concerns import concerns_to_read
from diversion.accounts.access import log_access
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
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


def _card(concern: Concern) -> dict[str, Any]:
    person, session = participant_of(concern.booking), concern.session
    return {
        "title": moment_words(concern.raised_at),
        "rows": [
            {"key": _("About"), "value": person.short_name},
            {"key": _("Concern"), "value": concern.words},
            {"key": _("Reach them"), "value": ", ".join(filter(None, [person.mobile, person.email]))},
            {"key": _("Session"), "value": moment_words(session.starts_at)},
            {"key": _("From"), "value": f"{concern.raised_by}, {session.course.provider}"},
        ],
    }
