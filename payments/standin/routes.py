"""Which function answers which address of the API."""

import re
from collections.abc import Callable

from payments.standin import events, listing, refunds, sessions
from payments.standin.errors import ApiError, missing
from payments.standin.expansion import expanded, line_items, shown
from payments.standin.params import Params
from payments.standin.state import State
from payments.standin.store import Json

# Path piece, kind of object, and the name Stripe gives the id in a 404.
COLLECTIONS = {
    "checkout/sessions": ("checkout.session", "session"),
    "payment_intents": ("payment_intent", "intent"),
    "charges": ("charge", "charge"),
    "refunds": ("refund", "refund"),
    "balance_transactions": ("balance_transaction", "id"),
    "events": ("event", "id"),
}
CREATORS: dict[str, Callable[[State, Params], Json]] = {
    "checkout/sessions": sessions.create,
    "refunds": refunds.create,
}
PATH = re.compile(r"/v1/(checkout/sessions|[a-z_]+)(?:/([A-Za-z0-9_]+)(?:/([a-z_]+))?)?")


def answer(state: State, method: str, path: str, values: Json) -> Json:
    """Carry out one API request and return the body of its 200.

    :raises ApiError: 404 for an address or object we do not have, 400 for bad parameters.
    """
    params = Params(values)
    expand = params.texts("expand")
    match = PATH.fullmatch(path)
    if match is None or match[1] not in COLLECTIONS:
        raise _unknown(method, path)
    collection, object_id, action = match.groups()
    body = _body(state, method, collection, object_id, action, params)
    if body is None:
        raise _unknown(method, path)
    params.finish()
    return expanded(state, body, expand)


def _body(
    state: State,
    method: str,
    collection: str,
    object_id: str | None,
    action: str | None,
    params: Params,
) -> Json | None:
    if object_id is None:
        if method == "GET":
            return listing.page(state, COLLECTIONS[collection][0], params)
        if method == "POST" and collection in CREATORS:
            return shown(state, CREATORS[collection](state, params))
        return None
    if method == "GET" and action is None:
        return _one(state, collection, object_id)
    if collection == "checkout/sessions" and (method, action) == ("POST", "expire"):
        params.finish()
        return shown(state, sessions.expire(state, object_id))
    if collection == "checkout/sessions" and (method, action) == ("GET", "line_items"):
        return line_items(state, object_id)
    return None


def _one(state: State, collection: str, object_id: str) -> Json:
    kind, name = COLLECTIONS[collection]
    found = state.store.get(object_id, kind)
    if found is not None and kind == "event":
        oldest = state.clock.stamp() - events.RETENTION_SECONDS
        found = events.with_pending_count(state, found) if found["created"] >= oldest else None
    if found is None:
        raise missing(kind, object_id, name)
    return shown(state, found)


def _unknown(method: str, path: str) -> ApiError:
    return ApiError(
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can"
        " help at https://support.stripe.com/.",
        status=404,
        kept=False,
    )
