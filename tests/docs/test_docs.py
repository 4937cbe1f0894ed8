"""The documentation builds without a warning, its Python runs, and zoo knows its commands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from zoo.audio import read_audio, write_audio
from zoo.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [body for _, kind, body in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def commands() -> list[tuple[Path, str]]:
    """Every line of the documentation that calls ``zoo``, without its comment."""
    found = []
    for page in PAGES:
        lines = (line for block in blocks(page, "bash") for line in block.splitlines())
        parts = (part.strip() for line in lines for part in line.split("&&"))
        found += [(page, part) for part in parts if re.match(r"zoo( |$)", part)]
    return found


def test_the_pages_build_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    reference = (tmp_path / "reference" / "cli.html").read_text(encoding="utf-8")
    assert all(f"zoo {name}" in reference for name in command_names())
    python = (tmp_path / "reference" / "python.html").read_text(encoding="utf-8")
    assert 'id="zoo.api.suggest"' in python


def command_names() -> list[str]:
    group = typer.main.get_command(app)
    return list(group.commands)


def test_the_documentation_speaks_of_every_command() -> None:
    told = " ".join(command for page, command in commands() if page.is_relative_to(ROOT / "docs"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in command_names() if f"zoo {name}" not in told and name not in readme] == []


@pytest.mark.parametrize(
    ("page", "command"), [pytest.param(p, c, id=f"{p.stem}: {c[:60]}") for p, c in commands()]
)
def test_a_command_in_the_documentation_is_one_that_zoo_knows(page: Path, command: str) -> None:
    words = shlex.split(command, comments=True)[1:]
    group = typer.main.get_command(app)
    if not words or words[0].startswith("--"):
        return
    assert words[0] in group.commands, f"{page.name}: {command}"
    sub = group.commands[words[0]]
    while hasattr(sub, "commands"):
        words = words[1:]
        assert words[0] in sub.commands, f"{page.name}: {command}"
        sub = sub.commands[words[0]]
    options = {name for parameter in sub.params for name in (*parameter.opts, *parameter.secondary_opts)}
    said = {word.split("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)}
    assert said <= options | {"--help"}, f"{page.name}: {command}"


def test_the_python_of_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoo.api.home import STARTER

    audio = read_audio(STARTER / "example-capture.flac")
    capture, rate = audio.samples, audio.sample_rate
    write_audio(tmp_path / "capture.wav", capture, rate)
    write_audio(tmp_path / "dry.wav", capture[:1], rate)
    write_audio(tmp_path / "wet.wav", capture[1:], rate)
    monkeypatch.chdir(tmp_path)
    for page in PAGES:
        names: dict[str, object] = {}
        for block in blocks(page, "python"):
            exec(compile(block, str(page), "exec"), names)
    assert (tmp_path / "parent.nam").is_file()
