"""One page of the caseload as the officer filtered it."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q

from diversion.accounts.models import User
from diversion.compliance.queries.caseload import ACCEPTED, OPEN, CaseRow, cases, row, with_parts
from diversion.compliance.queries.search import Tokens, matching
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import CaseTask
from diversion.referrals.querysets import ReferralQuerySet

A_PAGE = 25
DONE = (ACCEPTED - OPEN) | {ReferralState.WITHDRAWN}


def filtered(user: User, *, show: str, whose: list[str], search: Tokens | None) -> ReferralQuerySet:
    """The cases a filter keeps, the most urgent first. A search looks at every case the person may see, open or not.

    A case that has ended stays among the open ones while somebody waits for an answer on it.
    """
    found = cases(user)
    if search:
        found = found.filter(matching(search))
    elif show != "all":
        asked = Exists(CaseTask.objects.filter(referral=OuterRef("pk"), done_at=None))
        found = found.filter(Q(state__in=DONE) if show == "done" else Q(state__in=OPEN) | asked)
    if "mine" in whose:
        found = found.filter(officer=user)
    if "attention" in whose:
        found = found.filter(tasks__done_at=None, tasks__isnull=False).distinct()
    return found.order_by("due_on", "created_at", "pk")


def case_page(found: ReferralQuerySet, *, number: Any, at: datetime) -> Page:
    """One page of rows."""
    page: Page[Any] = Paginator(found, A_PAGE).get_page(number)
    rows: Any = page.object_list
    page.object_list = [row(referral, at=at) for referral in with_parts(rows)]
    return page


def in_groups(page: Page) -> list[tuple[str, list[CaseRow]]]:
    """The page's rows under Overdue, Due today, This week and Later, in that order, leaving out what is empty."""
    return [(group, list(rows)) for group, rows in groupby(page.object_list, key=lambda each: each.group)]
