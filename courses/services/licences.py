"""Granting a licence, and ending one before its day. The service team's work (rule 21)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.enums import LicenceKind
from courses.messages_licence import LicenceEndedEarly
from courses.models import Provider, ProviderLicence, TrainerLicence
from courses.queries.told import administrators_of, employers_of
from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core import clock
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.core.moments import day_words
from diversion.notifications.enums import Channel
from diversion.notifications.outbox import queue_message
from diversion.referrals.models import Programme

Licence = ProviderLicence | TrainerLicence


class LicencesOverlap(Refusal):
    sentence = _("There is a licence from %(first)s until %(last)s already. Begin after it, or end it first.")
    field = "valid_from"


class EndsBeforeItStarts(Refusal):
    sentence = _("The last day cannot be before the first.")
    field = "valid_until"


class EndsInThePast(Refusal):
    sentence = _("The last day must be today or later.")
    field = "valid_until"


class LicenceIsOver(Refusal):
    sentence = _("This licence has ended already.")


class DoesNotEndIt(Refusal):
    sentence = _("Choose a day from %(first)s to %(last)s. The days before are what has been.")
    field = "last_day"


@transaction.atomic
def grant_licence(
    *,
    holder: Provider | User,
    programme: Programme,
    kind: LicenceKind,
    valid_from: date,
    valid_until: date,
    by: Actor,
    at: datetime,
) -> Licence:
    """Give a provider leave to run, or a trainer leave to teach, a programme. A renewal is another licence that follows.

    :raises EndsBeforeItStarts, EndsInThePast: as their sentences say.
    :raises LicencesOverlap: the holder has a licence for the programme on one of these days.
    """
    if valid_until < valid_from:
        raise EndsBeforeItStarts()
    if valid_until < clock.day_of(at):
        raise EndsInThePast()
    # Whoever grants to the same holder waits here; the database would refuse the second all the same, less politely.
    type(holder)._default_manager.select_for_update(no_key=True).get(pk=holder.pk)
    other = (
        holder.licences.filter(programme=programme, valid_from__lte=valid_until, valid_until__gte=valid_from)
        .order_by("valid_from")
        .first()
    )
    if other:
        days = {"first": day_words(other.valid_from), "last": day_words(other.valid_until)}
        raise LicencesOverlap(str(LicencesOverlap.sentence) % days)
    licence: Licence = holder.licences.create(
        programme=programme, kind=kind, valid_from=valid_from, valid_until=valid_until
    )
    record_change(
        action="licence.granted", subject=licence, by=by, at=at,
        data={"programme": programme.code, "kind": kind, "from": str(valid_from), "until": str(valid_until)},
    )  # fmt: skip
    return licence


@transaction.atomic
def end_licence(*, licence: Licence, last_day: date, reason: str, by: Actor, at: datetime) -> Licence:
    """Let a licence end sooner, for a reason that the trail keeps. What was taught under it stays covered.

    Its holder and, of a trainer, the administrators of who employs them are told. Courses are not touched: whoever runs one
    that it endangers sees it among theirs.

    :raises LicenceIsOver: its last day has passed.
    :raises DoesNotEndIt: the day is before yesterday, before the licence begins, or not before its last.
    """
    model = type(licence)
    licence = model._default_manager.select_for_update(no_key=True).get(pk=licence.pk)
    today = clock.day_of(at)
    if licence.valid_until < today:
        raise LicenceIsOver()
    first, last = earliest_end(licence, today=today), licence.valid_until - timedelta(days=1)
    if not first <= last_day <= last:
        raise DoesNotEndIt(str(DoesNotEndIt.sentence) % {"first": day_words(first), "last": day_words(last)})
    was, licence.valid_until = licence.valid_until, last_day
    licence.save(update_fields=["valid_until"])
    record_change(
        action="licence.ended", subject=licence, by=by, at=at, reason=reason,
        data={"until": str(last_day), "was until": str(was)},
    )  # fmt: skip
    for user_id in _concerned(licence):
        queue_message(
            kind=LicenceEndedEarly.kind, recipient_id=user_id, subject_id=licence.pk, at=at, occurrence=str(last_day),
            channels=[Channel.EMAIL],
        )  # fmt: skip
    return licence


@transaction.atomic
def renew_licence(*, licence: Licence, kind: LicenceKind, valid_until: date, by: Actor, at: datetime) -> Licence:
    """Grant the same holder another that begins the day after this one ends, or today when it ended before that.

    :raises EndsBeforeItStarts, EndsInThePast, LicencesOverlap: as `grant_licence` does.
    """
    holder = licence.provider if isinstance(licence, ProviderLicence) else licence.trainer
    begins = max(licence.valid_until + timedelta(days=1), clock.day_of(at))
    return grant_licence(
        holder=holder, programme=licence.programme, kind=kind, valid_from=begins, valid_until=valid_until, by=by, at=at
    )


def earliest_end(licence: Licence, *, today: date) -> date:
    """Yesterday, so that it covers today no more; a licence that began today or later covers its first day."""
    return max(licence.valid_from, today - timedelta(days=1))


def _concerned(licence: Licence) -> set[UUID]:
    if isinstance(licence, ProviderLicence):
        return administrators_of({licence.provider.organisation_id})[licence.provider.organisation_id]
    employers = employers_of({licence.trainer_id})[licence.trainer_id]
    told = administrators_of(employers)
    return {licence.trainer_id}.union(*(told[employer] for employer in employers))
