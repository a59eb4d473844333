"""Everything that happened on a case, newest first: what, who, when and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.translation import gettext as _

from courses.models import Concern
from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.compliance.words import title_of
from diversion.core.actor import ActorKind
from diversion.core.moments import moment_words
from diversion.referrals.models import Referral

A_PAGE = 25
SAME_MOMENT = timedelta(hours=24)
ABOUT_ONE_NAME = ["case.colleague-allowed", "case.colleague-excluded", "case.name-taken-off"]
REFUSED = "case.access-refused"


@dataclass(frozen=True)
class Happening:
    """One entry of the timeline, as its component takes it."""

    title: str
    by: str
    at: datetime
    text: str


def timeline(referral: Referral, *, reader: User, page: Any) -> Page:
    """One page of the case's trail. Two queries: the events, and the names of the staff who acted.

    Whoever sees the case again after having been kept out never reads that they were.
    """
    about_reader = Q(action__in=ABOUT_ONE_NAME, data__user=str(reader.pk)) | Q(action=REFUSED, actor_id=reader.pk)
    trail = AuditEvent.objects.filter(~about_reader, case_id=referral.pk)
    events = trail.order_by("-occurred_at", "-recorded_at", "-id")
    found: Page[Any] = Paginator(events, A_PAGE).get_page(page)
    names = User.objects.in_bulk({e.actor_id for e in found if e.actor_kind == ActorKind.STAFF and e.actor_id})
    found.object_list = [_happening(event, names) for event in found.object_list]
    return found


def concerns(referral: Referral) -> list[Happening]:
    """What trainers were concerned about, newest first. Whoever sees the case in full reads it; nothing is worked out from it."""
    rows = Concern.objects.filter(booking__requirement__referral=referral).select_related("raised_by", "session")
    return [
        Happening(title=_("Session on %(when)s") % {"when": moment_words(row.session.starts_at)},
                  by=str(row.raised_by), at=row.raised_at, text=row.words)
        for row in rows.order_by("-raised_at")
    ]  # fmt: skip


def _happening(event: AuditEvent, names: dict[Any, User]) -> Happening:
    who = {
        ActorKind.STAFF: str(names.get(event.actor_id, _("A member of staff"))),
        ActorKind.PARTICIPANT: _("the participant"),
        ActorKind.SYSTEM: _("the service"),
    }[ActorKind(event.actor_kind)]
    title = title_of(event.action, event.data)
    texts = [event.reason, _late_words(event)]
    return Happening(title=str(title), by=who, at=event.occurred_at, text="\n".join(filter(None, texts)))


def _late_words(event: AuditEvent) -> str:
    """Nothing, or that it was written down long after it happened: two different things (rule 19)."""
    if event.recorded_at - event.occurred_at < SAME_MOMENT:
        return ""
    return _("Recorded on %(when)s.") % {"when": moment_words(event.recorded_at)}
