"""The product's source, read and parsed once for all the rules about it."""

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("diversion", "courses", "payments")


@dataclass(frozen=True)
class Source:
    """One file. `path` is relative to the repository, with forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{node.lineno}"

    def calls(self):
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


@cache
def modules() -> tuple[Source, ...]:
    """Every module of the product but its migrations, which are generated."""
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(_read(path) for path in files if "migrations" not in path.parts)


@cache
def templates() -> tuple[Source, ...]:
    return tuple(_read(path) for path in sorted((ROOT / "templates").rglob("*")) if path.is_file())


def _read(path: Path) -> Source:
    return Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names, "" for anything else at its root."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    return ""
