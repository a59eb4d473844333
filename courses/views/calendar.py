"""A provider's calendar: a week at a time, and one full day."""

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.queries.week import sessions_between, week_of, with_words
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock

A_PAGE = 50


@needs(Permission.SEE_COURSES)
@require_safe
def calendar_show(request: StaffRequest) -> HttpResponse:
    """The week of `?day=2027-01-05`, or this one. On a phone its days stand below each other."""
    day = _day(request)
    monday = day - timedelta(days=day.weekday())
    context = {
        "days": week_of(request.user, monday),
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "today": clock.today(),
        "before": monday - timedelta(weeks=1),
        "after": monday + timedelta(weeks=1),
    }
    return render(request, "courses/calendar_show.html", context)


@needs(Permission.SEE_COURSES)
@require_safe
def day_show(request: StaffRequest) -> HttpResponse:
    """All the sessions of `?day=2027-01-05`, or of today, by pages."""
    day = _day(request)
    sessions = with_words(sessions_between(request.user, day, day))
    page = Paginator(sessions, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/day_show.html", {"day": day, "page": page, "query": f"day={day.isoformat()}&"})


def _day(request: HttpRequest) -> date:
    """The day in the address; today where it is none, or one that no calendar reaches."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()
    return day if 2000 <= day.year <= 2200 else clock.today()
