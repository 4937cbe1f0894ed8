"""The checks of pre-commit, as tests: one command passes them all."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CPP = sorted(
    str(p)
    for room in ("bela", "training")
    for pattern in ("*.h", "*.cpp")
    for p in (ROOT / room).rglob(pattern)
)


def test_no_two_modules_of_the_tests_share_a_name() -> None:
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py")
    assert [name for name, times in names.items() if times > 1] == []  # pytest imports the first for both


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
