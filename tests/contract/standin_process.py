"""The Stripe stand-in as a subprocess, for contract tests, journeys, fault tests and browsers."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

import stripe

ROOT = Path(__file__).resolve().parents[2]
API_KEY = "sk_test_standin"
SECRET = "whsec_contract_tests"

PAYS = "4242424242424242"
DECLINED = "4000000000000002"
THREE_D_SECURE = "4000002500003155"
NO_FUNDS = "4000000000009995"
DISPUTED = "4000000000000259"


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = build_opener(_NoRedirect)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer; redirects are not followed."""

    status: int
    text: str
    location: str
    headers: dict[str, str]


class StandIn:
    """One stand-in process. Use as a context manager, or call start() and stop().

    The port is chosen at the first start and kept by later ones, so a restart comes back at the
    same address with the same data.
    """

    def __init__(self, state: Path, webhook_url: str = "", webhook_secret: str = SECRET, port: int = 0) -> None:
        self.state = state
        self.webhook_url = webhook_url
        self.webhook_secret = webhook_secret
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    @property
    def base_url(self) -> str:
        """Address of the running stand-in, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: Any) -> stripe.StripeClient:
        """The real SDK pointed here; options as for StripeClient, e.g. max_network_retries."""
        addresses: Any = {"api": self.base_url}
        return stripe.StripeClient(options.pop("api_key", API_KEY), base_addresses=addresses, **options)

    # the process

    def start(self) -> "StandIn":
        """Start the process and wait until it listens."""
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / "stderr.log").open("a") as errors:
            self._process = subprocess.Popen(
                self.command(),
                cwd=ROOT,
                env=os.environ | {"DJANGO_SETTINGS_MODULE": "", "PYTHONUNBUFFERED": "1"},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        match = re.search(r":(\d+)$", line.strip())
        if match is None:
            self._end()
            raise RuntimeError(f"the stand-in did not start: {(self.state / 'stderr.log').read_text()}")
        self.port = int(match[1])
        return self

    def command(self) -> list[str]:
        """The command line that starts this stand-in."""
        return [
            *(sys.executable, "-m", "payments.standin", "--port", str(self.port), "--state", str(self.state)),
            *("--webhook-url", self.webhook_url, "--webhook-secret", self.webhook_secret),
        ]

    def stop(self) -> None:
        """Ask the process to end, as Ctrl-C in a terminal would."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process with SIGKILL."""
        self._signal(signal.SIGKILL)

    def restart(self, webhook_url: str | None = None) -> "StandIn":
        """Stop and start again on the same port and data, if wanted with another webhook address."""
        self.stop()
        if webhook_url is not None:
            self.webhook_url = webhook_url
        return self.start()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._end()

    def _end(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.wait(timeout=20)
        self._process.stdout.close()
        self._process = None

    def __enter__(self) -> "StandIn":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    # the payer

    def get(self, address: str) -> Reply:
        """GET a checkout page; `address` may be relative."""
        return fetch(urljoin(self.base_url, address))

    def submit(self, address: str, **fields: str) -> Reply:
        """POST a form of the checkout pages."""
        return fetch(urljoin(self.base_url, address), urlencode(fields).encode())

    def pay(self, session_id: str, card: str = PAYS, approve: bool = True) -> Reply:
        """Fill in the card form as a payer would, and the 3-D Secure page if it comes.

        The reply is a 303: to success_url when paid, back to the form when not.
        """
        reply = self.submit(f"/c/pay/{session_id}", number=card, expiry="12/39", cvc="123")
        if reply.location.endswith("/verify"):
            reply = self.submit(reply.location, result="complete" if approve else "fail")
        return reply

    # the controls; payments/standin/control.py explains each

    def control(self, method: str, name: str, **values: Any) -> Any:
        """Press one control button and return its JSON answer."""
        reply = fetch(
            f"{self.base_url}/_control/{name}",
            json.dumps(values).encode() if method == "POST" else None,
            {"X-Standin-Control": "1", "Content-Type": "application/json"},
            method,
        )
        assert reply.status == 200, reply.text
        return json.loads(reply.text)

    def advance(self, seconds: float) -> None:
        """Push the stand-in's clock forward."""
        self.control("POST", "clock", advance=seconds)

    def webhooks(self, **settings: Any) -> None:
        """Change delivery: drop, delay, copies, retry_base, sign_clock."""
        self.control("POST", "webhooks", **settings)

    def replay(self, event_id: str, times: int = 1) -> None:
        """Deliver a stored event again."""
        self.control("POST", "replay", event=event_id, times=times)

    def fail_next(self, calls: int = 1, **fault: Any) -> None:
        """Answer the next API calls with an error: status, apply, keep, path, method."""
        self.control("POST", "faults", kind="error", calls=calls, **fault)

    def drop_next(self, calls: int = 1, apply: bool = True, **fault: Any) -> None:
        """Carry out the next API calls (unless apply=False) and close the connection unanswered."""
        self.control("POST", "faults", kind="drop", calls=calls, apply=apply, **fault)

    def slow(self, seconds: float, calls: int | None = None, **fault: Any) -> None:
        """Make API calls wait first."""
        self.control("POST", "faults", kind="slow", seconds=seconds, calls=calls, **fault)

    def clear_faults(self) -> None:
        """Forget ordered faults."""
        self.control("DELETE", "faults")

    def requests(self) -> list[dict[str, Any]]:
        """Every API and checkout request received, oldest first."""
        return list(self.control("GET", "requests"))

    def deliveries(self) -> list[dict[str, Any]]:
        """Every queued webhook delivery, oldest first."""
        return list(self.control("GET", "deliveries"))

    def reset(self) -> None:
        """Empty the stand-in and bring its clock back."""
        self.control("POST", "reset")


def fetch(url: str, data: bytes | None = None, headers: dict[str, str] | None = None, method: str | None = None) -> Reply:
    """One request without following redirects."""
    try:
        with _OPENER.open(Request(url, data, headers or {}, method=method), timeout=30) as answer:
            return _reply(answer.status, answer.read(), dict(answer.headers))
    except HTTPError as error:
        with error:
            return _reply(error.code, error.read(), dict(error.headers))


def _reply(status: int, content: bytes, headers: dict[str, str]) -> Reply:
    return Reply(status, content.decode(), headers.get("Location", ""), headers)


def eventually(check: Any, seconds: float = 10) -> Any:
    """Call `check` until it returns something true, or fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, f"nothing came within {seconds} s"
        time.sleep(0.05)
    return found
