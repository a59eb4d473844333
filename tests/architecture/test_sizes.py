"""Small files, small views. A file that nobody can hold in mind is split before it is merged."""

import ast
from statistics import median

from tests.architecture.source import Source, modules

LONGEST, USUAL, LONGEST_VIEW = 400, 80, 25


def lines(source: Source) -> int:
    return source.text.count("\n")


def long_views(source: Source) -> list[str]:
    """Functions of a views module, decorators and docstring left out, that are longer than a view may be."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            if body[-1].end_lineno - body[0].lineno + 2 > LONGEST_VIEW:
                found.append(f"{source.at(node)} {node.name}")
    return found


def is_views(path: str) -> bool:
    return "/views/" in path or path.endswith(("/views.py", "/webhooks.py"))


def test_no_module_is_longer_than_400_lines():
    assert [(source.path, lines(source)) for source in modules() if lines(source) > LONGEST] == []


def test_half_of_the_modules_are_shorter_than_80_lines():
    assert median(lines(source) for source in modules() if lines(source) > 1) <= USUAL


def test_no_view_is_longer_than_25_lines():
    views = [source for source in modules() if is_views(source.path)]
    assert len(views) > 10
    assert [view for source in views for view in long_views(source)] == []


def test_a_long_view_is_seen():
    body = "\n".join(f"    a{n} = {n}" for n in range(25))
    assert long_views(Source("planted.py", f"def page(request):\n{body}\n")) == ["planted.py:1 page"]
    shorter = body.rsplit("\n", 1)[0]
    assert long_views(Source("planted.py", f"def page(request):\n{shorter}\n")) == []
