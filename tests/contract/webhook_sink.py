"""A small HTTP server that keeps the webhooks it is sent."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """One webhook as it arrived."""

    body: bytes
    signature: str

    @property
    def event(self) -> dict[str, Any]:
        """The event, unverified."""
        return dict(json.loads(self.body))


class _Listener(ThreadingHTTPServer):
    request_queue_size = 128


class WebhookSink:
    """Answers `status` to every POST and keeps it in `arrived`; `port` may be given to come back.

    A GET is answered with a small page, so that it can also play the shop a payer goes back to.
    """

    def __init__(self, port: int = 0, status: int = 200) -> None:
        self.arrived: list[Delivery] = []
        self.status = status
        self._server = _Listener(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def port(self) -> int:
        """Port it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Address to give to the stand-in."""
        return f"http://127.0.0.1:{self.port}/webhooks/stripe/"

    def of(self, kind: str) -> list[Delivery]:
        """What arrived of one event type."""
        return [each for each in list(self.arrived) if each.event["type"] == kind]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sink.arrived.append(Delivery(body, self.headers["Stripe-Signature"]))
                self.send_response(sink.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                page = b"<title>Back at the shop</title>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        return Handler
