"""Somebody of the agency asked for a case that is kept from them."""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Model

from diversion.accounts.models import User
from diversion.audit.trail import record_change
from diversion.core.actor import Actor
from diversion.referrals.access import sight_of
from diversion.referrals.enums import Sight
from diversion.referrals.models import Referral

log = structlog.get_logger("diversion.access")


@transaction.atomic
def note_refused_access(*, kind: type[Model], public_id: str, user: User, by: Actor, at: datetime) -> None:
    """Put on a case's trail, and in the log by opaque ids, that one of the agency's own asked for what is kept from them.

    `kind` is what stands at the address, a case or what belongs to one. Nothing is noted where there is no such row, of another
    agency's case, or of one that they see in full. The person is answered as if it did not exist.
    """
    among: Any = kind._default_manager.filter(public_id=public_id)
    case_ids = among.values(f"{among.case_path}pk")
    case = Referral.objects.filter(pk__in=case_ids, agency=user.organisation_id).first()
    if case is None or sight_of(user, case) == Sight.FULL:
        return
    record_change(action="case.access-refused", subject=case, by=by, at=at, case_id=case.pk)
    log.warning("case access refused", case_id=str(case.pk), user_id=str(user.pk))
