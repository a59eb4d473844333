"""The embedded Redis, on a random port of 127.0.0.1 with a password: one address that broker and cache both take."""

import os
import socket
import time

from diversion.local.binaries import redis_program
from diversion.local.layout import Layout, make_own_folder
from diversion.local.passwords import Passwords, with_new_port
from diversion.local.processes import command_of, pid_in, run_as
from diversion.local.trouble import LocalTrouble

START_SECONDS = 30


class Redis:
    """One Redis in a state folder. Callers hold the layout's start lock around every method that changes it."""

    def __init__(self, layout: Layout, passwords: Passwords) -> None:
        """Find the program.

        :raises LocalTrouble: there is none on this machine.
        """
        self.layout = layout
        self.passwords = passwords
        self.program = redis_program(layout)

    def url(self) -> str:
        """The address, as redis-py, Django's cache and Celery's broker all read it."""
        return f"redis://:{self.passwords.redis}@127.0.0.1:{self.passwords.redis_port}/0"

    def start(self, *, may_move: bool = True) -> None:
        """Start the server unless it answers already, and wait until it does.

        `may_move` allows another port when a stranger has taken ours; not while clients already use the old address.

        :raises LocalTrouble: it does not answer within half a minute; the sentence names its log.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > deadline:
                raise LocalTrouble(f"The embedded Redis does not start; its log is {self.layout.logs / 'redis.log'}.")
            if not self.is_alive():
                if may_move and self._port_taken():
                    self.passwords = with_new_port(self.layout.passwords, self.passwords)
                self._write_configuration()
                run_as(self.layout.account, [self.program, self.layout.redis / "redis.conf"])
            self._wait_for_answer()

    def stop(self) -> None:
        """Have it write its file and leave, and wait until it is gone."""
        self._ask("SHUTDOWN")
        deadline = time.monotonic() + 10
        while self.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)

    def is_alive(self) -> bool:
        """Whether the process of our pid file still is a Redis on our port."""
        pid = pid_in(self.layout.redis / "redis.pid")
        return pid is not None and f":{self.passwords.redis_port}" in command_of(pid)

    def answers(self) -> bool:
        """Whether it knows our password and replies."""
        return self._ask("PING").endswith("+PONG\r\n")

    def _ask(self, command: str) -> str:
        try:
            with socket.create_connection(("127.0.0.1", self.passwords.redis_port), timeout=2) as line:
                line.sendall(f"AUTH {self.passwords.redis}\r\n{command}\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (chunk := line.recv(200)):
                    answer += chunk
                return answer.decode(errors="replace")
        except OSError:
            return ""

    def _wait_for_answer(self) -> None:
        """Wait a while: the program leaves for the background before it listens, and must not be started twice."""
        deadline = time.monotonic() + 5
        while not self.answers() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _port_taken(self) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.passwords.redis_port))
            except OSError:
                return True
        return False

    def _write_configuration(self) -> None:
        folder = self.layout.redis
        make_own_folder(folder, self.layout.account)
        lines = (
            "bind 127.0.0.1",
            f"port {self.passwords.redis_port}",
            f"requirepass {self.passwords.redis}",
            "daemonize yes",
            f'pidfile "{folder / "redis.pid"}"',
            f'dir "{folder}"',
            f'logfile "{self.layout.logs / "redis.log"}"',
            'save ""',
            "appendonly yes",
            "",
        )
        path = folder / "redis.conf"
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines))
        if self.layout.account:
            os.chown(path, self.layout.account.uid, self.layout.account.gid)
