"""The papers keep up with the code: commands exist, every setting is explained, every link leads somewhere."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("http://", "https://", "mailto:")
FOLDERS = ("docs", "diversion", "courses", "payments", "bench", "tests", "templates")
VENDORED = "static/vendor"


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def papers() -> list[Path]:
    """Every Markdown file of ours."""
    found = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))]
    return [path for path in found if VENDORED not in path.as_posix()]


def headings(paper: Path) -> set[str]:
    """The anchors of a page, as they are made from its headings."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", paper.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def broken(paper: Path, text: str) -> Iterator[str]:
    """The links and images of a page with this text that lead nowhere."""
    for target in LINK.findall(FENCE.sub("", text)):
        if target.startswith(ELSEWHERE):
            continue
        name, _, anchor = unquote(target).partition("#")
        found = (paper.parent / name).resolve() if name else paper
        has_anchor = not anchor or found.suffix != ".md" or (found.exists() and anchor in headings(found))
        if not found.is_relative_to(ROOT) or not found.exists() or not has_anchor:
            yield f"{paper.relative_to(ROOT)}: {target}"


def settings_read() -> set[str]:
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", read("diversion/settings/env.py")))


def test_the_readme_names_the_two_commands_and_both_exist():
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)`", "".join(paper.read_text(encoding="utf-8") for paper in papers())))
    assert {"demo", "test"} <= set(re.findall(r"`make ([a-z-]+)`", read("README.md")))
    assert named - targets == set()


def test_the_readme_is_short():
    assert len(read("README.md").splitlines()) <= 150


def test_every_setting_is_in_the_example_and_in_operations():
    example = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", read(".env.example"), re.MULTILINE))
    section = read("docs/operations.md").partition("## Environment")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    explained = [name for row in rows for name in re.findall(r"`([A-Z][A-Z_]+)`", row)]
    assert len(settings_read()) > 15
    assert settings_read() - example == set()
    assert sorted(explained) == sorted(example)


def test_operations_names_commands_that_exist():
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    commands |= {path.stem for path in ROOT.glob("diversion/*/management/commands/*.py")}
    named = set(re.findall(r"`(?:python )?manage\.py (\w+)", read("docs/operations.md") + read("README.md")))
    assert named - commands == {"collectstatic", "migrate", "check", "shell"}


def test_operations_lists_the_notices_that_are_asked_for():
    kinds = re.search(r"KINDS = \((.*?)\)", read("payments/services/notices.py"), re.DOTALL)
    assert kinds
    dotted = set(re.findall(r"\"([a-z_.]+)\"", kinds[1]))
    assert set(re.findall(r"`((?:checkout|payment_intent|charge|refund)\.[a-z_.]+)`", read("docs/operations.md"))) == dotted


def test_every_link_leads_somewhere():
    assert [fault for paper in papers() for fault in broken(paper, paper.read_text(encoding="utf-8"))] == []


def test_a_link_that_leads_nowhere_is_noticed():
    lost = ["nowhere.md", "README.md#nothing-of-the-kind", "images/none.png", "../../outside.md"]
    good = ["README.md", "operations.md#environment", "../Makefile", "https://example.org/"]
    text = " ".join(f"[words]({target})" for target in [*good, *lost])
    assert list(broken(ROOT / "docs" / "page.md", text)) == [f"docs/page.md: {target}" for target in lost]


def test_decisions_have_numbers_of_their_own_and_are_all_listed():
    decisions = sorted(path.name for path in (ROOT / "docs/adr").glob("*.md"))
    numbers = Counter(name[:4] for name in decisions)
    listed = re.findall(r"\]\(adr/([^)]+)\)", read("docs/README.md"))
    assert [number for number, times in numbers.items() if times > 1] == []
    assert sorted(listed) == decisions
    for name in decisions:
        text = read(f"docs/adr/{name}")
        assert text.startswith(f"# {int(name[:4])}. ")
        assert [part for part in ("## Context", "## Decision", "## Consequences") if part not in text] == []
