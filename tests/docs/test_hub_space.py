"""The template of a Space: the real app, served by Gradio on this machine, asked by Gradio's client."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hub_server import Hub

from registry import Registry
from zoo.api import open_registry, push_zoo
from zoo.api.home import STARTER
from zoo.audio import read_audio, write_audio
from zoo.errors import BadRequest, NetworkError

SPACE = Path(__file__).resolve().parents[2] / "docs" / "space"
CAPTURE = STARTER / "example-capture.flac"


@pytest.fixture
def shelf(hub: Hub, tmp_path: Path) -> Hub:
    """The starter zoo, whole, on a Hub."""
    with open_registry(tmp_path / "pushing") as registry:
        push_zoo("me/zoo", registry=registry)
    return hub


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Registry]:
    with Registry(tmp_path / "space") as registry:
        yield registry


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SPACE))


def test_a_capture_is_answered_by_models_that_were_fetched_for_it(shelf: Hub, empty: Registry) -> None:
    from listening import NEAREST, Listener

    listener = Listener(empty, "me/zoo")
    (rate, wet), heard = listener.listen(CAPTURE)
    assert heard[0].name.startswith("green-overdrive")
    assert len(empty.list()) <= NEAREST < listener.models
    for one in heard:
        assert one.played is not None
        assert one.played[0] == rate
        loudness = [np.sqrt(np.mean(signal.astype(float) ** 2)) for signal in (one.played[1], wet)]
        assert abs(20 * np.log10(loudness[0] / loudness[1])) < 3


def test_the_wet_side_alone_is_answered_without_players(shelf: Hub, empty: Registry, tmp_path: Path) -> None:
    from listening import Listener

    audio = read_audio(CAPTURE)
    write_audio(tmp_path / "wet.wav", audio.samples[1:], audio.sample_rate)
    _, heard = Listener(empty, "me/zoo").listen(tmp_path / "wet.wav")
    assert heard
    assert all(one.played is None for one in heard)


@pytest.mark.parametrize(("repo", "failure"), [(None, BadRequest), ("me/none", BadRequest)])
def test_a_zoo_that_is_not_there_is_one_sentence(
    hub: Hub, empty: Registry, monkeypatch: pytest.MonkeyPatch, repo: str | None, failure: type[Exception]
) -> None:
    from listening import Listener

    monkeypatch.delenv("ZOO_REPO", raising=False)
    with pytest.raises((failure, NetworkError)):
        Listener(empty, repo)


def test_the_page_is_served_and_answers(shelf: Hub, tmp_path: Path) -> None:
    """As a Space runs it: ``python app.py`` in its folder, with the zoo named by a variable."""
    from gradio_client import Client, handle_file

    settings = {"ZOO_REPO": "me/zoo", "GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_SERVER_NAME": "127.0.0.1"}
    port = str(_free_port())
    environment = {**os.environ, **settings, "GRADIO_SERVER_PORT": port, "HOME": str(tmp_path)}
    with subprocess.Popen([sys.executable, "app.py"], cwd=SPACE, env=environment) as served:
        try:
            client = _client(Client, f"http://127.0.0.1:{port}", served)
            device, first, _, *_ = client.predict(handle_file(str(CAPTURE)), None, api_name="/suggest")
        finally:
            served.terminate()
    assert "overdrive" in str(first)
    assert Path(device["value"] if isinstance(device, dict) else device).stat().st_size > 10_000


def _client(make: type, url: str, served: subprocess.Popen[bytes]) -> object:
    import time

    for _ in range(240):
        assert served.poll() is None, "the app has ended"
        try:
            return make(url, verbose=False)
        except Exception:  # it is not up yet
            time.sleep(0.25)
    raise AssertionError("the app did not come up")


def _free_port() -> int:
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
