"""Runs the command line inside the test process: what it prints, and how it exits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from zoo.cli.main import run


class Outcome(NamedTuple):
    """Exit code, stdout and stderr of one command."""

    code: int
    out: str
    err: str


@pytest.fixture
def run_zoo(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """``run_zoo("list", "--json")`` is ``zoo list --json``."""

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["zoo", *map(str, arguments)])
        code = 0
        try:
            run()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return call
