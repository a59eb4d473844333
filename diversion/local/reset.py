"""`python -m diversion.local.reset`: remove the demo's data, so that the next start is the first."""

import os
import shutil
import sys
import time

from diversion.local.environment import state_folder
from diversion.local.keeper import stop_servers
from diversion.local.layout import Layout
from diversion.local.locks import is_free, try_lock
from diversion.local.trouble import LocalTrouble

WAIT_SECONDS = 15
# By name, so that a DIVERSION_STATE which points at someone's own folder costs them nothing else.
KEPT_BY_THE_DEMO = ("failed-step.log", "keys.env", "messages", "running.env", "servers.json", "stripe")


def reset() -> None:
    """Remove what the demo keeps. The lock files stay, for someone may be waiting on them.

    :raises LocalTrouble: a demo or a command still uses the servers.
    """
    layout = Layout.at(state_folder("demo"))
    lease = _wait_until_unused(layout)
    stop_servers(layout)
    doomed = [layout.postgres, layout.redis, layout.logs, layout.sockets, layout.home / "wheels"]
    doomed += [layout.state / name for name in KEPT_BY_THE_DEMO]
    doomed += [*layout.state.glob("beat-schedule*"), *layout.home.glob("postgres.new-*")]
    for path in doomed:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    os.close(lease)


def _wait_until_unused(layout: Layout) -> int:
    """The lease, held alone. A keeper that is just stopping the servers is worth a wait; a running demo is not."""
    deadline = time.monotonic() + WAIT_SECONDS
    while is_free(layout.demo_lock) and time.monotonic() < deadline:
        if is_free(layout.keeper_lock) and (lease := try_lock(layout.lease)) is not None:
            return lease
        time.sleep(0.1)
    raise LocalTrouble(f"The servers in {layout.state} are in use; stop the demo (Ctrl-C) and other commands first.")


if __name__ == "__main__":
    try:
        reset()
    except (LocalTrouble, OSError) as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)
    print("The demo's data is gone; `make demo` starts over.")
