"""When a provider's trainers are away."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.forms.time_away import TimeAwayForm
from courses.models import Provider
from courses.queries.time_away import times_away
from courses.services.time_away import record_time_away, remove_time_away
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other

A_PAGE = 25
HEAD = [{"text": _("Trainer")}, {"text": _("First day")}, {"text": _("Last day")}, {"text": _("Sessions on these days")}]


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def time_away_list(request: StaffRequest) -> HttpResponse:
    """GET lists, POST adds. Sessions that fall into the days are counted: somebody else must teach them."""
    provider = get_object_or_404(Provider.objects.visible_to(request.user))
    at = clock.now()
    form = TimeAwayForm(request.POST if request.method == "POST" else None, provider=provider)
    if request.method == "POST" and form.is_valid():
        try:
            record_time_away(provider=provider, **form.cleaned_data, by=request.user.as_actor(), at=at)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return see_other("time-away-list")
    page = Paginator(times_away(request.user, today=clock.day_of(at)), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "head": HEAD, "form": form}
    return render(request, "courses/time_away_list.html", context, status=422 if form.is_bound else 200)


@needs(Permission.SCHEDULE)
@require_POST
def time_away_remove(request: StaffRequest, public_id: str) -> HttpResponse:
    away = get_object_or_404(times_away(request.user, today=clock.today()), public_id=public_id)
    remove_time_away(time_away=away, by=request.user.as_actor(), at=clock.now())
    return see_other("time-away-list")
