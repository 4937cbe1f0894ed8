from __future__ import annotations

from pathlib import Path

import pytest

from zoo import sources
from zoo.errors import StoreError

PARTS = ("app/render.cpp", "engine/recurrent.h", "tools/instructions/play.cpp")


def test_a_checkout_has_what_a_board_needs() -> None:
    assert all((sources.board_sources() / part).is_file() for part in PARTS)


def test_every_part_is_installed_with_the_packages() -> None:
    root = Path(__file__).resolve().parents[2]
    installs = [line for line in (root / "CMakeLists.txt").read_text().splitlines() if "bela_sources" in line]
    assert len(installs) == 1
    assert all(f"bela/{part.partition('/')[0]}" in installs[0] for part in PARTS)


def test_an_installation_without_them_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "CHECKOUT", tmp_path / "bela")
    monkeypatch.setattr(sources, "INSTALLED", tmp_path / "bela_sources")
    with pytest.raises(StoreError, match="install tonezoo again"):
        sources.board_sources()
