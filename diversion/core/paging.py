"""Pages of a list that is not counted: for lists where the count would cost more than the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class UncountedPage:
    """One page; speaks to `components/pagination.html` as Django's own does, but knows only whether another follows."""

    object_list: Sequence[Any]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def uncounted_page(rows: QuerySet[Any], number: str | None, *, size: int, most: int) -> UncountedPage:
    """The page with that number as an address says it, in one query; the first where there is no such page.

    Nobody pages past `most` pages. A list that has grown shorter meanwhile costs a second query.
    """
    asked = int(number) if number and number.isascii() and number.isdigit() and len(number) < 6 else 1
    asked = asked if 1 <= asked <= most else 1
    found = list(rows[(asked - 1) * size : asked * size + 1])
    if not found and asked > 1:
        return uncounted_page(rows, None, size=size, most=most)
    return UncountedPage(found[:size], asked, len(found) > size and asked < most)
