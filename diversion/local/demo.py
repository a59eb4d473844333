"""`python -m diversion.local.demo`: the whole product on this machine, until Ctrl-C.

Servers, Stripe stand-in, web, worker and beat are separate, visible processes. What DATABASE_URL, REDIS_URL and
STRIPE_SECRET_KEY name is used instead of the embedded or simulated thing.
"""

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from types import FrameType

from diversion.local.children import Child, say
from diversion.local.environment import ROOT, ensure_environment, release, state_folder
from diversion.local.layout import Layout
from diversion.local.locks import try_lock
from diversion.local.ports import demo_port, standin_port
from diversion.local.steps import run_step
from diversion.local.trouble import LocalTrouble

PYTHON = sys.executable
HEALTH_SECONDS = 60
STOP_SECONDS = 15


class Demo:
    """The supervisor: brings everything up in order, watches it, and puts it away."""

    def __init__(self) -> None:
        """Check the port and the state folder before anything is started.

        :raises LocalTrouble: the port is in use, the folder cannot be written, or a demo runs from it already.
        """
        self.port = demo_port()
        self.state = state_folder("demo")
        self.address = f"http://127.0.0.1:{self.port}/"
        self.stopping = threading.Event()
        self.children: list[Child] = []
        self.lock = try_lock(Layout.at(self.state).demo_lock)
        if self.lock is None:
            raise LocalTrouble(f"A demo is running from {self.state} already; stop it first, or set DIVERSION_STATE.")

    def run(self) -> int:
        """Bring everything up and stay until told to stop; the process's exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._prepare()
            self._start_children()
            if not self.stopping.is_set() and self._wait_for_health():
                self._greet()
            return self._watch()
        finally:
            self._put_away()

    def _prepare(self) -> None:
        say("demo", "Starting PostgreSQL and Redis.")
        ensure_environment("demo")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings.development")
        os.environ.update(DIVERSION_DEMO="1", PORT=str(self.port), PYTHONUNBUFFERED="1")
        os.environ.setdefault("DIVERSION_MESSAGE_FOLDER", str(self.state / "messages"))
        if not os.environ.get("STRIPE_SECRET_KEY"):
            self._start_standin()
        for words in ("migrate --database owner", "collectstatic --noinput", "load_demo"):
            if not self.stopping.is_set():
                self._manage(words, quiet=words != "load_demo")

    def _manage(self, words: str, *, quiet: bool) -> None:
        command = [PYTHON, str(ROOT / "manage.py"), *words.split()]
        run_step(f"manage.py {words}", command, quiet=quiet, stop=self.stopping)

    def _start_standin(self) -> None:
        port = standin_port(self.port)
        os.environ.update(STRIPE_SECRET_KEY="sk_test_standin", STRIPE_API_BASE=f"http://127.0.0.1:{port}")
        arguments = {
            "--port": str(port),
            "--state": str(self.state / "stripe"),
            "--webhook-url": f"{self.address}webhooks/stripe/",
            "--webhook-secret": os.environ["STRIPE_WEBHOOK_SECRET"],
        }
        flat = [part for pair in arguments.items() for part in pair]
        self._add("stripe", [PYTHON, "-m", "payments.standin", *flat])

    def _start_children(self) -> None:
        celery = [PYTHON, "-m", "celery", "-A", "diversion"]
        web = ["--no-control-socket", "--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--bind"]
        self._add("web", [PYTHON, "-m", "gunicorn", "diversion.wsgi", *web, f"127.0.0.1:{self.port}"])
        quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        self._add("worker", [*celery, "worker", "--concurrency", "2", *quiet])
        schedule = str(self.state / "beat-schedule")
        self._add("beat", [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "INFO"])

    def _add(self, name: str, command: list[str]) -> None:
        if not self.stopping.is_set():
            self.children.append(Child(name, command, os.environ))

    def _wait_for_health(self) -> bool:
        deadline = time.monotonic() + HEALTH_SECONDS
        seen = "no answer"
        while time.monotonic() < deadline and not self.stopping.wait(0.25):
            if not all(child.revive() for child in self.children):
                self.stopping.set()
                return False
            try:
                with urllib.request.urlopen(f"{self.address}health/", timeout=5) as answer:  # nosec B310 - our own address
                    if answer.status == 200:
                        return True
            except urllib.error.HTTPError as error:
                seen = error.read().decode(errors="replace").strip() or str(error)
            except OSError as error:
                seen = str(error)
        if not self.stopping.is_set():
            say("demo", f"{self.address}health/ is not well after {HEALTH_SECONDS} seconds: {seen}")
        return False

    def _greet(self) -> None:
        say("demo", "")
        say("demo", f"Open {self.address}")
        say("demo", f"To look around as staff, open {self.address}account/login/ and press a button under “Try it as”.")
        say("demo", "To be a participant, answer one of these letters on the start page:")
        self._manage("load_demo --letters", quiet=False)
        say("demo", "Ctrl-C stops everything; the data stays until `make demo-reset`.")

    def _watch(self) -> int:
        while not self.stopping.wait(0.5):
            if not all(child.revive() for child in self.children):
                return 1
        return 0

    def _put_away(self) -> None:
        say("demo", "Stopping.")
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop(deadline - time.monotonic())
        release(self.state)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()


def main() -> int:
    """Run the demo; trouble is one sentence on stderr and exit code 1."""
    try:
        return Demo().run()
    except LocalTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
