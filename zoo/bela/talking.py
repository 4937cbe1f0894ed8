"""Asks a pedal over its WebSocket what it plays (`bela/app/PROTOCOL.md`)."""

from __future__ import annotations

import json
import time
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from zoo.bela.board import BoardError

PATIENCE = 30.0  # seconds until the pedal has started and every model of its bank passed its test
MOST_BYTES = 1 << 20  # of one message


def greet(host: str, port: int, patience: float = PATIENCE) -> dict[str, int | str]:
    """Name of the bank and number of models, from the pedal's first snapshot.

    Raises:
        BoardError: nothing that answers so within ``patience`` seconds.
    """
    until, why = time.monotonic() + patience, ""
    while time.monotonic() < until:
        try:
            bank = _snapshot(host, port, until)["bank"]
            return {"name": str(bank["name"]), "models": len(bank["models"])}
        except (OSError, ValueError, KeyError, TypeError, WebSocketException) as error:
            why = str(error)
        time.sleep(0.2)
    raise BoardError(
        f"the pedal does not answer on {host}:{port} within {patience:.0f} seconds ({why}); "
        "see projects/tonezoo/start.log on the board"
    )


def _snapshot(host: str, port: int, until: float) -> dict[str, Any]:
    address = f"ws://{host}:{port}/gui_control"
    with connect(address, open_timeout=3, max_size=MOST_BYTES, proxy=None) as line:
        while (left := until - time.monotonic()) > 0:
            message = json.loads(line.recv(left))
            event = message.get("event") if isinstance(message, dict) else None
            if event == "connection":
                line.send('{"event":"connection-reply"}')
            if event == "snapshot":
                return dict(message)
    raise ValueError("it sends no snapshot")
