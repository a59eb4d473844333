"""What follows for the people with a place when a venue's address or access changes (C3)."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from courses.enums import BookingState
from courses.messages_venue import AccessChanged
from courses.models import Booking, Venue
from courses.people import participant_of
from courses.queries.venues import places_to_come
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.notifications.outbox import drop_messages_about, message_rows, queue_rows
from diversion.notifications.quiet import out_of_quiet_hours
from diversion.referrals.enums import Need, TaskKind
from diversion.referrals.services.tasks import raise_task

TOLD_OF = frozenset(
    {"address", "postcode", "step_free", "parking", "hearing_loop", "accessible_toilet", "quiet_room", "access_words",
     "transport_words"}
)  # fmt: skip
"""The facts of a venue whose change people with a place there are told of."""


def tell_of_access(*, venue: Venue, is_elsewhere: bool, lost_step_free: bool, by: Actor, at: datetime) -> None:
    """In the caller's transaction, which holds the venue's courses: everybody with a confirmed place that is not behind them is
    told once; what waits from a change before is dropped, the page they are sent to shows both.

    Where it is in another postcode district now, everybody may move free from now on (rule 9), a place still held among them.
    Where the venue is step free no more, whoever needs that goes to their officer as a failure of the service too (rule 6).
    Nobody's place is taken away.
    """
    places = places_to_come(venue, at=at)
    _announce([place for place in places if place.state == BookingState.CONFIRMED], at=at)
    for place in places:
        cannot_get_in = lost_step_free and Need.STEP_FREE in (participant_of(place).needs or [])
        if is_elsewhere or cannot_get_in:
            _let_move_free(place, "booking.access_lost" if cannot_get_in else "booking.venue_moved", by=by, at=at)
        if cannot_get_in:
            _ask_officer(place, by=by, at=at)


def _announce(places: Sequence[Booking], *, at: datetime) -> None:
    drop_messages_about(kind=AccessChanged.kind, subject_ids=[place.pk for place in places], outcome="it has changed again")
    rows = [
        row
        for place in places
        for row in message_rows(
            kind=AccessChanged.kind, recipient_id=participant_of(place).pk, subject_id=place.pk, at=at,
            due_at=out_of_quiet_hours(at), case_id=place.requirement.referral_id, occurrence=at.isoformat(),
        )
    ]  # fmt: skip
    queue_rows(rows, at=at)


def _let_move_free(place: Booking, action: str, *, by: Actor, at: datetime) -> None:
    place.times_changed_at = at
    place.save(update_fields=["times_changed_at"])
    record_change(action=action, subject=place, by=by, at=at, case_id=place.requirement.referral_id)


def _ask_officer(place: Booking, *, by: Actor, at: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):  # stored for the officer, whatever the administrator reads
        detail = gettext(
            "The provider says that the venue of their course is not step free any more. This is a failure of the service, not"
            " of the person: find them a place that they can get into, in time. They may move free."
        )
    raise_task(
        referral=place.requirement.referral, kind=TaskKind.SERVICE_FAILURE, subject_id=place.pk, by=by, at=at, detail=detail
    )
