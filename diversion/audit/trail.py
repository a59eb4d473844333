"""Adding to the trail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from diversion.audit.models import AccessEvent, AuditEvent
from diversion.core.actor import Actor


def record_change(
    *,
    action: str,
    subject: models.Model,
    by: Actor,
    at: datetime,
    occurred_at: datetime | None = None,
    case_id: UUID | None = None,
    old_state: str = "",
    new_state: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add one change to the trail. Call it inside the transaction that makes the change.

    `action` is `<noun>.<past participle>`; `case_id` is the referral's key, so that the case timeline finds it.
    """
    return AuditEvent.objects.create(
        occurred_at=occurred_at or at,
        recorded_at=at,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        case_id=case_id,
        old_state=old_state,
        new_state=new_state,
        reason=reason,
        data=data or {},
        **_who(by),
    )


def record_access(
    *,
    kind: str,
    route: str,
    participants: Iterable[UUID],
    by: Actor,
    at: datetime,
    purpose: str = "",
    organisation_id: UUID | None = None,
) -> None:
    """Add one reading to the trail: one row for a page, however many people it showed.

    `kind` is page, list, search, export, pdf, or check: a look-up that told the asker yes or no alone. A page that showed nobody
    is not a reading of anybody and adds no row.
    """
    shown = sorted(set(participants))
    if shown:
        AccessEvent.objects.create(
            at=at, kind=kind, route=route, purpose=purpose, organisation_id=organisation_id, participants=shown, **_who(by)
        )


def _who(by: Actor) -> dict[str, Any]:
    return {
        "actor_kind": by.kind,
        "actor_id": by.user_id,
        "actor_process": by.process,
        "on_behalf_of": by.on_behalf_of,
    }
