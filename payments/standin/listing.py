"""Lists, newest first, in pages, with the filters each kind takes."""

import re

from payments.standin import events
from payments.standin.errors import BadParameter, missing
from payments.standin.expansion import shown
from payments.standin.params import Params
from payments.standin.state import State
from payments.standin.store import Json

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
UNDELIVERED = "EXISTS (SELECT 1 FROM deliveries WHERE event = objects.id AND state <> 'delivered')"
SEQUENCE_OF = "(SELECT seq FROM objects WHERE id = ?)"

# Per kind: the path of its list and the plain equality filters Stripe offers there.
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "checkout.session": ("/v1/checkout/sessions", ("payment_intent", "status")),
    "payment_intent": ("/v1/payment_intents", ()),
    "charge": ("/v1/charges", ("payment_intent",)),
    "refund": ("/v1/refunds", ("payment_intent", "charge")),
    "balance_transaction": ("/v1/balance_transactions", ("source", "type", "currency")),
    "event": ("/v1/events", ()),
}


def page(state: State, kind: str, params: Params) -> Json:
    """One page of a list.

    :raises ApiError: 400 for an unknown filter, a cursor that names nothing, or a bad limit.
    """
    path, filters = LISTS[kind]
    where = ["kind = ?"]
    values: list[object] = [kind]
    for name in filters:
        wanted = params.text(name)
        if wanted is not None:
            where.append(f"json_extract(body, '$.{name}') = ?")
            values.append(wanted)
    _created(params, where, values)
    if kind == "event":
        _event_filters(state, params, where, values)
    limit = params.integer("limit")
    limit = 10 if limit is None else limit
    if not 1 <= limit <= 100:
        raise BadParameter("Invalid integer: limit must be between 1 and 100", "limit")
    backwards = _cursor(state, kind, params, where, values)
    params.finish()
    order = "ASC" if backwards else "DESC"
    conditions = " AND ".join(where)  # our own constants; what the caller sent is in `values`
    sql = f"SELECT id FROM objects WHERE {conditions} ORDER BY seq {order} LIMIT ?"  # nosec B608
    found = state.store.rows(sql, *values, limit + 1)
    ids = [row["id"] for row in found[:limit]]
    data = [shown(state, state.store.get(each) or {}) for each in (ids[::-1] if backwards else ids)]
    if kind == "event":
        data = [events.with_pending_count(state, event) for event in data]
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": path}


def _created(params: Params, where: list[str], values: list[object]) -> None:
    created = params.take("created")
    if created is None:
        return
    if isinstance(created, str):
        created = {"=": created}
    if not isinstance(created, dict):
        raise BadParameter("Invalid timestamp", "created")
    for name, moment in created.items():
        comparison = COMPARISONS.get(name, "=" if name == "=" else None)
        if comparison is None or not isinstance(moment, str) or not re.fullmatch("[0-9]{1,12}", moment):
            raise BadParameter("Invalid timestamp: must be an integer", f"created[{name}]")
        where.append(f"created {comparison} ?")
        values.append(int(moment))


def _event_filters(state: State, params: Params, where: list[str], values: list[object]) -> None:
    where.append("created >= ?")
    values.append(state.clock.stamp() - events.RETENTION_SECONDS)
    single, several = params.text("type"), params.texts("types")
    if single and several:
        raise BadParameter("You may only specify one of these parameters: type, types.", "types")
    if len(several) > 20:
        raise BadParameter("Array types exceeded maximum 20 allowed elements.", "types")
    wanted = [single] if single else several
    if wanted:
        where.append("(" + " OR ".join(["json_extract(body, '$.type') GLOB ?"] * len(wanted)) + ")")
        values.extend(wanted)
    delivered = params.boolean("delivery_success")
    if delivered is not None:
        where.append("NOT " + UNDELIVERED if delivered else UNDELIVERED)


def _cursor(state: State, kind: str, params: Params, where: list[str], values: list[object]) -> bool:
    """Add the page's starting point; True when the page is read towards newer objects."""
    after, before = params.text("starting_after"), params.text("ending_before")
    for name, edge, comparison in (("starting_after", after, "<"), ("ending_before", before, ">")):
        if edge is not None:
            if state.store.get(edge, kind) is None:
                refusal = missing(kind, edge, name)
                refusal.status = 400
                raise refusal
            where.append(f"seq {comparison} {SEQUENCE_OF}")
            values.append(edge)
    return before is not None
