"""Telling the card company's notices from anybody else's."""

from datetime import datetime
from typing import Any

import stripe

from payments.gateway.answers import Notice, NoticeIsForged

TOLERANCE_SECONDS = 300  # never 0 or None: the SDK then takes a notice of any age
LARGEST_BYTES = 256 * 1024


def verify(client: stripe.StripeClient, body: bytes, signature: str, *, secret: str, live: bool, at: datetime) -> Notice:
    """The notice in a signed body.

    The SDK refuses what is too old; that it takes any time in the future is mended here.

    :raises NoticeIsForged: not signed with our secret, signed more than five minutes before or after `at`, of another
        account or mode, too large, or not an event.
    """
    if len(body) > LARGEST_BYTES:
        raise NoticeIsForged("too large")
    try:
        event = client.construct_event(body, signature, secret, TOLERANCE_SECONDS)
        notice = read(event)
        livemode, account = event.livemode, getattr(event, "account", None)
    except (stripe.SignatureVerificationError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise NoticeIsForged("not an event signed with our secret") from error
    if abs(_signed_at(signature) - at.timestamp()) > TOLERANCE_SECONDS:
        raise NoticeIsForged("signed too long ago or ahead of time")
    if livemode is not live:
        raise NoticeIsForged("of the other mode")
    if account:
        raise NoticeIsForged("of another account")
    return notice


def read(event: Any) -> Notice:
    """The ids in an event. Nothing else of it is used."""
    return Notice(event_id=str(event.id), kind=str(event.type), object_id=str(event.data.object["id"]))


def _signed_at(signature: str) -> int:
    """The first `t` of the header: the one the SDK signed over."""
    return next(int(value) for name, _, value in (part.partition("=") for part in signature.split(",")) if name == "t")
