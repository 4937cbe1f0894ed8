"""A Bela board reached by OpenSSH: found, and told what to do; what goes wrong is one sentence."""

from __future__ import annotations

import shutil
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import ZooError

HOSTS = ("bela.local", "192.168.7.2", "192.168.6.2")
CONNECT_SECONDS = 3
MOST_SECONDS = 900.0  # a board takes minutes to compile
LAST_LINES = 12

# What OpenSSH and the board's tools say, and what it means.
TROUBLES = (
    ("HOST IDENTIFICATION HAS CHANGED", "is not the board it was: its host key changed. If you flashed its "
     "card anew, forget the old key: ssh-keygen -R {host}"),
    ("Host key verification failed", "has a host key that is not known: connect once with ssh {user}@{host}"),
    ("Permission denied (", "does not let {user} in: it asks for a password or another key; give it yours "
     "with ssh-copy-id {user}@{host}"),
    ("No space left on device", "has no space left on its card: remove projects or recordings from it"),
    ("Read-only file system", "cannot be written: its card is read-only; it may be worn out"),
    ("Permission denied", "lets {user} in but not write the projects: log in as root, as Bela does"),
)  # fmt: skip


class BoardError(ZooError):
    """The board is not there, not reachable, or does not do what it is told."""

    exit_code = 3


class CommandFailed(BoardError):
    """A command on the board failed; ``said`` is the end of what it said."""

    def __init__(self, sentence: str, said: str) -> None:
        super().__init__(sentence)
        self.said = said


@dataclass(frozen=True)
class Board:
    """Where a board is.

    Attributes:
        port: of its SSH server.
        config: another configuration of OpenSSH than the user's.
    """

    host: str
    user: str = "root"
    port: int = 22
    config: Path | None = None

    def run(self, command: str, *, data: bytes = b"") -> str:
        """Run a shell command on the board with ``data`` as its input; what it says on stdout.

        Raises:
            CommandFailed: the connection or the command failed.
        """
        ssh = shutil.which("ssh")
        if ssh is None:
            raise BoardError("ssh is missing; install OpenSSH's client (apt-get install openssh-client)")
        try:
            done = subprocess.run(  # noqa: S603 - no shell here; the command is this package's own
                [ssh, *self._options(), f"{self.user}@{self.host}", command],
                input=data, capture_output=True, check=False, timeout=MOST_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise BoardError(
                f"{self.host} did not finish in {MOST_SECONDS / 60:.0f} minutes; restart the board"
            ) from error
        if done.returncode != 0:
            said = (done.stderr + b"\n" + done.stdout).decode(errors="replace")
            raise CommandFailed(self._sentence(said), said)
        return done.stdout.decode(errors="replace")

    def _options(self) -> list[str]:
        config = [] if self.config is None else ["-F", str(self.config)]
        wishes = ("BatchMode=yes", "StrictHostKeyChecking=accept-new", f"ConnectTimeout={CONNECT_SECONDS}",
                  "ServerAliveInterval=5", "ServerAliveCountMax=6")  # fmt: skip
        return [*config, "-p", str(self.port), *(part for wish in wishes for part in ("-o", wish))]

    def _sentence(self, said: str) -> str:
        for words, meaning in TROUBLES:
            if words in said:
                return f"{self.host} {meaning.format(host=self.host, user=self.user)}"
        return f"{self.host}: {last_lines(said, 1) or 'the command failed and did not say why'}"


def last_lines(said: str, count: int = LAST_LINES) -> str:
    """The end of what a tool said, printable."""
    lines = ["".join(c if c.isprintable() else " " for c in line).rstrip() for line in said.splitlines()]
    return "\n".join([line for line in lines if line][-count:])


def find_board(asked: str | None = None, config: Path | None = None) -> Board:
    """The board that was asked for, ``[user@]host[:port]``, or the first of `HOSTS` that answers.

    Raises:
        BoardError: none answers.
    """
    if asked is not None:
        user, _, place = asked.rpartition("@")
        host, colon, port = place.rpartition(":")
        if not colon or not port.isdigit() or ":" in host:
            host, port = place, "22"
        if not host or host.startswith("-") or user.startswith("-"):
            raise BoardError(f"{asked!r} is no address of a board; [user@]host[:port] is expected")
        return Board(host, user or "root", int(port), config)
    for host in HOSTS:
        with suppress(OSError), socket.create_connection((host, 22), timeout=CONNECT_SECONDS):
            return Board(host, config=config)
    raise BoardError(
        f"no board answers at {', '.join(HOSTS)}: plug it in by USB and wait a minute, or name it by --host"
    )
