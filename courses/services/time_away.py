"""The days on which a trainer is away, as a provider's administrator records them."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Provider, TimeAway
from courses.services.clashes import lock_timetable
from courses.services.scheduling import check_trainers
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal


class EndsBeforeItStarts(Refusal):
    sentence = _("The last day must be the first day or after it.")
    field = "last_on"


class IsOver(Refusal):
    sentence = _("The last day must be today or after it.")
    field = "last_on"


class AlreadyAway(Refusal):
    sentence = _("This trainer is already away from that day. Remove that first.")
    field = "first_on"


@transaction.atomic
def record_time_away(
    *, provider: Provider, trainer: User, first_on: date, last_on: date, by: Actor, at: datetime
) -> TimeAway:
    """Nothing is planned for the trainer on these days. What is planned already stays: the list of the page says so.

    :raises TrainerIsNotTheirs: see `services.scheduling`.
    :raises EndsBeforeItStarts, IsOver, AlreadyAway: as their sentences say.
    """
    lock_timetable(provider)
    check_trainers(provider, [trainer])
    if last_on < first_on:
        raise EndsBeforeItStarts()
    if last_on < clock.day_of(at):
        raise IsOver()
    away = TimeAway(trainer=trainer, first_on=first_on, last_on=last_on)
    try:
        with transaction.atomic():
            away.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyAway() from error
    record_change(action="time_away.recorded", subject=away, by=by, at=at, data=_days(away))
    return away


@transaction.atomic
def remove_time_away(*, time_away: TimeAway, by: Actor, at: datetime) -> None:
    """The trainer is there after all. Doing it again changes nothing; the trail keeps the days."""
    found = TimeAway.objects.select_for_update().filter(pk=time_away.pk).first()
    if found:
        record_change(action="time_away.removed", subject=found, by=by, at=at, data=_days(found))
        found.delete()


def _days(away: TimeAway) -> dict[str, str]:
    return {"trainer": str(away.trainer_id), "first_on": away.first_on.isoformat(), "last_on": away.last_on.isoformat()}
