"""Stripe's bracketed form encoding, `line_items[0][price_data][currency]=gbp`, into nested data."""

import re
from typing import Any
from urllib.parse import parse_qsl

from payments.standin.errors import BadParameter
from payments.standin.store import Json

NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def decode(encoded: str) -> Json:
    """Nested dicts and lists from a query string or form body.

    :raises BadParameter: for a name with unbalanced brackets or used both as value and as mapping.
    """
    tree: Json = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        match = NAME.match(name)
        if match is None:
            raise BadParameter(f"Invalid parameter name: {name}", name)
        keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        _place(tree, keys, value, name)
    return {key: _listed(value) for key, value in tree.items()}


def _place(tree: Json, keys: list[str], value: str, name: str) -> None:
    for key in keys[:-1]:
        tree = tree.setdefault(key or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise BadParameter(f"Invalid parameter: {name}", name)
    tree[keys[-1] or str(len(tree))] = value


def _listed(value: Any) -> Any:
    """Turn mappings with only numeric keys into lists."""
    if not isinstance(value, dict):
        return value
    children = {key: _listed(child) for key, child in value.items()}
    if children and all(key.isdigit() for key in children):
        return [children[key] for key in sorted(children, key=int)]
    return children
