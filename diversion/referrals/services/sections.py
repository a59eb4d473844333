"""Saving one section of a draft, unless somebody else changed it since it was read."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from diversion.accounts.models import User
from diversion.audit.models import AuditEvent
from diversion.core.actor import Actor
from diversion.core.errors import Refusal
from diversion.referrals.contents import changed_since, contents, is_same, mark
from diversion.referrals.models import Referral
from diversion.referrals.services import drafts, file, needs

SAVES: Mapping[str, Callable[..., None]] = {
    "person": drafts.save_person,
    "offence": drafts.save_offence,
    "requirement": drafts.save_requirement,
    "victim": file.save_victim,
    "history": file.save_history,
    "risk": drafts.save_risk,
    "agreement": file.save_agreement,
    "conditions": file.save_conditions,
    "needs": needs.save_needs,
}


class SectionWasChanged(Refusal):
    """The section is not as it was when the page was opened. `names` are the fields that differ from what would be saved.

    `who` changed it last, None where nobody is known; `seen` marks it as it is now, so that the next save is knowingly made.
    """

    def __init__(self, *, names: list[str], who: User | None, changed_at: datetime | None, seen: str) -> None:
        self.names, self.who, self.changed_at, self.seen = names, who, changed_at, seen
        super().__init__()


@transaction.atomic
def save_section(
    *,
    referral: Referral,
    section: str,
    values: Mapping[str, Any],
    typed: Mapping[str, Any],
    seen: str,
    by: Actor,
    at: datetime,
) -> None:
    """Save a section with what its own service takes, if it still is what `seen` says its reader saw.

    `typed` are the fields as they were typed: where they are what is stored already, nobody overwrites anything.

    :raises SectionWasChanged: it was changed meanwhile, in this browser or another; nothing is saved.
    :raises Refusal: as the section's own service refuses.
    """
    referral = drafts.lock_draft(referral)
    check_seen(referral, section, typed=typed, seen=seen)
    SAVES[section](referral=referral, **values, by=by, at=at)


def check_seen(referral: Referral, section: str, *, typed: Mapping[str, Any], seen: str) -> None:
    """Of a locked referral: its section is what its reader saw, or already what they typed.

    :raises SectionWasChanged: it is neither.
    """
    now = contents(referral, section)
    names = [name for name in changed_since(seen, now) if not is_same(typed.get(name), now.get(name))]
    if not names:
        return
    last = AuditEvent.objects.filter(
        subject_id=referral.pk, action__in=["referral.saved", "referral.changed"], data__section=section
    ).order_by("-occurred_at", "-id")
    event = last.first()
    raise SectionWasChanged(
        names=names,
        who=User.objects.filter(pk=event.actor_id).first() if event and event.actor_id else None,
        changed_at=event.occurred_at if event else None,
        seen=mark(now),
    )
