"""Events: a snapshot of an object at a change, kept for the API and queued for the webhook."""

from payments.standin.expansion import shown
from payments.standin.identifiers import new_id
from payments.standin.state import API_VERSION, State
from payments.standin.store import Json

RETENTION_SECONDS = 30 * 24 * 3600

# What our endpoint would be subscribed to in Stripe's dashboard; other events are only listed.
SUBSCRIBED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "charge.refunded",
        "charge.dispute.created",
        "refund.created",
        "refund.updated",
    }
)

WEBHOOK_DEFAULTS: Json = {
    "drop": False,  # lose deliveries for ever instead of queueing them
    "delay": 0.0,  # seconds between the event and its first delivery
    "copies": 1,  # deliveries of each event
    "retry_base": 1.0,  # seconds before the first retry; each later gap doubles
    "sign_clock": "standin",  # whose time the signature carries: "standin" or "real"
}


def record(state: State, kind: str, subject: Json, previous: Json | None = None) -> Json:
    """Store an event about `subject` and queue its delivery; call inside the transaction."""
    data: Json = {"object": shown(state, subject)}
    if previous is not None:
        data["previous_attributes"] = previous
    event = state.store.put(
        {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": state.clock.stamp(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(state.request),
            "type": kind,
        }
    )
    if state.webhook_url and kind in SUBSCRIBED:
        settings = webhook_settings(state)
        enqueue(
            state,
            event["id"],
            copies=settings["copies"],
            delay=settings["delay"],
            outcome="dropped" if settings["drop"] else "pending",
        )
    return event


def webhook_settings(state: State) -> Json:
    """How deliveries behave at present."""
    changed: Json = state.store.setting("webhooks", {})
    return WEBHOOK_DEFAULTS | changed


def enqueue(state: State, event_id: str, *, copies: int, delay: float, outcome: str = "pending") -> None:
    """Queue deliveries of an event; the sender wakes at its next look or when told to."""
    due = state.clock.now() + delay
    for _ in range(copies):
        state.store.rows(
            "INSERT INTO deliveries (event, queued, due, state) VALUES (?, ?, ?, ?)",
            event_id,
            due,
            due,
            outcome,
        )


def with_pending_count(state: State, event: Json) -> Json:
    """The event as the API shows it, with the number of deliveries still to come."""
    waiting = state.store.rows("SELECT count(*) AS n FROM deliveries WHERE event = ? AND state = 'pending'", event["id"])
    return event | {"pending_webhooks": waiting[0]["n"]}
