"""A computer that stands for a Bela board: a real SSH server, and Bela's folder with a Makefile of its own.

What it builds is the pedal that was sent, with the PC's host around it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path

import numpy as np
import pytest

from zoo.sources import board_sources

MAKEFILE = """\
HOST = {host}
all:
\t@if [ -e broken ]; then echo "render.cpp:1: error: no such thing"; exit 1; fi
\t@mkdir -p projects/$(PROJECT)/build
\tg++ -std=c++11 -O0 -I projects/$(PROJECT) -I $(HOST) projects/$(PROJECT)/render.cpp $(HOST)/main.cpp \
\t  -o projects/$(PROJECT)/$(PROJECT) -pthread -ldl
stop:
\t@if [ -e running ]; then kill `cat running`; \
\t  while kill -0 `cat running`; do sleep 0.05; done; rm running; fi
startuploop:
\t@echo $(PROJECT) > at-boot
runscreen:
\t@cd projects/$(PROJECT) && {{ ./$(PROJECT) --bank bank.bin --memory presets.txt --page . --port {port} \
\t  --in $(CURDIR)/silence.f32 --silent > log.txt 2>&1 & echo $$! > $(CURDIR)/running; }}
"""


@dataclass(frozen=True)
class StandIn:
    """Where it is.

    Attributes:
        address: for ``--host``.
        config: for OpenSSH's client: the key that the board knows.
        stranger: the same with a key that it does not know.
        bela: Bela's folder.
        page_port: of its pedal.
        known: the client's known_hosts.
    """

    address: str
    config: Path
    stranger: Path
    bela: Path
    page_port: int
    known: Path

    @property
    def process(self) -> int:
        """The pedal that runs."""
        return int((self.bela / "running").read_text())


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _key(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def _client(path: Path, key: Path, known: Path) -> Path:
    path.write_text(f"IdentityFile {key}\nIdentitiesOnly yes\nUserKnownHostsFile {known}\n")
    return path


@contextmanager
def stand_in(folder: Path) -> Iterator[StandIn]:
    """A board, for as long as it is needed."""
    server = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if server is None or shutil.which("make") is None:
        pytest.skip("openssh-server and make are not installed")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    bela, port, page_port = folder / "home" / "Bela", free_port(), free_port()
    (bela / "projects").mkdir(parents=True)
    (bela / "Makefile").write_text(MAKEFILE.format(host=board_sources() / "host", port=page_port))
    np.zeros(4410, np.float32).tofile(bela / "silence.f32")
    own, other = _key(folder / "own"), _key(folder / "other")
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {_key(folder / 'host')}\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {own}.pub\nStrictModes no\nPasswordAuthentication no\nPermitRootLogin yes\n"
        f"KbdInteractiveAuthentication no\n"
        f'ForceCommand HOME={folder / "home"} sh -c "$SSH_ORIGINAL_COMMAND"\n'
    )
    known = folder / "known_hosts"
    with subprocess.Popen([server, "-D", "-e", "-f", config], stderr=subprocess.DEVNULL) as sshd:
        try:
            _wait_for(port)
            yield StandIn(
                f"{getuser()}@127.0.0.1:{port}", _client(folder / "client", own, known),
                _client(folder / "stranger", other, known), bela, page_port, known,
            )  # fmt: skip
        finally:
            sshd.terminate()
            with suppress(OSError):
                os.kill(int((bela / "running").read_text()), signal.SIGKILL)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the SSH server did not start")
