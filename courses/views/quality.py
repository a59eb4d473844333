"""How well a provider teaches, in numbers: its registers, what visitors saw, and what people thought."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.queries.conduct import conduct_of, visited
from courses.queries.quality import quality_of
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock

A_PAGE = 25


@needs(Permission.SEE_COURSES)
@require_safe
def quality_show(request: StaffRequest) -> HttpResponse:
    """Programme by programme; a provider teaches a few, and the survey's are paged all the same."""
    at, user = clock.now(), request.user
    page = Paginator(quality_of(user), A_PAGE).get_page(request.GET.get("page"))
    ran = [
        (each.programme, each.registers_on_time, each.refused_for_lateness, each.cancelled)
        for each in conduct_of(user, at=at)
    ]
    seen = [(each.programme, each.visits, *each.means) for each in visited(user, at=at)]
    scores = (_("Prepared"), _("Clear"), _("Respectful"), _("Involving"), _("Safe"))
    thought = [(each.programme, each.answers, each.clear, each.fair, each.useful) for each in page.object_list]
    context = {
        "page_obj": page,
        "conduct_head": _head(_("Programme"), _("Registers on time"), _("Refused for lateness"), _("Courses cancelled")),
        "conduct": _rows(ran),
        "visited_head": _head(_("Programme"), _("Visits"), *scores),
        "visited": _rows(seen),
        "head": _head(_("Programme"), _("Answers"), _("Easy to follow"), _("Treated with respect"), _("Of use")),
        "rows": _rows(thought),
    }
    return render(request, "courses/quality_show.html", context)


def _head(*texts: str) -> list[dict[str, Any]]:
    return [{"text": text, "numeric": number > 0} for number, text in enumerate(texts)]


def _rows(rows: Iterable[Sequence[object]]) -> list[list[dict[str, Any]]]:
    return [
        [{"text": name, "header": True}, *({"text": value, "numeric": True} for value in values)] for name, *values in rows
    ]
