"""What must hold on every page in every state: looked at from inside the browser."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Response

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WATCH_POLICY = """window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", (refusal) => {
  window.refusedByPolicy.push(refusal.violatedDirective + " " + refusal.blockedURI);
});"""


def watch(page: Page) -> list[str]:
    """Call before the first ``goto``; the list fills with every address asked of another host, every script error,
    every error the browser writes to its console, and every style, script or picture that did not come."""
    strange: list[str] = []
    page.add_init_script(WATCH_POLICY)
    page.on("request", lambda request: _own(request.url) or strange.append(request.url))
    page.on("pageerror", lambda error: strange.append(str(error)))
    page.on("console", lambda line: _is_fault(line) and strange.append(f"console: {line.text}"))
    page.on("response", lambda answer: _is_missing(answer) and strange.append(f"{answer.status} {answer.url}"))
    return strange


def _is_fault(line: ConsoleMessage) -> bool:
    # A page that answers 422 or 404 is written down there too: its status is the page's own business.
    return line.type == "error" and not line.text.startswith("Failed to load resource")


def _is_missing(answer: Response) -> bool:
    return answer.status >= 400 and answer.request.resource_type != "document"


def _own(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost"}


def axe_findings(page: Page) -> list[str]:
    """Every finding of axe of any impact, as ``rule: element``. Its script goes in through the debugger, not the page."""
    page.evaluate(AXE)
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}}
    result = page.evaluate("(options) => axe.run(document, options)", options)
    return [f"{found['id']}: {node['html'][:160]}" for found in result["violations"] for node in found["nodes"]]


def faults(page: Page) -> list[str]:
    """Everything wrong with the page as it stands; empty when it is sound."""
    found = axe_findings(page)
    headings = page.locator("h1").count()
    if headings != 1:
        found.append(f"{headings} first headings")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("scrolls sideways")
    found += [f"policy: {refused}" for refused in page.evaluate("window.refusedByPolicy")]
    if page.locator("[style], script:not([src]):not([type='application/json'])").count():
        found.append("a style or script within the page")
    found += [f"id twice: {name}" for name in page.evaluate(IDS_TWICE)]
    return found


IDS_TWICE = (
    """() => [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, at, all) => all.indexOf(id) !== at)"""
)
