"""What a terminal shows: colours only where wanted, completion, and data alone with --json --quiet."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
import typer

from zoo.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
ZOO = [sys.executable, "-m", "zoo.cli.main"]
COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7])[;m]")
SAID = {"list": (), "no-such-command": (), "show": ("no-such-model",), "--help": ()}


def on_a_terminal(*arguments: str, columns: int = 80, **environment: str) -> bytes:
    """What stdout and stderr of a command are, when both are a terminal so many columns wide."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    meddling = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    plain = {name: value for name, value in os.environ.items() if name not in meddling}
    process = subprocess.Popen(
        [*ZOO, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**plain, "TERM": "xterm", **environment},
    )
    os.close(slave)
    said = b""
    while True:
        try:
            read = os.read(master, 65_536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not read:
            break
        said += read
    os.close(master)
    process.wait()
    return said


def test_errors_are_coloured_on_a_terminal() -> None:
    assert COLOUR.search(on_a_terminal("show", "no-such-model"))


@pytest.mark.parametrize("command", SAID)
def test_no_color_leaves_colours_out(command: str) -> None:
    said = on_a_terminal(command, *SAID[command], NO_COLOR="1")
    assert len(said) > 20
    assert not COLOUR.search(said)


@pytest.mark.parametrize("command", SAID)
def test_what_is_piped_is_plain_text(command: str) -> None:
    piped = subprocess.run([*ZOO, command, *SAID[command]], capture_output=True, check=False)
    assert b"\x1b" not in piped.stdout + piped.stderr


@pytest.mark.parametrize(
    ("columns", "there", "left_out"),
    [
        (80, {"id", "name", "gain", "architecture"}, {"rate", "licence", "device"}),
        (150, {"id", "name", "device", "gain", "architecture", "rate", "licence"}, set()),
    ],
)
def test_a_narrow_terminal_leaves_columns_out_rather_than_cut_names(
    columns: int, there: set[str], left_out: set[str]
) -> None:
    said = on_a_terminal("list", "--name", "american*", columns=columns, NO_COLOR="1").decode()
    header = next(line for line in said.splitlines() if "gain" in line)
    assert all(column in header for column in there)
    assert not any(column in header for column in left_out)
    assert "american-preamp-drive-6-treble-7" in said


def test_a_paragraph_of_help_breaks_only_at_the_edge_of_the_terminal() -> None:
    said = on_a_terminal("tune", "--help", columns=200, NO_COLOR="1").decode()
    line = next(line for line in said.splitlines() if "The last fifth of the capture" in line)
    assert "Ctrl-C keeps the best model so far" in line


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_where_the_shell_looks(shell: str, tmp_path: Path) -> None:
    named = {
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"
    }  # else that of the terminal, if there is one
    folders = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config")}
    environment = {**os.environ, **folders, **named}
    installed = subprocess.run(
        [*ZOO, "--install-completion", shell], env=environment, capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any("COMPLETE" in path.read_text() for path in files)


@pytest.mark.parametrize("begun", ["", "li", "su", "de"])
def test_completion_knows_every_command(begun: str, run_completion) -> None:
    commands = typer.main.get_command(app).commands
    assert set(run_completion(f"zoo {begun}")) == {name for name in commands if name.startswith(begun)}


@pytest.fixture
def run_completion():
    """The words that bash would offer; the script that is installed asks in this way."""

    def ask(words: str) -> list[str]:
        program = "import sys; sys.argv[0] = 'zoo'; from zoo.cli.main import app; app(prog_name='zoo')"
        asked = {"_ZOO_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "1"}
        answer = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **asked},
            capture_output=True,
            text=True,
            check=False,
        )
        return answer.stdout.split()

    return ask


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("circuits",),
        ("collections",),
        ("search", "american"),
        ("config",),
        ("verify",),
        ("signal", "signal.wav"),
    ],
    ids=" ".join,
)
def test_json_and_quiet_are_one_document_and_nothing_else(
    run_zoo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run_zoo(*arguments, "--json", "--quiet")
    assert outcome.code == 0, outcome.err
    json.loads(outcome.out)
    assert outcome.err == ""


def test_the_exit_codes_are_documented() -> None:
    told = (ROOT / "docs" / "index.md").read_text()
    assert re.findall(r"^\| (\d+) \|", told, re.MULTILINE) == ["0", "1", "2", "3", "130"]
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert (
        "Exit codes: 0 done, 1 a check failed, 2 the input or the request is at fault, 3 the disk" in readme
    )
