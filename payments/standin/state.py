"""What every part of the stand-in shares: store, clock, where webhooks go, the request in hand."""

import threading
from dataclasses import dataclass, field

from payments.standin.clock import Clock
from payments.standin.faults import Faults
from payments.standin.store import Json, Store

API_VERSION = "2026-10-28.endive"


@dataclass
class State:
    """One running stand-in.

    `request` names the API request being carried out (id and idempotency key) for the events it
    causes; it is set only while the store's transaction is held, so one thread at a time sees it.
    """

    store: Store
    clock: Clock
    faults: Faults
    webhook_url: str
    webhook_secret: str
    base_url: str = ""
    request: Json = field(default_factory=lambda: {"id": None, "idempotency_key": None})
    wake: threading.Event = field(default_factory=threading.Event)
