"""The whole service as `make demo` runs it, for the journeys: every process real, the card company's stand-in beside it."""

import re
import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.seed import Seed, wait_until_ready
from tests.browser.soundness import faults, watch
from tests.local.running_demo import RunningDemo

LETTER = re.compile(r"reference (?P<reference>\S+)\s+PIN (?P<pin>\d{6})\s+born (?P<born>\d+ \w+ \d{4})")
CODE = re.compile(r"\b\d{6}\b")
PATIENCE = 60


class Service:
    """A running demo, its letters and its messages."""

    def __init__(self, lock: Path) -> None:
        self.seed = Seed(lock)
        self.folder = Path(tempfile.mkdtemp(prefix="diversion-browser-"))
        self.folder.chmod(0o755)
        self.seed.copy_to(self.folder / "state")
        self.demo = RunningDemo(self.folder / "state")
        wait_until_ready(self.demo)
        self.letters = [match.groupdict() for line in self.demo.lines if (match := LETTER.search(line))]
        self.base = f"http://127.0.0.1:{self.demo.port}"

    def stop(self) -> None:
        self.demo.process.terminate()
        self.demo.end()
        while self.demo.pids():
            time.sleep(0.1)
        shutil.rmtree(self.folder)
        self.seed.leave()

    def message(self, to: str, *, holding: str = "") -> str:
        """The newest message to an address, once it has been sent."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            paths = sorted(
                (self.demo.state / "messages").glob("*.txt"), key=lambda path: path.stat().st_mtime, reverse=True
            )
            for path in paths:
                text = path.read_text()
                if f"To: {to}\n" in text and holding in text:
                    return text
            time.sleep(0.3)
        raise AssertionError(f"no message to {to} came")

    def code(self, to: str) -> str:
        """The newest six-digit code sent to an address."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            match = CODE.search(self.message(to).partition("\n\n")[2])
            if match:
                return match[0]
            time.sleep(0.3)
        raise AssertionError(f"no code for {to} came")


class Visitor:
    """Somebody in front of a browser. Every page they see must be sound; `screens` counts the pages of ours."""

    def __init__(self, page: Page, service: Service) -> None:
        self.service = service
        self.screens: list[str] = []
        self.turn_to(page)

    def turn_to(self, page: Page) -> Page:
        """Go on in another tab."""
        self.page, self.strange = page, watch(page)
        return page

    def go(self, path: str) -> None:
        self.page.goto(self.service.base + path)
        self.look()

    def press(self, name: str) -> None:
        """Press the button or follow the link of the page's main part whose words begin so, and look at what comes."""
        begins = re.compile("^" + re.escape(name))
        main = self.page.get_by_role("main")
        main.get_by_role("button", name=begins).or_(main.get_by_role("link", name=begins)).first.click()
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> None:
        title = self.page.title()
        self.screens.append(title)
        found = [*faults(self.page), *self.strange]
        assert found == [], f"{title} at {self.page.url}: {found}"

    def sees(self, *words: str) -> None:
        text = self.page.locator("body").inner_text()
        for each in words:
            assert each in text, f"{each!r} is not on {self.page.title()}:\n{text}"

    def fill(self, **labels: str) -> None:
        """Type into fields by their labels, written with underscores for spaces."""
        for label, value in labels.items():
            self.page.get_by_label(label.replace("_", " "), exact=False).first.fill(value)

    def sign_in_as(self, persona: str) -> None:
        self.page.goto(self.service.base + "/account/login/")
        self.page.locator(f"form[action='/demo/sign-in/{persona}/'] button").click()
        self.page.wait_for_load_state()
        self.look()


def type_birth(page: Page, day: str) -> None:
    """12 March 1994, into the three fields of the page's date."""
    date = datetime.strptime(day, "%d %B %Y")  # noqa: DTZ007
    for part, value in (("Day", date.day), ("Month", date.month), ("Year", date.year)):
        page.get_by_label(part, exact=True).fill(str(value))
