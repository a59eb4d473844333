"""A provider's venues and their rooms."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseState
from courses.models import Provider, Room, Session, Venue
from courses.queries.venues import courses_to_come
from courses.services.access import TOLD_OF, tell_of_access
from courses.services.clashes import lock_timetable
from courses.services.places import lock_courses
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.places import locate

ADDRESS = frozenset({"address", "postcode"})


class PostcodeIsUnknown(Refusal):
    sentence = _("Enter a full postcode in the United Kingdom, like M1 4BT.")
    field = "postcode"


class RoomNameIsTaken(Refusal):
    sentence = _("This venue already has a room of that name.")
    field = "name"


class RoomIsNeeded(Refusal):
    sentence = _("A course to come in this room has %(places)d places. The room cannot have fewer.")
    field = "capacity"


@transaction.atomic
def save_venue(*, provider: Provider, venue: Venue | None, facts: dict[str, Any], by: Actor, at: datetime) -> Venue:
    """A new venue, or one with other facts. It is placed by its postcode, without asking anybody outside.

    The trail keeps which facts changed. Where they are about its address or access, everybody with a place there is told, in the
    same transaction (`services.access`); it holds the courses there, so a place that is being taken is told or sees what is new.

    :raises PostcodeIsUnknown: no such postcode area.
    """
    place = locate(facts["postcode"])
    if place is None:
        raise PostcodeIsUnknown()
    values = {**facts, "latitude": place.latitude, "longitude": place.longitude}
    if venue is None:
        venue = Venue.objects.create(provider=provider, **values)
        record_change(action="venue.added", subject=venue, by=by, at=at)
        return venue
    lock_courses(set(courses_to_come(venue, at=at).values_list("pk", flat=True)))
    venue = Venue.objects.select_for_update(no_key=True).get(pk=venue.pk)
    is_elsewhere = locate(venue.postcode) != place
    lost_step_free = venue.step_free and not values["step_free"]
    changed = sorted(name for name, value in values.items() if getattr(venue, name) != value)
    if changed:
        for name in changed:
            setattr(venue, name, values[name])
        venue.save(update_fields=changed)
        record_change(action="venue.changed", subject=venue, by=by, at=at, data={"fields": changed})
    if ADDRESS & set(changed):  # calendars know an entry's place by its number
        to_come = Session.objects.filter(course__in=courses_to_come(venue, at=at), starts_at__gt=at)
        to_come.update(sequence=F("sequence") + 1)
    if TOLD_OF & set(changed):
        tell_of_access(venue=venue, is_elsewhere=is_elsewhere, lost_step_free=lost_step_free, by=by, at=at)
    return venue


@transaction.atomic
def save_room(*, venue: Venue, room: Room | None, name: str, capacity: int, by: Actor, at: datetime) -> Room:
    """A new room, or one with another name or other places.

    :raises RoomNameIsTaken: the venue has one of that name.
    :raises RoomIsNeeded: a course to come in it has more places.
    """
    lock_timetable(venue.provider)
    added = room is None
    room = Room(venue=venue) if room is None else Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    largest = (
        room.courses.filter(state__in=[CourseState.DRAFT, CourseState.PUBLISHED], last_ends_at__gt=at)
        .order_by("-capacity")
        .values_list("capacity", flat=True)
        .first()
        if not added
        else None
    )
    if largest and capacity < largest:
        raise RoomIsNeeded(str(RoomIsNeeded.sentence) % {"places": largest})
    room.name, room.capacity = name, capacity
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError as error:
        raise RoomNameIsTaken() from error
    record_change(action="room.added" if added else "room.changed", subject=room, by=by, at=at, data={"places": capacity})
    return room
