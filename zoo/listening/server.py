"""Serves a listening test to a browser on this machine, and to nobody else.

Whoever can send requests to this machine's loopback may be a stranger: another user, or a web page in the
same browser. So a request must name this host (a page elsewhere that resolves to 127.0.0.1 does not), carry
the secret that only the printed address holds, and be small and quick. The page itself holds no secret.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from zoo.errors import StoreError, WriteError, ZooError
from zoo.listening.page import listening_page
from zoo.listening.sitting import Sitting

HOST = "127.0.0.1"
MOST_BODY, MOST_CONNECTIONS, PATIENCE_SECONDS = 16_384, 16, 10.0
SECRET = "X-Tonezoo-Secret"  # noqa: S105 - the name of the header


class Refused(Exception):
    """A request that no page of ours sends."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        self.status = status
        super().__init__(sentence)


class ListeningServer(ThreadingHTTPServer):
    """The server of one sitting.

    Attributes:
        sitting: what is served.
        secret: that every request for data carries.
    """

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, sitting: Sitting, port: int) -> None:
        self.sitting, self.secret = sitting, secrets.token_urlsafe(24)
        self.html, self.policy = listening_page()
        self._room = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._open = set[socket.socket]()
        super().__init__((HOST, port), Handler)

    @property
    def address(self) -> str:
        """What to open; the secret stands behind the #, which browsers send to nobody."""
        return f"http://{HOST}:{self.server_port}/#{self.secret}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection a thread, unless there are too many."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection, and make room again."""
        self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.discard(request)
            self._room.release()

    def server_close(self) -> None:
        """Take no more, and end what browsers keep open."""
        super().server_close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is nobody's news."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: ListeningServer
    timeout = PATIENCE_SECONDS
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "tonezoo", ""

    def do_GET(self) -> None:
        """The page, or the sounds of the trial that is next."""
        self._answer({"/": self._page, "/sounds": self._sounds})

    def do_POST(self) -> None:
        """A listener begins, or has rated a trial."""
        self._answer({"/session": self._begin, "/ratings": self._rate})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Requests are nobody's news."""

    def _answer(self, table: dict[str, Any]) -> None:
        try:
            self._check_host()
            if self.path not in table:
                raise Refused(HTTPStatus.NOT_FOUND, "there is no such page")
            if self.path != "/":
                self._check_secret()
            table[self.path]()
        except Refused as refused:
            self._send_json(refused.status, {"error": str(refused)})
        except ZooError as error:
            ours = isinstance(error, (WriteError, StoreError))
            status = HTTPStatus.INTERNAL_SERVER_ERROR if ours else HTTPStatus.BAD_REQUEST
            self._send_json(status, {"error": str(error)})

    def _check_host(self) -> None:
        port = self.server.server_port
        names = {f"{HOST}:{port}", f"localhost:{port}"}
        if self.headers.get_all("Host", []) not in [[name] for name in names]:
            raise Refused(HTTPStatus.FORBIDDEN, "this server answers to its own address only")
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{name}" for name in names}:
            raise Refused(HTTPStatus.FORBIDDEN, "another page may not ask here")

    def _check_secret(self) -> None:
        given = self.headers.get(SECRET, "").encode("latin-1", "replace")
        if not hmac.compare_digest(given, self.server.secret.encode()):
            raise Refused(HTTPStatus.FORBIDDEN, "open the whole address that `zoo listen` printed")

    def _page(self) -> None:
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", self.server.html.encode())

    def _begin(self) -> None:
        key, session = self.server.sitting.enter(self._document().get("listener"))
        self._send_json(HTTPStatus.OK, {"session": key, **self._where(session)})

    def _sounds(self) -> None:
        session = self.server.sitting.session(self.headers.get("X-Tonezoo-Session"))
        self._send(HTTPStatus.OK, "application/octet-stream", session.sounds())

    def _rate(self) -> None:
        sent = self._document()
        key = self.headers.get("X-Tonezoo-Session")
        sitting = self.server.sitting
        session = sitting.session(key)
        answer = sitting.rate(key, *(sent.get(n) for n in ("trial", "ratings", "plays", "seconds")))
        self._send_json(HTTPStatus.OK, {**answer, **self._where(session)})

    def _where(self, session: Any) -> dict[str, Any]:
        """Where a listener is, without saying what is what."""
        where: dict[str, Any] = {"done": session.done, "left": session.left}
        if session.left:
            trial = session.test.trials[session.now - 1]
            shown = {"trial": session.now, "sampleRate": trial.sample_rate, "seconds": trial.seconds}
            where |= {**shown, "conditions": len(session.test.conditions)}
        return where

    def _document(self) -> dict[str, Any]:
        lengths = self.headers.get_all("Content-Length", [])
        if len(lengths) != 1 or not lengths[0].isascii() or not lengths[0].isdigit():
            self.close_connection = True
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "say how long the request is")
        if len(lengths[0]) > 9 or int(lengths[0]) > MOST_BODY:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MOST_BODY} bytes")
        try:
            document = json.loads(self.rfile.read(int(lengths[0])))
        except (ValueError, RecursionError) as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "not JSON") from error
        if not isinstance(document, dict):
            raise Refused(HTTPStatus.BAD_REQUEST, "not a JSON object")
        return document

    def _send_json(self, status: HTTPStatus, document: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(document).encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        if status >= HTTPStatus.BAD_REQUEST:
            self.close_connection = True  # what else it sent is not read
        self.send_response(status)
        headers = {
            "Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store",
            "Content-Security-Policy": self.server.policy, "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin", "X-Frame-Options": "DENY",
        }  # fmt: skip
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(sitting: Sitting, port: int = 0) -> Iterator[ListeningServer]:
    """Serve until the block ends.

    Args:
        sitting: what is served.
        port: 0 takes one that is free.

    Raises:
        StoreError: the port is taken.
    """
    try:
        server = ListeningServer(sitting, port)
    except OSError as error:
        raise StoreError(f"port {port} cannot be used ({error.strerror}); choose another --port") from error
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
