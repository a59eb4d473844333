"""Recording that a signed-in person read somebody's record."""

from collections.abc import Iterable
from uuid import UUID

from diversion.accounts.http import StaffRequest
from diversion.audit.trail import record_access
from diversion.core import clock


def log_access(request: StaffRequest, *, kind: str, participants: Iterable[UUID], purpose: str = "") -> None:
    """Record a reading by the person who made the request. `kind` is page, list, search, export or pdf (rule 13)."""
    match = request.resolver_match
    record_access(
        kind=kind,
        route=match.view_name if match else "",
        participants=participants,
        by=request.user.as_actor(),
        at=clock.now(),
        purpose=purpose,
        organisation_id=request.user.organisation_id,
    )
