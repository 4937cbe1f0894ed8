"""``zoo.Snapshot.from_pretrained`` and ``push_to_hub``, as users of the Hub expect them."""

from __future__ import annotations

from collections.abc import Callable

import odd_models
import pytest
from hub_server import Hub

import zoo
from zoo.errors import BadRequest, RefusedModel, WrongContent
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.mark.usefixtures("light")
def test_what_was_pushed_comes_back_to_the_bit(hub: Hub, lstm: Lstm) -> None:
    first, second = lstm(1, name="One"), lstm(2, name="Two", licence="MIT")
    commit = first.push_to_hub("me/amp", licence="CC0-1.0", private=True)
    assert hub.repos["me/amp"].private
    second.push_to_hub("me/amp")
    assert zoo.Snapshot.from_pretrained("me/amp") == second
    back = zoo.Snapshot.from_pretrained("me/amp", revision=commit)
    assert back == first
    assert back.metadata.name == "One"
    assert zoo.Snapshot.from_pretrained(f"me/amp@{commit}", offline=True) == first


@pytest.mark.usefixtures("light")
def test_only_safetensors_and_json_are_pushed_and_read(hub: Hub, lstm: Lstm) -> None:
    lstm(1, licence="MIT").push_to_hub("me/amp")
    repo = hub.repos["me/amp"]
    assert {path.rsplit(".")[-1] for path in repo.files} == {"md", "json", "safetensors", "gitattributes"}
    pickled = {"pytorch_model.bin": b"\x80\x04cos\nsystem\n.", "model.pkl": b"\x80\x04."}
    repo.edit({"model.safetensors": None, **pickled})
    with pytest.raises(WrongContent, match=r"model.safetensors has no bytes, but its zoo.json says"):
        zoo.Snapshot.from_pretrained("me/amp")
    assert not any("pytorch_model" in asked or ".pkl" in asked for asked in hub.asked)


def test_what_blows_up_neither_goes_nor_comes(
    hub: Hub, lstm: Lstm, monkeypatch: pytest.MonkeyPatch, light: None
) -> None:
    with pytest.raises(RefusedModel):
        odd_models.oscillator().push_to_hub("me/siren", licence="MIT")
    assert hub.repos == {}
    with monkeypatch.context() as careless:
        careless.setattr("zoo.gate.Gate.__call__", lambda *_: None)
        odd_models.oscillator().push_to_hub("me/siren", licence="MIT")
    with pytest.raises(RefusedModel, match="me/siren"):
        zoo.Snapshot.from_pretrained("me/siren")


def test_a_licence_is_required_here_too(hub: Hub, lstm: Lstm) -> None:
    with pytest.raises(BadRequest, match="no licence"):
        lstm(1).push_to_hub("me/amp")
