"""How stored objects are shown: private keys left out, `expand[]` paths filled in."""

from payments.standin.errors import ApiError, BadParameter
from payments.standin.state import State
from payments.standin.store import Json

DEEPEST = 4


def shown(state: State, stored: Json) -> Json:
    """A copy of a stored object as Stripe shows it; keys with a leading underscore are ours."""
    visible = {key: value for key, value in stored.items() if not key.startswith("_")}
    if visible["object"] == "checkout.session" and visible["status"] == "open":
        visible["url"] = f"{state.base_url}/c/pay/{visible['id']}"
    return visible


def expanded(state: State, visible: Json, paths: list[str]) -> Json:
    """Fill each path such as `payment_intent.latest_charge` or, on lists, `data.charge`.

    :raises BadParameter: for a path that names nothing expandable or goes deeper than four.
    """
    for path in paths:
        keys = path.split(".")
        if len(keys) > DEEPEST:
            raise BadParameter("You cannot expand more than 4 levels of a property", "expand[0]")
        _fill(state, visible, keys, path)
    return visible


def _fill(state: State, visible: Json, keys: list[str], path: str) -> None:
    key, rest = keys[0], keys[1:]
    if visible["object"] == "list" and key == "data":
        for item in visible["data"]:
            _fill(state, item, rest, path)
        return
    if visible["object"] == "checkout.session" and key == "line_items":
        visible[key] = line_items(state, visible["id"])
        return
    value = visible.get(key)
    if isinstance(value, str):
        found = state.store.get(value)
        if found is None:
            raise _refusal(path)
        value = visible[key] = shown(state, found)
    elif key not in visible or not (value is None or isinstance(value, dict)):
        raise _refusal(path)
    if rest and value is not None:
        _fill(state, value, rest, path)


def line_items(state: State, session_id: str) -> Json:
    """The list of a session's line items."""
    session = state.store.get(session_id, "checkout.session")
    if session is None:
        raise ApiError("No such session", status=404, code="resource_missing")
    return {
        "object": "list",
        "data": session["_line_items"],
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session_id}/line_items",
    }


def _refusal(path: str) -> BadParameter:
    return BadParameter(f"This property cannot be expanded ({path}).", "expand[0]")
