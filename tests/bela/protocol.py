"""What a pedal may say (bela/app/PROTOCOL.md), and how a page without a browser hears it."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

Message = dict[str, Any]
TABLE = {
    "inputGain": ("range", -24, 24, "preset"),
    "gate": ("switch", 0, 1, "preset"),
    "gateThreshold": ("range", -90, -20, "preset"),
    "bass": ("range", -12, 12, "preset"),
    "mid": ("range", -12, 12, "preset"),
    "treble": ("range", -12, 12, "preset"),
    "cab": ("choice", 0, None, "preset"),
    "outputGain": ("range", -60, 12, "preset"),
    "levelMatch": ("switch", 0, 1, "global"),
    "channels": ("choice", 0, 2, "global"),
    "midiChannel": ("choice", 0, 17, "global"),
    "midiProgram": ("choice", 0, 1, "global"),
    "pot": ("choice", 0, 1, "global"),
}
MODEL = {
    "name": str, "device": str, "gainClass": str, "architecture": str, "hiddenSize": int, "modelBlock": int,
    "sampleRate": int, "instructions": int, "cost": float, "heavy": bool, "trimDb": float, "id": str,
}  # fmt: skip
STATE = {
    "model": int, "pending": int, "modelBlock": int, "bypass": bool, "clean": bool, "tuner": bool,
    "preset": int, "modified": bool, "bootPreset": int, "values": dict, "presets": list,
}  # fmt: skip


class Page:
    """One page's control socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, **members: object) -> None:
        self.socket.send(json.dumps(members))

    def hear(self, seconds: float = 10.0) -> Message:
        """The next message; plain ASCII, one object."""
        text = self.socket.recv(seconds)
        assert isinstance(text, str)
        assert text.isascii()
        message = json.loads(text)
        assert isinstance(message, dict)
        return message

    def told(self, event: str) -> Message:
        """The next message of this kind; others may come before it."""
        while (said := self.hear())["event"] != event:
            pass
        return said

    def until(self, **state: object) -> Message:
        """The change that makes the state so."""
        while not (state.items() <= (said := self.told("change"))["state"].items()):
            pass
        return said

    def ask(self, **members: object) -> Message:
        """What a command is answered by: a change, or why there is none."""
        self.say(**members)
        while (said := self.hear())["event"] == "snapshot":
            pass
        return said


def sockets_of(url: str) -> str:
    """Where a page's two sockets are."""
    return url.split("/projects")[0].replace("http", "ws")


@contextmanager
def opened(url: str) -> Iterator[Page]:
    """A page that is greeted, and has answered."""
    with connect(sockets_of(url) + "/gui_control") as socket:
        page = Page(socket)
        assert page.hear() == {"event": "connection", "projectName": "tonezoo"}
        page.say(event="connection-reply")
        yield page


def check_snapshot(said: Message) -> None:
    """That it is one, and that its parts agree."""
    assert said["event"] == "snapshot"
    assert said["protocol"] == 1
    check_session(said)
    assert said["app"]["board"] in ("bela", "pc")
    assert all(said["app"][key] >= 1 for key in ("sampleRate", "blockSize", "outputs"))
    bank, state = said["bank"], said["state"]
    assert len(bank["models"]) <= 64
    for model in bank["models"]:
        check_members(model, MODEL)
        assert model["gainClass"] in ("clean", "crunch", "high", "fuzz", "")
        assert model["architecture"] in ("LSTM", "GRU", "WaveNet")
        assert model["modelBlock"] in (1, 16)
        assert len(bytes.fromhex(model["id"])) == 4
    assert all(isinstance(cab, str) for cab in bank["cabs"])
    for parameter in said["parameters"]:
        check_parameter(parameter, bank["cabs"])
    check_members(state, STATE)
    check_state(state, said)
    assert set(state["values"]) == {parameter["id"] for parameter in said["parameters"]}


def check_parameter(parameter: Message, cabs: list[str]) -> None:
    """As its row in the table says."""
    kind, low, high, scope = TABLE[parameter["id"]]
    assert (parameter["kind"], parameter["scope"]) == (kind, scope)
    assert isinstance(parameter["name"], str)
    if kind == "range":
        assert (parameter["min"], parameter["max"], parameter["unit"]) == (low, high, "dB")
        assert parameter["step"] > 0
        assert low <= parameter["default"] <= high
    if kind == "choice":
        assert high is None or len(parameter["choices"]) == high + 1
        assert parameter["id"] != "cab" or list(parameter["choices"]) == ["Off", *cabs]


def check_change(said: Message, snapshot: Message) -> None:
    """That it is one of the pedal that sent ``snapshot``."""
    assert said["event"] == "change"
    check_session(said)
    assert said["session"] == snapshot["session"]
    assert isinstance(said["from"], str)
    assert said["state"].keys() <= STATE.keys()
    check_members(said["state"], {key: STATE[key] for key in said["state"]})
    check_state(said["state"], snapshot)


def check_session(said: Message) -> None:
    assert isinstance(said["session"], str)
    assert said["session"]
    assert isinstance(said["revision"], int)
    assert said["revision"] >= 1


def check_members(said: Message, expected: dict[str, type]) -> None:
    assert expected.keys() <= said.keys()
    for key, kind in expected.items():
        numbers = (int, float) if kind is float else (kind,)
        assert type(said[key]) in numbers, (key, said[key])


def check_state(state: Message, snapshot: Message) -> None:
    """Indices and values within what the snapshot says there is."""
    models, slots = len(snapshot["bank"]["models"]), 16
    for key, count in (("model", models), ("pending", models), ("preset", slots), ("bootPreset", slots)):
        assert -1 <= state.get(key, -1) < max(count, 1)
    assert state.get("modelBlock", 1) in (1, 16)
    assert len(state.get("presets", [""] * slots)) == slots
    by_id = {parameter["id"]: parameter for parameter in snapshot["parameters"]}
    for key, value in state.get("values", {}).items():
        parameter = by_id[key]
        low, high = parameter.get("min", 0), parameter.get("max", len(parameter.get("choices", (0, 1))) - 1)
        assert low <= value <= high
        assert parameter["kind"] == "range" or value == int(value)


def check_meters(url: str, messages: int = 8) -> list[tuple[float, ...]]:
    """That they come, in pairs, with numbers within their bounds."""
    heard = []
    with connect(sockets_of(url) + "/gui_data") as socket:
        for _ in range(messages):
            head, body = socket.recv(5), socket.recv(5)
            assert head in ("0/f", b"0/f")
            assert isinstance(body, bytes)
            values = struct.unpack("<12f", body)
            assert all(map(math.isfinite, values))
            assert all(value >= 0 for value in values[:9])
            assert 0 <= values[6] <= 1
            assert values[8] in (0, 1)
            assert -1 <= values[9] <= 127
            assert -50 <= values[10] <= 50
            heard.append(values)
    return heard
