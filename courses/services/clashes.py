"""Nobody teaches, and no room holds, two sessions at once: the answer before the database's."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Provider, Room, TimeAway, Venue
from courses.planning import Meeting, clashes_of
from courses.queries.occupied import names_of, occupied
from diversion.accounts.models import User
from diversion.core.errors import Refusal
from diversion.core.moments import day_words, moment_words


class TrainerIsTaken(Refusal):
    sentence = _("A trainer already teaches at that time. Choose another time or another trainer.")
    field = "trainers"


class RoomIsTaken(Refusal):
    sentence = _("The room is already used at that time. Choose another time or another room.")
    field = "room"


class RoomIsElsewhere(Refusal):
    sentence = _("Choose a room of this venue.")
    field = "room"


class RoomIsTooSmall(Refusal):
    sentence = _("The room has %(places)d places. Choose fewer places or another room.")
    field = "capacity"


class TrainerIsAway(Refusal):
    sentence = _("%(name)s is away on %(day)s. Choose another trainer.")
    field = "trainers"


BY_CONSTRAINT: dict[str, type[Refusal]] = {
    "courses_session_trainer_is_free": TrainerIsTaken,
    "courses_session_room_is_free": RoomIsTaken,
}


def lock_timetable(provider: Provider) -> None:
    """Whoever changes a provider's timetable waits for whoever is changing it. Comes before the locks of courses."""
    Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)


def check_room(room: Room | None, *, venue: Venue | None, capacity: int) -> None:
    """The room is of the venue and has so many places.

    :raises RoomIsElsewhere, RoomIsTooSmall: as their sentences say.
    """
    if room is None:
        return
    if venue is None or room.venue_id != venue.pk:
        raise RoomIsElsewhere()
    if capacity > room.capacity:
        raise RoomIsTooSmall(str(RoomIsTooSmall.sentence) % {"places": room.capacity})


def check_free(
    meetings: Sequence[Meeting], *, trainers: Sequence[User], room: Room | None, apart_from: Course | None = None
) -> None:
    """Trainers and room are free at all of these times.

    :raises TrainerIsTaken, RoomIsTaken: saying who or which, and when, of the first clash.
    """
    rooms = [room.pk] if room else []
    first, last = min(each.starts_at for each in meetings), max(each.ends_at for each in meetings)
    taken = occupied(trainers=[each.pk for each in trainers], rooms=rooms, first=first, last=last, apart_from=apart_from)
    clashes = clashes_of(meetings, taken)
    if not clashes:
        return
    position, key = clashes[0]
    when = moment_words(next(each.starts_at for each in meetings if each.position == position))
    words = {"name": names_of([key])[key], "when": when}
    if key in rooms:
        raise RoomIsTaken(_("%(name)s is already used on %(when)s. Choose another time or another room.") % words)
    raise TrainerIsTaken(_("%(name)s already teaches on %(when)s. Choose another time or another trainer.") % words)


def check_there(days: Collection[date], trainers: Sequence[User]) -> None:
    """None of the trainers is away on any of these days.

    :raises TrainerIsAway: saying who, and when first.
    """
    away = TimeAway.objects.filter(trainer__in=trainers, first_on__lte=max(days), last_on__gte=min(days))
    for each in away.select_related("trainer").order_by("first_on", "pk"):
        missed = [day for day in sorted(days) if each.first_on <= day <= each.last_on]
        if missed:
            words = {"name": each.trainer.name, "day": day_words(missed[0])}
            raise TrainerIsAway(str(TrainerIsAway.sentence) % words)


@contextmanager
def refusing_clashes() -> Iterator[None]:
    """What the database refuses of a clash becomes the refusal it is: another provider was quicker with a shared trainer.

    :raises TrainerIsTaken, RoomIsTaken: without saying when.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        refusal = BY_CONSTRAINT.get(getattr(diagnosis, "constraint_name", ""))
        if refusal is None:
            raise
        raise refusal() from error
