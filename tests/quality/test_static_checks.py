"""The checks of pre-commit, as tests: one command passes them all."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CPP = sorted(
    str(p)
    for room in ("bela", "training")
    for pattern in ("*.h", "*.cpp")
    for p in (ROOT / room).rglob(pattern)
)


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
        ["clang-format", "--dry-run", "--Werror", *CPP],
    ],
    ids=["ruff-format", "ruff-check", "mypy", "import-linter", "clang-format"],
)
def test_the_tree_is_clean_under(command: list[str]) -> None:
    tool = shutil.which(command[0], path=sysconfig.get_path("scripts")) or shutil.which(command[0])
    assert tool, f"{command[0]} is not installed; pip install -e '.[test]'"
    result = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
