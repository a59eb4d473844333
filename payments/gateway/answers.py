"""What is asked of the card company and what it answers, in our own words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from diversion.core.errors import Refusal


class GatewayIsDown(Refusal):
    """No answer, or an answer that says "later". Whether it was done is not known: ask again with the same key."""

    sentence = _("The card payments page is not answering. Wait a minute, then try again.")


class GatewayRefused(Exception):
    """The card company will not do it, now or later. `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class NoticeIsForged(Exception):
    """A notice that the card company did not send to us just now, or that is not for this account and mode."""


class PageStatus(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PageOrder:
    """A page to pay on. `reference` is opaque and all that the card company learns of the booking (rule 14).

    `key` makes a repeat the same page. `descriptor` is what the card statement shows.
    """

    key: str
    reference: str
    amount_pence: int
    descriptor: str
    expires_at: datetime
    paid_url: str
    left_url: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """A page to pay on, as it stands at the card company now. `url` is empty once it is over."""

    id: str
    url: str
    status: PageStatus
    paid: bool
    amount_pence: int
    currency: str
    reference: str
    payment_intent: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MadeRefund:
    """A refund that the card company has made. `row` is our own row's id, when we gave one."""

    id: str
    amount_pence: int
    row: str
    failed: bool

    def is_of(self, row: UUID) -> bool:
        return self.row == str(row)


@dataclass(frozen=True, slots=True)
class Notice:
    """One event, by its own id. `object_id` is what it is about; its contents are not believed and not kept."""

    event_id: str
    kind: str
    object_id: str
