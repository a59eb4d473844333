"""docs/lifecycles.md, from the tables that are the machines."""

from diversion.core.lifecycle import Lifecycle, Stateful

INTRODUCTION = """# Lifecycles

Five linked lives, never one status: the referral's, the requirement's, the booking's, the charge's and the attendance's; and the
working lives beside them. Each is a table in the app's `lifecycle.py`. `audit.transitions` performs it and writes who, when and why
in the same transaction; a database trigger refuses every other move. An attendance has no states: marks are added, never changed.

_This page is generated (`make docs`). A test compares it with the code._
"""


def page(lifecycles: list[Lifecycle]) -> str:
    return "\n".join([INTRODUCTION, *(section(each) for each in lifecycles)])


def section(lifecycle: Lifecycle) -> str:
    states = list(lifecycle.states)
    arrows = [f"    [*] --> {state}" for state in states if state in lifecycle.starts]
    arrows += [f"    {old} --> {new}" for old, new in lifecycle.pairs()]
    arrows += [f"    {state} --> [*]" for state in states if state in lifecycle.endings()]
    rows = [
        f"| {words(old)} | {words(new)} | {sentence} |"
        for old, ways in lifecycle.moves.items()
        for new, sentence in ways.items()
    ]
    return "\n".join(
        [
            f"## {lifecycle.noun.capitalize()}\n",
            f"Begins as: {names(lifecycle.starts, states)}. Ends as: {names(lifecycle.endings(), states)}.\n",
            "```mermaid\nstateDiagram-v2",
            *arrows,
            "```\n",
            "| from | to | when |\n|---|---|---|",
            *rows,
            "",
        ]
    )


def names(some: frozenset[Stateful] | set[Stateful], states: list[Stateful]) -> str:
    return ", ".join(words(state) for state in states if state in some) or "nothing leaves it for good"


def words(state: Stateful) -> str:
    return state.name.replace("_", " ").lower()
