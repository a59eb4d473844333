"""`audit.transitions` is the only writer of a `state`: every change of one has its audit row beside it."""

import ast

import pytest

from tests.architecture.source import Source, dotted, modules

WRITES = {"update", "create", "get_or_create", "update_or_create", "setattr", "bulk_update"}
# `state` there is not a lifecycle's: the stand-in's store, and the folder in which the local servers keep theirs.
ANOTHER_WORD = ("payments/standin/", "diversion/local/")
REASONED = {
    "diversion/audit/transitions.py": "the writer",
    "diversion/notifications/services/pump.py": "its copies in memory repeat what shift() has just written",
}


def writers(source: Source) -> list[str]:
    found = []
    for node in ast.walk(source.tree):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AugAssign | ast.AnnAssign)
            else []
        )
        flat = [each for target in targets for each in ([*target.elts] if isinstance(target, ast.Tuple) else [target])]
        if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in flat):
            found.append(source.at(node))
    for call in source.calls():
        name = dotted(call.func).split(".")[-1] or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
        if name in WRITES and any(keyword.arg == "state" for keyword in call.keywords):
            found.append(source.at(call))
        if name == "setattr" and len(call.args) > 1 and getattr(call.args[1], "value", None) == "state":
            found.append(source.at(call))
        named = [
            const.value
            for each in call.keywords
            if each.arg in {"update_fields", "fields", "defaults"}
            for const in ast.walk(each.value)
            if isinstance(const, ast.Constant)
        ]
        if name in {"save", "bulk_update", "update_or_create", "get_or_create"} and "state" in named:
            found.append(source.at(call))
    return found


def test_only_transitions_writes_a_state():
    found = [place for source in modules() if not source.path.startswith(ANOTHER_WORD) for place in writers(source)]
    assert {place.split(":")[0] for place in found} == set(REASONED), found


@pytest.mark.parametrize(
    "line",
    [
        "booking.state = 'confirmed'",
        "a, booking.state = 1, 2",
        "Booking.objects.filter(pk=1).update(state=to)",
        "rows.live().filter(x=1).update(taken=1, state=to)",
        "Booking.objects.create(state=to)",
        "setattr(booking, 'state', to)",
        "booking.save(update_fields=['state'])",
        "Booking.objects.update_or_create(pk=1, defaults={'state': to})",
    ],
)
def test_another_writer_is_seen(line):
    assert writers(Source("planted.py", line))


def test_reading_is_not_writing():
    assert writers(Source("planted.py", "if booking.state == 'held':\n    rows.filter(state='held')\n    state = 1")) == []
