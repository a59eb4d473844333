"""Command line of the stand-in: check the options, serve until told to stop."""

import argparse
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from payments.standin.clock import Clock
from payments.standin.faults import Faults
from payments.standin.server import Server
from payments.standin.state import State
from payments.standin.store import Store
from payments.standin.webhooks import Sender


def main(arguments: list[str] | None = None) -> int:
    """Run the stand-in; return 2 with one sentence when it cannot or must not start."""
    options = _options(arguments)
    if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        return _refuse("The Stripe stand-in does not run with production settings.")
    if options.webhook_url and not _is_address(options.webhook_url):
        return _refuse(f"The webhook address {options.webhook_url} is not an http address.")
    try:
        store = Store(options.state)
    except (OSError, sqlite3.Error) as problem:
        return _refuse(f"The folder {options.state} cannot be used: {problem}.")
    state = State(store, Clock(store), Faults(), options.webhook_url, options.webhook_secret)
    try:
        server = Server(state, options.port)
    except (OSError, OverflowError) as problem:
        return _refuse(f"Port {options.port} cannot be used: {problem}.")
    _serve(server, Sender(state))
    store.close()
    return 0


def _serve(server: Server, sender: Sender) -> None:
    def stop(*_: object) -> None:
        # shutdown() waits for serve_forever(), which this very thread is running.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sender.start()
    print(f"Stripe stand-in on {server.state.base_url}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    sender.stop()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m payments.standin", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes any free port")
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps its data")
    parser.add_argument("--webhook-url", default="", help="where events go; empty for nowhere")
    parser.add_argument("--webhook-secret", default="whsec_standin")
    return parser.parse_args(arguments)


def _is_address(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A delivery may still wait on a target that does not answer; it is queued for the next start.
    os._exit(status)
