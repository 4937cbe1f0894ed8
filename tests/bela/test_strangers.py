"""The host among strangers: requests, frames and messages that no sound browser sends."""

from __future__ import annotations

import base64
import json
import os
import random
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress

import pytest
from protocol import check_snapshot, opened, sockets_of
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from zoo.simulating import Simulator


@pytest.fixture
def page(guarded: Callable[..., AbstractContextManager[Simulator]]) -> Iterator[str]:
    """At the end of each test the pedal still tells all there is, and has touched no memory but its own."""
    with guarded() as pedal:
        yield pedal.page
        with opened(pedal.page) as after:
            check_snapshot(after.told("snapshot"))


def port_of(page: str) -> int:
    return int(page.split(":")[2].split("/")[0])


def answer(page: str, said: bytes) -> bytes:
    """To these bytes, until the host has closed the connection."""
    with socket.create_connection(("127.0.0.1", port_of(page)), 5) as raw:
        with suppress(OSError):
            raw.sendall(said)
        heard = b""
        with suppress(ConnectionResetError):
            while piece := raw.recv(65536):
                heard += piece
        return heard


def request(line: str, **headers: str) -> bytes:
    said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{line} HTTP/1.1\r\nHost: here\r\n{said}\r\n".encode()


UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
KEY = base64.b64encode(bytes(16)).decode()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),  # a browser that was told https
        (request("GET / HTTP/1.1\r\nno colon"), 400),
        (b"GET / HTTP/1.1\r\n" + b"x" * 9000, 431),
        (request("POST /projects/tonezoo/main.html"), 405),
        (request("GET /projects/tonezoo/../render.cpp"), 404),
        (request("GET /projects/tonezoo/%2e%2e/render.cpp"), 404),
        (request("GET //etc/passwd"), 404),
        (request("GET /projects/tonezoo/" + "a" * 5000 + ".js"), 404),
        (request("GET /gui_control"), 426),
        (request("GET /gui_control", **UPGRADE, Sec_WebSocket_Key="short"), 426),
        (
            request("GET /gui_control", **{**UPGRADE, "Sec_WebSocket_Version": "8"}, Sec_WebSocket_Key=KEY),
            426,
        ),
        (request("GET /gui_data", **UPGRADE, Sec_WebSocket_Key=KEY, Origin="http://evil.example"), 403),
        (request("GET /gui_control", **UPGRADE, Sec_WebSocket_Key=KEY, Origin="null"), 403),
    ],
)
def test_a_request_that_makes_no_sense_is_answered_by_its_status(page: str, said: bytes, status: int) -> None:
    assert answer(page, said).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_request_may_come_byte_by_byte_or_never_end(page: str) -> None:
    idle = [socket.create_connection(("127.0.0.1", port_of(page)), 5) for _ in range(20)]
    for number, raw in enumerate(idle):
        raw.sendall(request("GET / ")[: number * 2])
    with socket.create_connection(("127.0.0.1", port_of(page)), 5) as raw:
        for byte in request("GET /"):
            raw.sendall(bytes([byte]))
        assert raw.recv(100).startswith(b"HTTP/1.1 302")
    for raw in idle:
        raw.close()


def test_a_ninth_page_waits(page: str) -> None:
    where = sockets_of(page) + "/gui_data"
    with ExitStack() as pages:
        for _ in range(7):
            pages.enter_context(connect(where))
        with connect(where), pytest.raises(InvalidStatus, match="503"), connect(where):
            pass
        pages.enter_context(connect(where))


def masked(first: int, payload: bytes, size: int | None = None) -> bytes:
    """A page's frame; ``size`` is what it says of its length."""
    length = len(payload) if size is None else size
    head = (
        bytes([0x80 | length])
        if length < 126
        else (
            bytes([0x80 | 126]) + struct.pack(">H", length)
            if length < 65536
            else bytes([0x80 | 127]) + struct.pack(">Q", length)
        )
    )
    mask = b"\x11\x22\x33\x44"
    return bytes([first]) + head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


@pytest.mark.parametrize(
    ("frames", "status"),
    [
        (b"\x81\x02{}", 1002),  # not masked
        (masked(0x91, b"{}"), 1002),  # a reserved bit
        (masked(0x83, b"{}"), 1002),  # no such opcode
        (masked(0x80, b"{}"), 1002),  # goes on with nothing
        (masked(0x01, b"{") + masked(0x81, b"}"), 1002),  # a message within a message
        (masked(0x09, b"x"), 1002),  # half a ping
        (masked(0x89, b"x" * 126), 1002),  # a long ping
        (masked(0x81, b"", 65537), 1009),
        (masked(0x81, b"", 2**63), 1009),
        (masked(0x01, b"x" * 40000) + masked(0x80, b"x" * 40000), 1009),  # endless in parts
        (masked(0x88, struct.pack(">H", 1001)), 1001),  # closing is answered
    ],
)
def test_a_broken_frame_closes_the_socket_and_says_why(page: str, frames: bytes, status: int) -> None:
    heard = answer(page, request("GET /gui_data", **UPGRADE, Sec_WebSocket_Key=KEY) + frames)
    assert heard.startswith(b"HTTP/1.1 101 ")
    assert heard.endswith(b"\x88\x02" + struct.pack(">H", status))


def test_any_bytes_at_all(page: str) -> None:
    rng = random.Random(4)
    hello = request("GET /gui_control", **UPGRADE, Sec_WebSocket_Key=KEY)
    good = masked(0x81, b'{"command": "set", "id": "bass", "value": 3}') + masked(0x89, b"ping")
    for _ in range(150):
        said = bytearray(hello + good * 3 if rng.random() < 0.5 else rng.randbytes(300))
        for _ in range(rng.randrange(6)):
            said[rng.randrange(len(hello) if rng.random() < 0.3 else 0, len(said))] = rng.randrange(256)
        with socket.create_connection(("127.0.0.1", port_of(page)), 5) as raw, suppress(OSError):
            raw.sendall(said[: rng.randrange(1, len(said) + 1)])


MESSAGES = [
    "", "null", "[]", "5", '"text"', "{", '{"command"', '{"command": "set", "id": "bass", "value": 1e999}',
    '{"command": {"command": "next"}}', '{"command": ["next"]}', '{"command": null}', "[" * 4000,
    '{"a":' * 800 + "1" + "}" * 800, '{"command": "n\\u0065xt", "command": 7}', '{"command": "next"} {}',
    '{"command": "rename", "slot": 0, "name": "ö"}', '{"command": "set", "id": "\\ud83c", "value": 0}',
    '{"command": "' + "x" * 4000 + '"}', '{"command": "save", "slot": 0, "name": "' + "x" * 5000 + '"}',
    "{}\0{}", '{"event": 5}', '{"event": "connection-reply" "command": "model"}',
]  # fmt: skip


def test_messages_that_make_no_sense_are_dropped_and_the_next_one_counts(page: str) -> None:
    with opened(page) as one:
        one.told("snapshot")
        for text in MESSAGES:
            one.socket.send(text)
        one.socket.send(b'{"command": "bypass", "on": false}')  # in bytes, not text
        one.say(command="set", id="treble", value=7)
        one.until(values={"treble": 7})


def test_a_message_of_64_kib_is_dropped_and_a_longer_one_ends_the_connection(page: str) -> None:
    with opened(page) as one:
        one.told("snapshot")
        one.socket.send(json.dumps({"command": "next", "more": "x" * 60000}))
        one.say(command="set", id="bass", value=1)
        assert "model" not in one.until(values={"bass": 1})["state"]
        one.socket.send("x" * 70000)
        with pytest.raises(ConnectionClosed):
            one.told("what never comes")


def test_a_flood_is_told_once_a_second_and_the_pedal_listens_again(page: str) -> None:
    with opened(page) as one, opened(page) as other:
        one.told("snapshot")
        for number in range(3000):
            one.say(command="set", id="bass", value=number % 12)
        assert "too many" in one.told("refused")["reason"]
        told = 0
        other.told("snapshot")
        while True:
            other.say(command="set", id="mid", value=-7)
            try:
                said = other.hear(0.3)
            except TimeoutError:  # dropped, and told so before
                continue
            told += said["event"] == "refused"
            if said.get("state", {}).get("values", {}).get("mid") == -7:
                break
        assert told < 20


def test_a_page_that_does_not_read_holds_nobody_up(page: str) -> None:
    with socket.create_connection(("127.0.0.1", port_of(page)), 5) as deaf, opened(page) as one:
        deaf.sendall(request("GET /gui_control", **UPGRADE, Sec_WebSocket_Key=KEY))
        one.told("snapshot")
        for number in range(30):
            deaf.sendall(masked(0x89, os.urandom(125)) * 200)  # each ping is answered
            one.say(command="set", id="bass", value=number % 12 - 6)
            one.until(values={"bass": number % 12 - 6})
