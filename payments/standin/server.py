"""The HTTP side: one server on 127.0.0.1 for API, checkout pages and controls."""

import json
import socket
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from payments.standin.api import Api
from payments.standin.checkout import Checkout, Page
from payments.standin.control import Control
from payments.standin.errors import ApiError
from payments.standin.state import State

HOST = "127.0.0.1"
LARGEST_BODY = 1_000_000
REQUESTS_REMEMBERED = 20_000
UNKEPT_HEADERS = {"authorization", "cookie"}


class Server(ThreadingHTTPServer):
    """Answers each connection in a thread of its own.

    :raises OSError: when the port is taken.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, state: State, port: int) -> None:
        super().__init__((HOST, port), Handler)
        state.base_url = f"http://{HOST}:{self.server_port}"
        self.state = state
        self.api = Api(state)
        self.checkout = Checkout(state)
        self.control = Control(state)


class Handler(BaseHTTPRequestHandler):
    """Reads a request, hands it to the right part, remembers it and writes the answer."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "StripeStandIn"
    sys_version = ""
    wbufsize = 65536
    disable_nagle_algorithm = True
    timeout = 60

    def log_message(self, *_: object) -> None:
        """Stay quiet: the request list below `/_control/` is the log."""

    def do_GET(self) -> None:
        """Answer GET."""
        self._handle()

    def do_POST(self) -> None:
        """Answer POST."""
        self._handle()

    def do_DELETE(self) -> None:
        """Answer DELETE."""
        self._handle()

    def _handle(self) -> None:
        body = self._read()
        if body is None:
            self.close_connection = True
            self._send(413, b"too large", {"Content-Type": "text/plain"})
            return
        parts = urlsplit(self.path)
        try:
            if parts.path == "/health":
                self._send_json(200, {"ok": True})
            elif parts.path.startswith("/_control/"):
                self._control(parts.path.removeprefix("/_control/"), body)
            elif parts.path.startswith("/c/"):
                seq = self._remember("(card form not kept)" if body else "")
                answer = self.server.checkout.answer(self.command, parts.path, parts.query, body)
                self._finish(seq, answer.status)
                self._send_page(answer)
            else:
                self._api(parts.path, parts.query if self.command == "GET" else body, body)
        except ConnectionError:  # the caller left before the answer
            self.close_connection = True
        except Exception:  # a bug here must look like Stripe's own 500, and be seen
            traceback.print_exc(file=sys.stderr)
            refusal = ApiError("The stand-in failed.", status=500, kind="api_error")
            self._send_json(500, refusal.body())

    def _read(self) -> str | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return None
        return self.rfile.read(int(length)).decode("utf-8", "replace")

    def _api(self, path: str, encoded: str, body: str) -> None:
        seq = self._remember(body)
        answer = self.server.api.answer(self.command, path, encoded, self.headers)
        self._finish(seq, None if answer.drop else answer.status)
        if answer.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send_json(answer.status, answer.body, answer.headers)

    def _control(self, name: str, body: str) -> None:
        if self.headers.get("X-Standin-Control") != "1":
            self._send_json(403, {"error": "the header X-Standin-Control: 1 is missing"})
            return
        self._send_json(*self.server.control.answer(self.command, name, body))

    def _remember(self, body: str) -> int:
        """Keep the request for `GET /_control/requests` and return its number there."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in UNKEPT_HEADERS}
        store = self.server.state.store
        row = store.rows(
            "INSERT INTO requests (at, method, path, headers, body) VALUES (?, ?, ?, ?, ?) RETURNING seq",
            self.server.state.clock.now(),
            self.command,
            self.path,
            json.dumps(headers),
            body,
        )[0]
        store.rows("DELETE FROM requests WHERE seq <= ?", row["seq"] - REQUESTS_REMEMBERED)
        return int(row["seq"])

    def _finish(self, seq: int, status: int | None) -> None:
        self.server.state.store.rows("UPDATE requests SET status = ? WHERE seq = ?", status, seq)

    def _send_page(self, answer: Page) -> None:
        policy = (
            "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none';"
            f" frame-ancestors 'none'; form-action 'self' {answer.form_target}"
        )
        headers = {"Content-Type": answer.content_type, "Content-Security-Policy": policy}
        if answer.location:
            headers["Location"] = answer.location
        self._send(answer.status, answer.text.encode(), headers)

    def _send_json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = {"Content-Type": "application/json"}
        self._send(status, json.dumps(body, indent=2).encode(), content | (headers or {}))

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(content)
