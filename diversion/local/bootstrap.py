"""Make `.venv` and install the pinned requirements: what the Makefile runs first, with the system's own Python.

Standard library only, and nothing of this package: it must run before anything is installed. The installer is uv at the
version and hashes of the lock file, fetched from the package index, so neither pip nor ensurepip is needed.
"""

from __future__ import annotations

import argparse
import configparser
import fcntl
import hashlib
import html.parser
import io
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urldefrag, urljoin

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
RUNTIME_LOCK = ROOT / "requirements.lock"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.lock"
VERSIONS = ((3, 11), (3, 12))
PIP_FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")


class Trouble(Exception):
    """Something on this machine stands in the way; the message is one sentence."""


def main() -> int:
    """Install for `make demo`, or with --dev for `make test`; trouble is one sentence on stderr and exit code 1."""
    parser = argparse.ArgumentParser(description="Make .venv and install the pinned requirements.")
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    wanted = parser.parse_args()
    try:
        folder = ROOT / ".local"
        folder.mkdir(exist_ok=True)
        with (folder / "bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            install(development=wanted.dev)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Cannot write to {error.filename or ROOT}: {(error.strerror or str(error)).lower()}.", file=sys.stderr)
        return 1
    return 0


def install(*, development: bool) -> None:
    """Bring `.venv` up to the lock file, or do nothing where it is there already.

    :raises Trouble: no fitting Python, no package index, or an installation that failed.
    """
    locks = {"runtime": _digest(RUNTIME_LOCK), "development": _digest(DEVELOPMENT_LOCK)}
    sound = _version_of(str(VENV / "bin" / "python")) in VERSIONS
    stamp = json.loads(STAMP.read_text()) if sound and STAMP.exists() else {}
    goal = "development" if development else "runtime"
    if stamp.get(goal) == locks[goal]:
        return
    python = find_python()
    if not sound:
        make_venv(python)
    STAMP.unlink(missing_ok=True)
    uv = fetch_uv()
    print("Installing the pinned packages (a minute on a slow line).", flush=True)
    if development:
        _run_uv(uv, "sync", str(DEVELOPMENT_LOCK))
    else:
        _run_uv(uv, "install", "--no-deps", "-r", str(RUNTIME_LOCK))
    STAMP.write_text(json.dumps(locks if development else {"runtime": locks["runtime"]}))


def find_python() -> str:
    """This interpreter where its version fits, else python3.11 or python3.12 from the path.

    :raises Trouble: there is none.
    """
    if sys.version_info[:2] in VERSIONS:
        return sys.executable
    for major, minor in VERSIONS:
        found = shutil.which(f"python{major}.{minor}")
        if found and _version_of(found) == (major, minor):
            return found
    raise Trouble(f"Python 3.11 or 3.12 is needed; this is {platform.python_version()} (Debian 12: apt install python3).")


def make_venv(python: str) -> None:
    """Make `.venv` afresh, without pip.

    :raises Trouble: the interpreter cannot make virtual environments.
    """
    print(f"Making .venv with {python}.", flush=True)
    done = subprocess.run(
        [python, "-m", "venv", "--without-pip", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise Trouble(f"{python} cannot make .venv ({said}); on Debian: apt install python3-venv.")


def fetch_uv() -> Path:
    """The uv of the lock file: the one kept in `.venv`, else from the package index, checked against the lock's hashes.

    :raises Trouble: the index cannot be reached, has no uv for this machine, or serves one with another hash.
    """
    match = re.search(r"^uv==(\S+)((?: \\\n\s+--hash=sha256:\w+)+)", DEVELOPMENT_LOCK.read_text(), re.MULTILINE)
    if match is None:
        raise Trouble("requirements-dev.lock does not pin uv; run `make lock`.")
    version, hashes = match[1], set(re.findall(r"sha256:(\w+)", match[2]))
    kept = VENV / f"uv-{version}"
    if kept.exists():
        return kept
    page = index_url().rstrip("/") + "/uv/"
    links = _Links()
    links.feed(_get(page).decode())
    wheels = [link for link in links.found if _fits(urldefrag(link).url.rsplit("/", 1)[-1], version)]
    if not wheels:
        raise Trouble(f"{page} has no uv {version} for this machine ({platform.machine()}).")
    wheel = _get(urljoin(page, urldefrag(wheels[0]).url))
    if hashlib.sha256(wheel).hexdigest() not in hashes:
        raise Trouble(f"The uv {version} from {page} does not have a hash of requirements-dev.lock; it was not used.")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        program = archive.read(f"uv-{version}.data/scripts/uv")
    unfinished = kept.with_suffix(".new")
    unfinished.write_bytes(program)
    unfinished.chmod(0o755)
    unfinished.rename(kept)
    return kept


def index_url() -> str:
    """The package index that uv's or pip's own configuration names, else PyPI."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if os.environ.get(name):
            return os.environ[name]
    return _pip_setting("index-url") or "https://pypi.org/simple"


class _Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def _fits(name: str, version: str) -> bool:
    """Whether a file is uv's wheel of this version for this machine."""
    system = {"Darwin": "macosx"}.get(platform.system(), "manylinux" if platform.libc_ver()[0] else "musllinux")
    return name.startswith(f"uv-{version}-") and system in name and f"{platform.machine()}.whl" in name


def _pip_setting(name: str) -> str | None:
    own = os.environ.get("PIP_CONFIG_FILE")
    settings = configparser.RawConfigParser()
    settings.read([Path(path).expanduser() for path in (*PIP_FILES, *([own] if own else []))])
    return settings.get("global", name, fallback="").strip() or None


def _certificates() -> str | None:
    return os.environ.get("SSL_CERT_FILE") or os.environ.get("PIP_CERT") or _pip_setting("cert")


def _get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": "text/html, */*"})
    try:
        context = ssl.create_default_context(cafile=_certificates())
        with urllib.request.urlopen(request, timeout=60, context=context) as answer:  # nosec B310 - the index's address
            return bytes(answer.read())
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            advice = "on Debian: apt install ca-certificates"
        else:
            advice = "check the network, or set PIP_INDEX_URL to an index you can reach"
        raise Trouble(f"The package index {index_url()} cannot be reached ({reason}); {advice}.") from error


def _run_uv(uv: Path, *arguments: str) -> None:
    """Install wheels only, each with its hash: nothing is compiled here.

    :raises Trouble: uv failed; what it said stands above the sentence, unless the network was the reason.
    """
    environment = dict(os.environ)
    if found := _certificates():
        environment.setdefault("SSL_CERT_FILE", found)
    options = ("--python", str(VENV / "bin" / "python"), "--require-hashes", "--no-build", "--index-url", index_url())
    done = subprocess.run(
        [str(uv), "pip", arguments[0], "--quiet", "--no-config", *options, *arguments[1:]],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    if re.search(r"dns error|error sending request|client error|timed out|Failed to fetch", done.stderr, re.IGNORECASE):
        raise Trouble(f"The package index {index_url()} cannot be reached; check the network, or set PIP_INDEX_URL.")
    print(done.stderr, file=sys.stderr)
    raise Trouble("The pinned packages could not be installed; the lines above are uv's.")


def _version_of(python: str) -> tuple[int, ...]:
    try:
        done = subprocess.run(
            [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
        )
    except OSError:
        return ()
    return tuple(int(part) for part in done.stdout.split()) if done.returncode == 0 else ()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
