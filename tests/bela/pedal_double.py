"""A pedal that is only its protocol (bela/app/PROTOCOL.md).

For what the real app cannot be made to do on command: lose messages, fall silent, restart, lie.

It serves the page and both sockets on one port of this machine.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

PAGE = Path(__file__).resolve().parents[2] / "bela" / "app" / "page"
Message = dict[str, Any]


def _model(name: str, gain: str, hidden: int, **other: Any) -> Message:
    plain = {"device": "Overdrive", "architecture": "LSTM", "modelBlock": 1, "sampleRate": 44100}
    said = {"name": name, "gainClass": gain, "hiddenSize": hidden, "cost": hidden / 60}
    counted = {"instructions": 55 * hidden, "id": f"{hidden:08x}"}
    return {**plain, **said, **counted, "heavy": False, "trimDb": 0, **other}


def _range(id_: str, name: str, low: float, high: float, step: float, default: float = 0) -> Message:
    kind = {"kind": "range", "unit": "dB", "min": low, "max": high, "step": step, "default": default}
    return {"id": id_, "name": name, "scope": "preset", **kind}


def _switch(id_: str, name: str, scope: str = "preset") -> Message:
    return {"id": id_, "name": name, "kind": "switch", "default": 0, "scope": scope}


def _choice(id_: str, name: str, *choices: str, scope: str = "preset") -> Message:
    return {"id": id_, "name": name, "kind": "choice", "choices": choices, "default": 0, "scope": scope}


MODELS = (
    _model("Glass clean", "clean", 16, device="Valve preamp"),
    _model("Green drive 7", "crunch", 20),
    _model("Lead channel", "high", 40, device="High-gain amp", heavy=True),
    _model("Round fuzz", "fuzz", 24, device="Germanium fuzz"),
    _model("Green drive 7, frames", "crunch", 64, modelBlock=16),
)
PARAMETERS = (
    _range("inputGain", "Input", -24, 24, 0.5),
    _switch("gate", "Gate"),
    _range("gateThreshold", "Gate threshold", -90, -20, 1, -60),
    _range("bass", "Bass", -12, 12, 0.5),
    _range("mid", "Mid", -12, 12, 0.5),
    _range("treble", "Treble", -12, 12, 0.5),
    _choice("cab", "Cab", "Off", "Open back 1x12"),
    _range("outputGain", "Output", -60, 12, 0.5),
    _switch("levelMatch", "Level match", "global"),
    _choice("channels", "Channels", "Left", "Mixed", "Stereo", scope="global"),
)
VALUES = {
    "inputGain": 0,
    "gate": 1,
    "gateThreshold": -60,
    "bass": 2,
    "mid": -1.5,
    "treble": 3,
    "cab": 1,
    "outputGain": -6,
    "levelMatch": 1,
    "channels": 1,
}
STATE = {
    "model": 1,
    "pending": -1,
    "modelBlock": 1,
    "bypass": False,
    "clean": False,
    "tuner": False,
    "preset": 0,
    "modified": False,
    "bootPreset": 2,
    "values": VALUES,
    "presets": ["Verse", "Chorus", "Solo", *[""] * 13],
}
APP = {"version": "0.1.0", "board": "pc", "sampleRate": 44100, "blockSize": 16, "inputs": 2, "outputs": 2}
SNAPSHOT: Message = {
    "event": "snapshot",
    "protocol": 1,
    "session": "9f31c2d0",
    "revision": 1,
    "app": APP,
    "bank": {"name": "Friday night", "models": MODELS, "cabs": ["Open back 1x12"]},
    "parameters": PARAMETERS,
    "state": STATE,
}


class PedalDouble:
    """What it was told, and what it shall say.

    Attributes:
        url: of the page.
        heard: the commands that came, in order.
        truth: the snapshot that it sends.
        meters: twelve numbers, sent fifteen times a second; None sends none.
        obeys: it does what ``set`` says, and tells it.
    """

    def __init__(self) -> None:
        self.truth = deepcopy(SNAPSHOT)
        self.heard: list[Message] = []
        self.meters: tuple[float, ...] | None = (0.4, 0.3, 0.7, 0.6, 0.31, 0, 1, 0, 0, -1, 0, 0)
        self.obeys = False
        self.url = ""
        self._controls: set[ServerConnection] = set()
        self._sockets: set[ServerConnection] = set()
        self._loop = asyncio.new_event_loop()

    def say(self, message: Message) -> None:
        """Send to every page."""
        self._do(self._say(message))

    def change(self, state: Message, *, by: int = 1, **other: Any) -> None:
        """Change the state and tell it; ``by`` other than 1 pretends that messages were lost."""
        self.say(self._changed(state, by, **other))

    def _changed(self, state: Message, by: int = 1, **other: Any) -> Message:
        self.truth["revision"] += by
        values = state.get("values", {})
        self.truth["state"].update({k: v for k, v in state.items() if k != "values"})
        self.truth["state"]["values"].update(values)
        about = {"session": self.truth["session"], "revision": self.truth["revision"], "from": "", **other}
        return {"event": "change", **about, "state": state}

    def snapshot(self) -> None:
        """Send all there is."""
        self.say(self.truth)

    def hang_up(self) -> None:
        """Close every socket."""
        self._do(self._hang_up())

    def commands(self, name: str) -> list[Message]:
        """Those that came of one kind."""
        return [message for message in list(self.heard) if message.get("command") == name]

    def _do(self, step: Any) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result(5)

    async def _say(self, message: Message) -> None:
        for socket in list(self._controls):
            with suppress(Exception):
                await socket.send(json.dumps(message))

    async def _hang_up(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def _serve(self, socket: ServerConnection) -> None:
        self._sockets.add(socket)
        path = socket.request.path if socket.request else ""
        try:
            await (self._control(socket) if path == "/gui_control" else self._data(socket))
        finally:
            self._sockets.discard(socket)
            self._controls.discard(socket)

    async def _control(self, socket: ServerConnection) -> None:
        await socket.send(json.dumps({"event": "connection", "projectName": "tonezoo"}))
        async for text in socket:
            assert isinstance(text, str)
            assert text.isascii(), text
            message = json.loads(text)
            if message.get("event") == "connection-reply":
                self._controls.add(socket)
                await socket.send(json.dumps(self.truth))
                continue
            self.heard.append(message)
            if message.get("command") == "sync":
                await socket.send(json.dumps(self.truth))
            elif self.obeys and message.get("command") == "set":
                values = {message["id"]: message["value"]}
                await self._say(self._changed({"values": values}, **{"from": message.get("from", "")}))

    async def _data(self, socket: ServerConnection) -> None:
        with suppress(Exception):
            while True:
                if self.meters is not None:
                    await socket.send("0/f")
                    await socket.send(struct.pack("<12f", *self.meters))
                await asyncio.sleep(1 / 15)

    def _file(self, socket: ServerConnection, request: Request) -> Response | None:
        if request.path in ("/gui_control", "/gui_data"):
            return None
        if request.path in ("/", "/gui"):
            answer = socket.respond(302, "")
            answer.headers["Location"] = "/projects/tonezoo/main.html"
            return answer
        path = PAGE / request.path.rpartition("/")[2]
        if not path.is_file():
            return socket.respond(404, "not here\n")
        answer = socket.respond(200, "")
        answer.body = path.read_bytes()
        script = "text/javascript" if path.suffix == ".js" else None
        kind = script or mimetypes.guess_type(path.name)[0] or "text/plain"
        for name in ("Content-Type", "Content-Length"):
            del answer.headers[name]
        answer.headers["Content-Type"], answer.headers["Content-Length"] = kind, str(len(answer.body))
        return answer

    def _run(self, ready: threading.Event, stop: asyncio.Event) -> None:
        async def main() -> None:
            async with serve(self._serve, "127.0.0.1", 0, process_request=self._file) as server:
                port = next(iter(server.sockets)).getsockname()[1]
                self.url = f"http://127.0.0.1:{port}/projects/tonezoo/main.html"
                ready.set()
                await stop.wait()

        self._loop.run_until_complete(main())


@contextmanager
def pedal_double() -> Iterator[PedalDouble]:
    """A pedal on a free port of this machine, for as long as it is needed."""
    pedal, ready, stop = PedalDouble(), threading.Event(), asyncio.Event()
    thread = threading.Thread(target=pedal._run, args=(ready, stop), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield pedal
    finally:
        pedal._loop.call_soon_threadsafe(stop.set)
        thread.join(10)
