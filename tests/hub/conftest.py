"""A person who pushes, somebody who pulls, and a small model; the Hub itself is a fixture of all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import time
from types import SimpleNamespace

import numpy as np
import pytest
from hub_server import Hub

from registry import Facts, Manifest, Registry
from zoo.api import push_model
from zoo.hub.attachments import Samples
from zoo.hub.pushing import Pushed
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture(autouse=True)
def _in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for servers and disks; what else is heard of a model is the gate's business and not ours."""
    monkeypatch.setattr("registry.courtesy.FIRST_WAIT_S", 0.0)
    for module in ("utils._http", "file_download"):
        monkeypatch.setattr(
            f"huggingface_hub.{module}.time", SimpleNamespace(sleep=lambda _: None, time=time)
        )
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("zoo.gate.hearing.hear", lambda _: None)
    monkeypatch.setattr("zoo.api.home.update_fingerprints", lambda *_, **__: None)
    monkeypatch.setattr("zoo.api.sharing.update_fingerprints", lambda *_, **__: None)
    monkeypatch.setattr("zoo.api.home.open_index", lambda _: None)
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """The zoo of the person who pushes."""
    with Registry(tmp_path / "mine") as registry:
        yield registry


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Registry]:
    """The zoo of somebody who pulls."""
    with Registry(tmp_path / "elsewhere") as registry:
        yield registry


@pytest.fixture
def model(registry: Registry, lstm: Lstm) -> Manifest:
    """A small model in the zoo of the person who pushes."""
    snapshot = lstm(3, name="Plexi", make="Marshall", model="Super Lead", kind="amp", author="Ann")
    return registry.add(snapshot, facts=Facts(licence="CC-BY-4.0", gain_class="crunch"))[0]


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pushes without files for plugins, samples and pictures, which take longest."""
    for name in ("exports_of", "audio_files", "pictures"):
        monkeypatch.setattr(f"zoo.hub.bundle.{name}", lambda *_: {})
    silence = np.zeros(1, np.float32)
    monkeypatch.setattr("zoo.hub.bundle.samples_of", lambda *_: Samples(silence, None, silence))


@pytest.fixture
def pushed(hub: Hub, registry: Registry, model: Manifest, light: None) -> Pushed:
    """The model on the Hub, as me/plexi."""
    return push_model(model.id, "me/plexi", registry=registry)
