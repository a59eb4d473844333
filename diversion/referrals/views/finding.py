"""The one way from an address to a case, or to a row of one."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from diversion.accounts.http import StaffRequest
from diversion.core import clock
from diversion.referrals.services.refused_access import note_refused_access


def find_on_case(request: StaffRequest, rows: QuerySet[Any], public_id: str) -> Any:
    """The row at an address, among rows that came through `visible_to`.

    :raises Http404: it is not among them. Whether it exists makes no difference to the answer; where it exists and is kept from
        one of the agency's own, that they asked is noted.
    """
    found = rows.filter(public_id=public_id).first()
    if found is None:
        note_refused_access(
            kind=rows.model, public_id=public_id, user=request.user, by=request.user.as_actor(), at=clock.now()
        )
        raise Http404
    return found
