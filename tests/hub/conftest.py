"""A Hub for every test, and the real client pointed at it, with caches and token of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_client import point_client_at
from hub_server import Hub, serving_hub

from registry import Registry


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The strict Hub; at the end nothing may have been asked that no sound client asks."""
    with serving_hub() as server:
        point_client_at(server.url, tmp_path / "hf", monkeypatch)
        yield server
    assert server.complaints == []


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    monkeypatch.setattr("os.fsync", lambda _: None)
    with Registry() as registry:
        yield registry
