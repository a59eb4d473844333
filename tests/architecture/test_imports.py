"""The import contracts hold, and each goes red when a bad import is planted."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, modules

LINT = Path(sys.executable).with_name("lint-imports")

PLANTED = {
    "the street": ("diversion/referrals/services/tasks.py", "import courses.models", "The one-way street"),
    "the street, from the money": ("courses/services/booking.py", "import payments.services.settle", "The one-way street"),
    "the street, at its foot": ("diversion/core/money.py", "import diversion.audit.trail", "The one-way street"),
    "a storey": ("courses/services/booking.py", "import courses.views.find", "Storeys inside each app"),
    "a lower storey": (
        "diversion/referrals/models/task.py",
        "import diversion.referrals.policies",
        "Storeys inside each app",
    ),
    "stripe": ("payments/services/settle.py", "import stripe", "Only payments.gateway imports stripe"),
    "the stand-in": ("payments/services/settle.py", "import payments.standin.cards", "The card company's stand-in"),
    "a rule on paper": ("diversion/compliance/rag.py", "import diversion.referrals.models", "Rules worked out on paper"),
}
PURE = (
    "diversion/compliance/rag.py",
    "diversion/referrals/clocks.py",
    "diversion/referrals/eligibility.py",
    "diversion/referrals/given_names.py",
    "diversion/referrals/matching.py",
    "courses/completion.py",
    "payments/vat.py",
)


def lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [LINT, "--no-cache", "--config", str(ROOT / ".importlinter")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "500"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "static", "*.csv"))
    return folder


def test_the_contracts_hold(copied):
    code, said = lint(copied)
    assert code == 0, said


@pytest.fixture(scope="module")
def spoiled(copied):
    """What the linter says with every bad import planted at once."""
    clean = {path: (copied / path).read_text(encoding="utf-8") for path, _line, _contract in PLANTED.values()}
    for path, line, _contract in PLANTED.values():
        with (copied / path).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    code, said = lint(copied)
    for path, text in clean.items():
        (copied / path).write_text(text, encoding="utf-8")
    assert code != 0
    return said


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_import_is_seen(spoiled, what):
    path, line, contract = PLANTED[what]
    module = path.removesuffix(".py").replace("/", ".")
    assert any(said.startswith(contract) and "BROKEN" in said for said in spoiled.splitlines()), spoiled
    assert f"{module} -> {line.removeprefix('import ')} (l." in spoiled, spoiled


def imported(tree: ast.Module) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return (
        names | {node.module for node in froms} | {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
    )


def asks_the_database(tree: ast.Module) -> bool:
    return any(name == "django.db" or name.startswith("django.db.") for name in imported(tree))


def test_rules_worked_out_on_paper_leave_the_database_alone():
    looked_at = [source for source in modules() if source.path in PURE]
    assert len(looked_at) == len(PURE)
    assert [source.path for source in looked_at if asks_the_database(source.tree)] == []


@pytest.mark.parametrize("line", ["import django.db.models", "from django import db", "from django.db.models import F"])
def test_a_rule_that_asks_the_database_is_seen(line):
    assert asks_the_database(ast.parse(line))
