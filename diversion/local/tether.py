"""Run a command that must not outlive the process which wanted it, even when that one is killed outright.

Run by path, `python tether.py PARENT COMMAND...`: it asks the kernel for a SIGTERM at the parent's death and becomes the
command. Where the kernel has no such service (not Linux) the command simply runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Become the command, tied to `parent`; leave at once when the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(1)
    os.execvp(command[0], command)  # nosec B606 - the supervisor's own fixed commands


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
