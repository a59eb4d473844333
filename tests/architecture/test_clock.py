"""One caller of now(): `core/clock.py`. Everything else is told the time, so a test can tell it."""

import ast

import pytest

from tests.architecture.source import Source, dotted, modules

ASKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localtime",
    "timezone.localdate",
    "time.time",
    "time.time_ns",
}
REASONED = {
    "diversion/core/clock.py": "the one caller",
    "diversion/accounts/adapter.py": "the sign-in library stamps its records with time.time(), and they are compared with it",
    "payments/standin/clock.py": "the stand-in is another company's machine: its clock is its own, and can be moved",
    "payments/standin/webhooks.py": "signs as the card company does, by the real clock: the product checks the signature's age",
}


def askers(source: Source) -> list[str]:
    """Where the time is asked for. `time.monotonic` and `perf_counter` measure; they do not tell the time."""
    found = [source.at(call) for call in source.calls() if _last_two(dotted(call.func)) in ASKS]
    bare = {
        alias.asname or alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and f"{(node.module or '').split('.')[-1]}" in {"time", "timezone"}
        for alias in node.names
        if f"{(node.module or '').split('.')[-1]}.{alias.name}" in ASKS
    }
    return found + [source.at(call) for call in source.calls() if isinstance(call.func, ast.Name) and call.func.id in bare]


def _last_two(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def test_only_the_clock_asks_for_the_time():
    assert {place.split(":")[0] for source in modules() for place in askers(source)} == set(REASONED)


def test_templates_and_sql_do_not_ask_either(django_db_blocker):
    from tests.architecture.source import templates

    assert [each.path for each in templates() if "{% now" in each.text] == []
    sql = [
        source.path for source in modules() if "now()" in source.text.replace("clock.now()", "").replace("def now()", "")
    ]
    assert sorted(set(sql) - set(REASONED)) == [
        "courses/models/room.py",  # a trigger: which courses are still to come as a room is changed
        "diversion/compliance/invariants.py",  # asks of the stored, at the moment it runs
    ]


@pytest.mark.parametrize(
    "line",
    [
        "datetime.datetime.now(UTC)",
        "datetime.now()",
        "timezone.now()",
        "date.today()",
        "time.time()",
        "from django.utils.timezone import now\nnow()",
        "from time import time\ntime()",
    ],
)
def test_asking_is_seen(line):
    assert askers(Source("planted.py", line))


def test_being_told_is_not():
    assert askers(Source("planted.py", "clock.now()\ntime.monotonic()\nat.now")) == []
