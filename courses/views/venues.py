"""A provider's venues, their access facts and rooms."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms.venues import RoomForm, VenueForm
from courses.models import Provider, Room, Venue
from courses.queries.venues import people_to_tell
from courses.services.venues import save_room, save_venue
from courses.views.venue_words import room_rows, venue_facts, venue_rows
from diversion.accounts.guards import needs
from diversion.accounts.http import StaffRequest
from diversion.accounts.permissions import Permission
from diversion.core import clock
from diversion.core.errors import Refusal
from diversion.core.http import see_other

A_PAGE = 25
HEAD = [{"text": _("Venue")}, {"text": _("Address")}, {"text": _("Rooms")}]
ROOMS_HEAD = [{"text": _("Room")}, {"text": _("Places")}]


@needs(Permission.SCHEDULE)
@require_safe
def venue_list(request: StaffRequest) -> HttpResponse:
    mine = Venue.objects.visible_to(request.user).prefetch_related("rooms")
    page = Paginator(mine.order_by("name", "pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/venue_list.html", {"page": page, "head": HEAD, "rows": venue_rows(page.object_list)})


@needs(Permission.SCHEDULE)
@require_safe
def venue_show(request: StaffRequest, public_id: str) -> HttpResponse:
    venue = _venue(request, public_id)
    context = {"venue": venue, "facts": venue_facts(venue), "head": ROOMS_HEAD, "rows": room_rows(venue)}
    return render(request, "courses/venue_show.html", context)


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def venue_create(request: StaffRequest) -> HttpResponse:
    provider = get_object_or_404(Provider.objects.visible_to(request.user))
    return _save(request, provider, None, {"title": _("New venue"), "back": reverse("venue-list")})


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def venue_change(request: StaffRequest, public_id: str) -> HttpResponse:
    venue = _venue(request, public_id)
    told = len(people_to_tell(venue, at=clock.now()))
    words = {"title": _("Change a venue"), "back": reverse("venue-show", args=[public_id]), "told": told}
    return _save(request, venue.provider, venue, words)


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def room_create(request: StaffRequest, public_id: str) -> HttpResponse:
    return _save_room(request, _venue(request, public_id), None, _("New room"))


@needs(Permission.SCHEDULE)
@require_http_methods(["GET", "HEAD", "POST"])
def room_change(request: StaffRequest, public_id: str) -> HttpResponse:
    mine = Room.objects.visible_to(request.user).select_related("venue")
    room = get_object_or_404(mine, public_id=public_id)
    return _save_room(request, room.venue, room, _("Change a room"))


def _venue(request: StaffRequest, public_id: str) -> Venue:
    mine = Venue.objects.visible_to(request.user).select_related("provider")
    return get_object_or_404(mine, public_id=public_id)


def _save(request: StaffRequest, provider: Provider, venue: Venue | None, words: dict[str, Any]) -> HttpResponse:
    form = VenueForm(request.POST if request.method == "POST" else None, venue=venue)
    if request.method == "POST" and form.is_valid():
        who = request.user.as_actor()
        try:
            saved = save_venue(provider=provider, venue=venue, facts=form.cleaned_data, by=who, at=clock.now())
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return see_other("venue-show", public_id=saved.public_id)
    return render(request, "courses/venue_form.html", {"form": form, **words}, status=422 if form.is_bound else 200)


def _save_room(request: StaffRequest, venue: Venue, room: Room | None, title: Any) -> HttpResponse:
    form = RoomForm(request.POST if request.method == "POST" else None, room=room)
    if request.method == "POST" and form.is_valid():
        try:
            save_room(venue=venue, room=room, **form.cleaned_data, by=request.user.as_actor(), at=clock.now())
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return see_other("venue-show", public_id=venue.public_id)
    context = {"form": form, "title": title, "back": reverse("venue-show", args=[venue.public_id])}
    return render(request, "courses/venue_form.html", context, status=422 if form.is_bound else 200)
