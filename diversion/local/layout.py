"""Where the state of the embedded servers lives."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from diversion.local.processes import Account, server_account
from diversion.local.trouble import LocalTrouble

# A Unix socket's whole path must fit in 108 bytes; PostgreSQL adds a file name of 14 to the folder.
SOCKET_PATH_LIMIT = 100
SOCKET_NAME = "/.s.PGSQL.5432"


@dataclass(frozen=True)
class Layout:
    """The files of one state folder. `home` is where the servers' own account can reach, usually the same folder."""

    state: Path
    home: Path
    account: Account | None

    @classmethod
    def at(cls, state: Path) -> "Layout":
        """Work out the folders for a state folder and create them.

        :raises LocalTrouble: a folder cannot be created or written, or belongs to someone else.
        """
        state = state.absolute()
        account = server_account()
        _make_folder(state, mode=0o711 if account else 0o700)
        home = state if account is None or _reachable(state) else Path(f"/var/tmp/diversion-{_digest(state)}")  # nosec B108
        layout = cls(state, home, account)
        if home != state:
            make_own_folder(home, None, mode=0o711)
        for folder in (layout.logs, layout.sockets):
            make_own_folder(folder, account)
        return layout

    @property
    def sockets(self) -> Path:
        """The folder of PostgreSQL's socket; a short hashed one where the natural path is too long or oddly spelt."""
        natural = self.home / "run"
        short = len(os.fsencode(natural)) + len(SOCKET_NAME) <= SOCKET_PATH_LIMIT
        if short and re.fullmatch(r"[A-Za-z0-9/._-]+", str(natural)):
            return natural
        return Path(f"/tmp/diversion-{_digest(self.state)}")  # nosec B108 - ownership is checked before use

    @property
    def logs(self) -> Path:
        """The servers' logs."""
        return self.home / "logs"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data folder."""
        return self.home / "postgres"

    @property
    def redis(self) -> Path:
        """Redis's data folder."""
        return self.home / "redis"

    @property
    def passwords(self) -> Path:
        """The servers' random passwords, mode 0600."""
        return self.state / "servers.json"

    @property
    def start_lock(self) -> Path:
        """Held while servers are created, started or stopped."""
        return self.state / "start.lock"

    @property
    def lease(self) -> Path:
        """Shared by every process that uses the servers; whoever can have it alone may stop them."""
        return self.state / "lease.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for as long as it lives."""
        return self.state / "keeper.lock"

    @property
    def demo_lock(self) -> Path:
        """Held by a running demo."""
        return self.state / "demo.lock"


def make_own_folder(folder: Path, account: Account | None, *, mode: int = 0o700) -> None:
    """Create a folder that belongs to the servers' account, or check that an existing one does.

    :raises LocalTrouble: it belongs to someone else or is not a plain folder (a squatter in a shared folder).
    """
    owner = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=mode, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
            raise LocalTrouble(f"{folder} belongs to another user; remove it, or set DIVERSION_STATE to another folder.")
        if account and found.st_uid != owner:
            os.chown(folder, account.uid, account.gid)
    except OSError as error:
        raise LocalTrouble(_unwritable(folder, error)) from error


def _make_folder(folder: Path, *, mode: int) -> None:
    try:
        for missing in [parent for parent in reversed([folder, *folder.parents]) if not parent.exists()]:
            missing.mkdir(mode=mode, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise LocalTrouble(_unwritable(folder, error)) from error


def _unwritable(folder: Path, error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"Cannot write to {folder} ({reason}); make it writable, or set DIVERSION_STATE to another folder."


def _reachable(folder: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in [folder, *folder.parents])


def _digest(state: Path) -> str:
    return f"{os.geteuid()}-{hashlib.sha256(os.fsencode(state)).hexdigest()[:12]}"
