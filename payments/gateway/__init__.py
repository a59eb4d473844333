"""The card company, as the rest of the house sees it. Nothing else imports its SDK, and nothing of the SDK leaves here."""

from payments.gateway.answers import (
    CardPage,
    GatewayIsDown,
    GatewayRefused,
    MadeRefund,
    Notice,
    NoticeIsForged,
    PageOrder,
    PageStatus,
)
from payments.gateway.client import Gateway, connect

__all__ = [
    "CardPage",
    "Gateway",
    "GatewayIsDown",
    "GatewayRefused",
    "MadeRefund",
    "Notice",
    "NoticeIsForged",
    "PageOrder",
    "PageStatus",
    "connect",
]
