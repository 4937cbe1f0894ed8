"""Every command explains itself, and the example in its help works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.cli import bela
from zoo.cli.main import COMMANDS as TOP_COMMANDS

COMMANDS = {**TOP_COMMANDS, **{f"bela {name}": command for name, command in bela.COMMANDS.items()}}
ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "zoo" / "starter"
RATINGS = """\
test,listener,trial,shown,reference,start_seconds,condition,kind,letter,rating,plays,seconds,rated_at
t,anna,1,1,wet,0.0,hidden reference,reference,A,100,3,20.5,2026-01-01T00:00:00+00:00
t,anna,1,1,wet,0.0,model,system,B,85,5,20.5,2026-01-01T00:00:00+00:00
"""


def example(command: str) -> list[str]:
    """The arguments of the line ``Example: zoo ...`` in a command's help."""
    docstring = COMMANDS[command].__doc__ or ""
    match = re.search(r"Example: zoo (.+)", docstring)
    assert match, f"zoo {command} --help has no example"
    return shlex.split(match.group(1))


def zoo(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zoo.cli.main", *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that examples speak of; ~ is this folder too."""
    import soundfile

    monkeypatch.setenv("HOME", str(tmp_path))
    stereo, rate = soundfile.read(STARTER / "example-capture.flac", dtype="float32")
    dry, wet = stereo.T
    write_audio(tmp_path / "capture.wav", stereo.T, rate)
    write_audio(tmp_path / "dry.wav", dry[None], rate)
    write_audio(tmp_path / "wet.wav", wet[None], rate)
    write_audio(tmp_path / "in.wav", np.ascontiguousarray(dry[None, :rate]), rate)
    model = next((STARTER / "models").iterdir())
    for folder in ("models", "Downloads/models"):
        shutil.copytree(model, tmp_path / folder / "model")
    shutil.copytree(model, tmp_path / "model")
    (tmp_path / "listening").mkdir()
    (tmp_path / "listening" / "anna.csv").write_text(RATINGS)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_option_and_json(command: str, tmp_path: Path) -> None:
    help_text = zoo(*command.split(), "--help", cwd=tmp_path)
    assert help_text.returncode == 0
    assert "--json" in help_text.stdout
    assert "--quiet" in help_text.stdout
    assert "Example: zoo" in help_text.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_works(command: str, desk: Path, request: pytest.FixtureRequest) -> None:
    if command == "pull":
        request.getfixturevalue("mirror")
    if command in ("login", "whoami"):
        request.getfixturevalue("hub")
    if "bank.bin" in example(command) and command != "bela pack":
        zoo("bela", "pack", "./model", "-o", "bank.bin", "--no-count", cwd=desk)
    arguments = [a.replace("~", str(desk)) for a in example(command)]
    result = zoo(*arguments, cwd=desk)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr


def test_help_lists_every_command(tmp_path: Path) -> None:
    overview = zoo("--help", cwd=tmp_path).stdout
    assert all(command in overview for command in [*TOP_COMMANDS, "bela"])


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{command}\b", readme) for command in COMMANDS)


def test_an_unknown_command_is_exit_code_2(tmp_path: Path) -> None:
    assert zoo("sugest", cwd=tmp_path).returncode == 2
