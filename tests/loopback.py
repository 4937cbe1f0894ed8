"""A small HTTP server on this machine that serves bytes and misbehaves as it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from urllib.parse import unquote, urlsplit


class Loopback:
    """What the server serves, how it misbehaves, and what it was asked.

    Attributes:
        files: path -> content.
        faults: path -> what happens at the first request, the second, ...; afterwards all goes well. A status
            ("404", "503 Retry-After 7"), "cut" (half of it), "cut hidden" (half of it, of no stated length),
            "wrong" (a flipped byte), "huge" (without end), "stall" (half of it, then nothing), "no range"
            (all of it whatever was asked), "other range", "416", "gzip", "longer" (announces a byte more), or
            "-> URL".
        asked: (path, Range header or None) of every request so far.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.faults: dict[str, list[str]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.agents: set[str] = set()
        self.stalled, self.over = Event(), Event()
        self.most_at_once = self.at_once = 0
        self.lock = Lock()
        self.url = ""

    def ranges(self, path: str) -> list[str | None]:
        """The Range headers of all requests for a path."""
        return [header for asked, header in self.asked if asked == path]


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Loopback]:
    """A server on a free port of 127.0.0.1 for as long as the block lasts."""
    loopback = Loopback(files)

    class Handler(_Handler):
        served = loopback

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    loopback.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        loopback.over.set()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Clients may hang up whenever they like."""


class _Handler(BaseHTTPRequestHandler):
    served: Loopback

    def do_GET(self) -> None:
        server, path = self.served, unquote(urlsplit(self.path).path)
        with server.lock:
            server.asked.append((path, self.headers.get("Range")))
            server.agents.add(self.headers.get("User-Agent", ""))
            faults = server.faults.get(path, [])
            fault = faults.pop(0) if faults else ""
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            self._answer(path, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with server.lock:
                server.at_once -= 1

    def _answer(self, path: str, fault: str) -> None:
        if fault.startswith("-> "):
            self._head(302, {"Location": fault[3:], "Content-Length": "0"})
            return
        if re.match(r"[45]\d\d", fault) or path not in self.served.files:
            status, _, asked = (fault or "404").partition(" Retry-After ")
            self._head(int(status), {"Content-Length": "4", **({"Retry-After": asked} if asked else {})})
            self.wfile.write(b"oops")
            return
        self._send(self.served.files[path], fault)

    def _send(self, content: bytes, fault: str) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        start = int(asked.group(1)) if asked and fault != "no range" else 0
        headers = {"Content-Length": str(len(content) - start)}
        if start:
            first = start + (fault == "other range")
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        if fault == "wrong":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if fault == "gzip":
            headers["Content-Encoding"] = "gzip"
        if fault == "longer":
            headers["Content-Length"] = str(len(content) + 1 - start)
        if fault in ("huge", "cut hidden"):
            del headers["Content-Length"]
            headers["Connection"] = "close"
        self._head(206 if start else 200, headers)
        body = content[start:]
        if fault in ("cut", "cut hidden", "stall"):
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)
        if fault == "stall":
            self.wfile.flush()
            self.served.stalled.set()
            self.served.over.wait(60)
        while fault == "huge" and not self.served.over.is_set():
            self.wfile.write(bytes(1 << 16))

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""
