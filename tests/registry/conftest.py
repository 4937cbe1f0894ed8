"""Fixtures of the registry's tests."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _impatient_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for the disk: these tests pull no plugs."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
