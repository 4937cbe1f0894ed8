"""Programs for boards, compiled once for all tests that play on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from board import BOARDS


@pytest.fixture(scope="session")
def players(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives a board's board_player, which is compiled when it is first asked for."""
    folder, compiled = tmp_path_factory.mktemp("boards"), {}

    def player(board: str) -> Path:
        if board not in compiled:
            source = Path(__file__).with_name("board_player.cpp")
            compiled[board] = BOARDS[board].compile(source, folder / f"player-{board}")
        return compiled[board]

    return player
