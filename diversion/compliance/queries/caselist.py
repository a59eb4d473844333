"""One page of the caseload as the officer filtered it."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q

from diversion.accounts.models import User
from diversion.compliance.queries.caseload import ACCEPTED, OPEN, CaseRow, LimitedRow, known_cases, row, with_parts
from diversion.compliance.queries.search import Tokens, matching
from diversion.core import clock
from diversion.core.references import spoken
from diversion.referrals.enums import ReferralState
from diversion.referrals.models import CaseTask
from diversion.referrals.querysets import ReferralQuerySet

A_PAGE = 25
DONE = (ACCEPTED - OPEN) | {ReferralState.WITHDRAWN}


def filtered(user: User, *, show: str, whose: list[str], search: Tokens | None, at: datetime) -> ReferralQuerySet:
    """The cases a filter keeps, the most urgent first. A search looks at every case the person knows of, open or not.

    A case that has ended stays among the open ones while somebody waits for an answer on it.

    A restricted case that the person may only know of stands among the open cases and among all, last, whatever its state; no
    filter that asks about a case finds it, and no search but for its reference. So nothing but its existence can be learned.
    """
    found = known_cases(user)
    asked = Exists(CaseTask.objects.open().filter(referral=OuterRef("pk")))
    if search:
        found = found.filter(matching(search))
    elif show == "done":
        found = found.filter(in_full=True, state__in=DONE)
    elif show != "all":
        found = found.filter(Q(in_full=False) | Q(state__in=OPEN) | asked)
    if "mine" in whose:
        found = found.filter(in_full=True).in_the_care_of(user, on=clock.day_of(at))
    if "team" in whose:
        found = found.filter(in_full=True).of_the_team(user)
    if "attention" in whose:
        found = found.filter(asked, in_full=True)
    return found.in_listing_order("due_on", "created_at")


def case_page(found: ReferralQuerySet, *, number: Any, at: datetime) -> Page:
    """One page of rows."""
    page: Page[Any] = Paginator(found, A_PAGE).get_page(number)
    rows: Any = page.object_list
    page.object_list = [
        row(referral, at=at) if referral.in_full else LimitedRow(referral.reference) for referral in with_parts(rows)
    ]
    return page


def in_groups(page: Page) -> list[tuple[str, list[CaseRow]]]:
    """The page's rows under Overdue, Due today, This week and Later, in that order, leaving out what is empty."""
    in_full = (each for each in page.object_list if isinstance(each, CaseRow))
    return [(group, list(rows)) for group, rows in groupby(in_full, key=lambda each: each.group)]


def limited(page: Page) -> list[str]:
    """The references of the page's restricted cases that the reader may only know of; they follow the groups."""
    return [spoken(each.reference) for each in page.object_list if isinstance(each, LimitedRow)]
