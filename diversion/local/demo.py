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
from diversion.local.environment import ROOT, RUNNING, ensure_environment, release, state_folder
from diversion.local.keys import write_values
from diversion.local.layout import Layout
from diversion.local.locks import try_lock_patiently
from diversion.local.ports import demo_port, standin_port
from diversion.local.steps import run_step
from diversion.local.trouble import LocalTrouble

PYTHON = sys.executable
HEALTH_SECONDS = 180
STOP_SECONDS = 15
FAILED_STEP = "failed-step.log"
# What commands given beside the demo use too; the addresses only where they came from outside, for a command takes
# its own lease of the embedded servers.
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
SHARED = ("DIVERSION_DEMO", "DIVERSION_MESSAGE_FOLDER", "PORT", "STRIPE_API_BASE", "STRIPE_SECRET_KEY", *ADDRESSES)
STEPS = {
    "migrate --database owner --noinput": "Bringing the database up to date.",
    "collectstatic --noinput": "Collecting the static files.",
    "load_demo": "Loading the demo story, unless it is there.",
}


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
        self.exit_code = 0
        self.lock = try_lock_patiently(Layout.at(self.state).demo_lock)
        if self.lock is None:
            raise LocalTrouble(f"A demo is running from {self.state} already; stop it first, or set DIVERSION_STATE.")
        # Only now: what a demo that is gone left behind would mislead this one, or its reader.
        for name in (RUNNING, FAILED_STEP):
            (self.state / name).unlink(missing_ok=True)

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
        shared = [name for name in SHARED if name not in ADDRESSES or os.environ.get(name)]
        ensure_environment("demo")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings.development")
        os.environ.setdefault("DIVERSION_MESSAGE_FOLDER", str(self.state / "messages"))
        os.environ.update(DIVERSION_DEMO="1", PORT=str(self.port), PYTHONUNBUFFERED="1")
        if not os.environ.get("STRIPE_SECRET_KEY"):
            self._start_standin()
        write_values(self.state / RUNNING, {name: os.environ[name] for name in shared if os.environ.get(name)})
        for words, sentence in STEPS.items():
            if not self.stopping.is_set():
                say("demo", sentence)
                self._manage(words)

    def _manage(self, words: str) -> list[str]:
        return self._step(f"manage.py {words}", [PYTHON, str(ROOT / "manage.py"), *words.split()])

    def _step(self, name: str, command: list[str]) -> list[str]:
        return run_step(name, command, log=self.state / FAILED_STEP, stop=self.stopping)

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
        celery = [PYTHON, "-m", "celery", "--quiet", "-A", "diversion"]
        web = ["--no-control-socket", "--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--bind"]
        self._add("web", [PYTHON, "-m", "gunicorn", "diversion.wsgi", *web, f"127.0.0.1:{self.port}"])
        quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        self._add("worker", [*celery, "worker", "--concurrency", "2", *quiet])
        schedule = str(self.state / "beat-schedule")
        # Beat's first tick comes after a minute; the service is not well before one, so the first is asked for at once.
        self._step("celery call diversion.tick", [*celery, "call", "diversion.tick"])
        self._add("beat", [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "INFO"])

    def _add(self, name: str, command: list[str]) -> None:
        if not self.stopping.is_set():
            self.children.append(Child(name, command, os.environ))

    def _wait_for_health(self) -> bool:
        deadline = time.monotonic() + HEALTH_SECONDS
        seen = "no answer"
        while time.monotonic() < deadline and not self.stopping.wait(0.5):
            self._revive_children()
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
        letters = self._manage("load_demo --letters")
        say(
            "demo",
            "",
            f"Open {self.address}",
            f"To look around, open {self.address}account/login/ and press a button under “Try it as”.",
            "To begin as a participant does, answer one of these letters on the start page:",
            *letters,
            "Ctrl-C stops everything; the data stays until `make demo-reset`.",
            "",
        )

    def _revive_children(self) -> None:
        if not all(child.revive() for child in self.children):
            self.exit_code = 1
            self.stopping.set()

    def _watch(self) -> int:
        while not self.stopping.wait(0.5):
            self._revive_children()
        return self.exit_code

    def _put_away(self) -> None:
        say("demo", "Stopping.")
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop(deadline - time.monotonic())
        (self.state / RUNNING).unlink(missing_ok=True)
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
