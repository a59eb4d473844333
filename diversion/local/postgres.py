"""The embedded PostgreSQL: created once, started on demand, stopped by the last one out."""

import os
import shutil
import time
from pathlib import Path
from urllib.parse import quote

from diversion.local.binaries import postgres_programs
from diversion.local.layout import Layout
from diversion.local.passwords import Passwords
from diversion.local.processes import command_of, pid_in, run_as
from diversion.local.trouble import LocalTrouble

DATABASE = "diversion"
OWNER = "diversion_owner"
APPLICATION = "diversion_app"
SUPERUSER = "postgres"
START_SECONDS = 60

SETTINGS = """
# Written by diversion.local. fsync and synchronous_commit keep their safe defaults.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 300
shared_buffers = '128MB'
password_encryption = 'scram-sha-256'
max_parallel_workers_per_gather = 0
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
# A failing statement may carry a person's details: the error is logged, the statement is not.
log_min_error_statement = panic
"""


class Postgres:
    """One cluster in a state folder. Callers hold the layout's start lock around every method that changes it."""

    def __init__(self, layout: Layout, passwords: Passwords) -> None:
        """Find the programs.

        :raises LocalTrouble: they are not installed.
        """
        self.layout = layout
        self.passwords = passwords
        self.programs = postgres_programs(layout)

    def url(self, role: str) -> str:
        """The address for one login role, its socket folder percent-encoded as the host."""
        password = {OWNER: self.passwords.owner, APPLICATION: self.passwords.application}[role]
        return f"postgresql://{role}:{password}@{quote(str(self.layout.sockets), safe='')}/{DATABASE}"

    def create(self) -> None:
        """Make the cluster, both login roles and the database, where there is none yet.

        All of it happens in a temporary folder that is renamed at the end, so a kill half-way leaves nothing behind
        that looks finished.

        :raises LocalTrouble: initdb or the first statements failed.
        """
        data = self.layout.postgres
        if data.exists():
            return
        for unfinished in data.parent.glob("postgres.new-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        fresh = data.with_name(f"postgres.new-{os.getpid()}")
        fresh.mkdir(mode=0o700)
        secret = self.layout.logs / f"superuser-{os.getpid()}"
        secret.touch(mode=0o600)
        secret.write_text(self.passwords.superuser)
        if self.layout.account:
            for path in (fresh, secret):
                os.chown(path, self.layout.account.uid, self.layout.account.gid)
        try:
            self._run(
                "initdb",
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            )
        finally:
            secret.unlink(missing_ok=True)
        with (fresh / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        self._run("postgres", "--single", "-c", "exit_on_error=on", "-D", fresh, SUPERUSER, stdin=self._first_statements())
        fresh.rename(data)

    def start(self) -> None:
        """Start the server unless it answers already, and wait until it does.

        :raises LocalTrouble: it does not answer within a minute; the sentence names its log.
        """
        deadline = time.monotonic() + START_SECONDS
        log = self.layout.logs / "postgres.log"
        while not self.answers():
            if time.monotonic() > deadline:
                raise LocalTrouble(f"The embedded PostgreSQL does not start; its log is {log}.")
            if not self.is_alive():
                self._forget_reused_pid()
                # Port and socket folder are given here, not in the file, because the state folder may be moved.
                options = f"-p 5432 -k '{self.layout.sockets}'"
                # Waiting matters: a second postmaster must never be tried while the first is writing its pid file.
                self._pg_ctl("start", "--wait", "--timeout=20", f"--log={log}", f"--options={options}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server, ending open connections, and wait until it is gone."""
        if self.is_alive():
            self._pg_ctl("stop", "--mode=fast", "--wait")

    def is_alive(self) -> bool:
        """Whether the postmaster of this very folder runs; a pid file left behind, or a reused pid, does not count."""
        pid = pid_in(self.layout.postgres / "postmaster.pid")
        return pid is not None and str(self.layout.postgres) in command_of(pid)

    def answers(self) -> bool:
        """Whether it accepts connections."""
        return self._call("pg_isready", "--quiet", f"--host={self.layout.sockets}", "--port=5432", "--timeout=3") == 0

    def _forget_reused_pid(self) -> None:
        """Remove a dead postmaster's pid file when some other program has its pid, for PostgreSQL would not dare to."""
        pid_file = self.layout.postgres / "postmaster.pid"
        pid = pid_in(pid_file)
        if pid is not None and command_of(pid) and not self.is_alive():
            pid_file.unlink(missing_ok=True)

    def _first_statements(self) -> str:
        statements = (
            f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD '{self.passwords.owner}'",
            f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{self.passwords.application}'",
            # The owner may end the application's connections, for instance to drop a test database under it.
            f"GRANT {APPLICATION} TO {OWNER}",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
            f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {APPLICATION}",
        )
        return "".join(f"{statement};\n" for statement in statements)

    def _pg_ctl(self, verb: str, *options: str) -> None:
        self._call("pg_ctl", verb, f"--pgdata={self.layout.postgres}", "--silent", *options)

    def _call(self, program: str, *arguments: str) -> int:
        return run_as(self.layout.account, [self.programs / program, *arguments]).returncode

    def _run(self, program: str, *arguments: str | Path, stdin: str = "") -> None:
        done = run_as(self.layout.account, [self.programs / program, *arguments], stdin=stdin)
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
            raise LocalTrouble(f"The embedded PostgreSQL could not be set up in {self.layout.postgres}: {said}")
