"""A strict Hub on this machine: it speaks the client's protocol, complains of all else, fails on demand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from hub_answers import Answer, Request, answer
from hub_repos import Repo, new_repo

TOKEN = "hf_testTOKENtest"


class Hub:
    """What the server keeps, how it misbehaves, and what was wrong with what it was asked.

    Attributes:
        repos: by id.
        large: large files by sha-256.
        collections: slug -> ids of repositories.
        faults: a pattern for "METHOD path" -> what happens at the first such request, the second, ...: a
            status ("429", "503"), "cut" (half of it, then the line is dead), "flip" (one bit is other), "hang
            up" (nothing at all), or a function that is called before all goes on as usual.
        all_regular: large files are taken like others, within the commit.
        asked: "METHOD path" of every request so far.
        ranges: the bytes that were asked for, where it was not all of a file.
        complaints: requests that no sound client makes; a test fails on them.
    """

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.large: dict[str, bytes] = {}
        self.collections: dict[str, list[str]] = {}
        self.faults: dict[str, list[str | Callable[[], object]]] = {}
        self.all_regular = False
        self.asked: list[str] = []
        self.ranges: list[str] = []
        self.complaints: list[str] = []
        self.lock = Lock()
        self.url = ""

    def add(self, repo_id: str, files: dict[str, bytes] | None = None, *, private: bool = False) -> Repo:
        """A repository of anybody's, with files of any name and content."""
        repo = self.repos[repo_id] = new_repo(repo_id, private=private)
        if files:
            repo.edit(dict(files))
        return repo

    def fault(self, request: str) -> str | Callable[[], object]:
        """What is to go wrong with this request."""
        for pattern, faults in self.faults.items():
            if faults and re.search(pattern, request):
                return faults.pop(0)
        return ""


@contextmanager
def serving_hub() -> Iterator[Hub]:
    """A Hub on a free port of 127.0.0.1 for as long as the block lasts."""
    hub = Hub()

    class Handler(_Handler):
        served = hub

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Clients may hang up whenever they like."""


class _Handler(BaseHTTPRequestHandler):
    served: Hub
    protocol_version = "HTTP/1.1"

    def _do(self) -> None:
        hub, parts = self.served, urlsplit(self.path)
        request = Request(
            self.command, unquote(parts.path), parse_qs(parts.query), self._body(),
            self.headers.get("Authorization") == f"Bearer {TOKEN}", hub.url,
        )  # fmt: skip
        with hub.lock:
            hub.asked.append(f"{request.method} {request.path}")
            fault = hub.fault(f"{request.method} {request.path}")
        if callable(fault):
            fault()
            fault = ""
        if fault == "hang up":
            self.close_connection = True
            return
        if fault[:1] in ("4", "5"):
            self._send(Answer(int(fault), {"error": "injected"}, {"Retry-After": "0"}), "")
            return
        with hub.lock:
            given = answer(hub, request)
        self._send(given, fault)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _do

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            pieces = []
            while size := int(self.rfile.readline().strip(), 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(pieces)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, given: Answer, fault: str) -> None:
        body, status, headers = given.body, given.status, dict(given.headers)
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if asked and status == 200:
            self.served.ranges.append(asked[0])
            start, end = int(asked[1]), int(asked[2] or len(body) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
            status, body = 206, body[start : end + 1]
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        if fault == "flip":
            body = body[:-1] + bytes([body[-1] ^ 1])
        if fault == "cut":
            body, self.close_connection = body[: len(body) // 2], True
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
