"""Looking at other processes, and running programs as an account that may not be root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """The unprivileged account the servers run as when we are root: PostgreSQL refuses to run as root."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """The account to drop to, or None when we are not root and the servers run as ourselves."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def run_as(
    account: Account | None,
    command: Sequence[str | Path],
    *,
    stdin: str = "",
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end in its own session, away from the terminal's Ctrl-C; the caller reads the exit code."""
    return subprocess.run(
        [str(part) for part in command],
        input=stdin,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        cwd="/",
        timeout=timeout,
        start_new_session=True,
        text=True,
        capture_output=True,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def command_of(pid: int) -> str:
    """The command line of a live process, or an empty string: a dead one, a zombie, or a pid that never was."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def pid_in(path: Path) -> int | None:
    """The process id on the first line of a pid file, or None where there is no such file."""
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
