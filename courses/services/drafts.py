"""Keeping marks on the server before the register is sent: nothing is lost, and nothing follows from them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from courses.drafts import NOTHING, Draft, Kept, Values, Verdict, compare
from courses.enums import BookingState
from courses.models import Booking, DraftMark, Session
from courses.queries.registers import draft_values
from courses.register_rules import RegisterIsAlreadySubmitted
from diversion.accounts.models import User


@transaction.atomic
def keep_marks(*, session: Session, drafts: Sequence[Draft], user: User, at: datetime) -> Kept:
    """Keep what was marked so far, person by person, beside what other trainers marked at the same time.

    Nothing follows from it and nobody is told, so it leaves no trace in the trail. Who has no place any more is left out.

    :raises RegisterIsAlreadySubmitted: the register was sent meanwhile; these marks change nothing.
    """
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    if session.register_submitted_at is not None:
        raise RegisterIsAlreadySubmitted()
    confirmed = Booking.objects.expected_at(session).filter(state=BookingState.CONFIRMED)
    expected = set(confirmed.values_list("pk", flat=True))
    rows = {row.booking_id: row for row in session.drafts.select_related("kept_by")}
    values = {key: draft_values(row) for key, row in rows.items() if key in expected}
    tokens = {key: each.token for key, each in values.items()}
    taken, clashes = [], {}
    for draft in drafts:
        if draft.booking_id not in expected:
            continue
        verdict = compare(draft.values, draft.base, values.get(draft.booking_id, NOTHING))
        if verdict == Verdict.THEIRS:
            taken.append(draft.booking_id)
        elif verdict == Verdict.CLASH:
            clashes[draft.booking_id] = _clash(rows.get(draft.booking_id))
            values[draft.booking_id] = draft.values
        elif verdict == Verdict.MINE:
            _store(session, draft.booking_id, draft.values, rows.get(draft.booking_id), user=user, at=at)
            values[draft.booking_id] = draft.values
            tokens[draft.booking_id] = draft.values.token
    return Kept(values, tokens, taken, clashes)


def _store(session: Session, booking_id: UUID, values: Values, row: DraftMark | None, *, user: User, at: datetime) -> None:
    row = row or DraftMark(session=session, booking_id=booking_id)
    for name, value in values._asdict().items():
        setattr(row, name, value)
    row.kept_by, row.kept_at = user, at
    row.save()


def _clash(row: DraftMark | None) -> str:
    if row is None:
        return gettext("Somebody took this mark away. Yours is shown here. Save again to keep it.")
    words = gettext("%(who)s marked “%(what)s”. Yours is shown here. Save again to keep yours.")
    return words % {"who": row.kept_by, "what": row.get_outcome_display() or gettext("nothing yet")}
