"""The server answers its own page, and nothing else gets anything out of it or stops it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from zoo.listening.server import MOST_CONNECTIONS, SECRET, ListeningServer, serving
from zoo.listening.sitting import Sitting

GOOD = dict.fromkeys("ABCD", 50)


@pytest.fixture
def server(sitting: Sitting) -> Iterator[ListeningServer]:
    with serving(sitting) as running:
        yield running


def ask(
    server: ListeningServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    try:
        sent = {SECRET: server.secret, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, body, {k: v for k, v in sent.items() if v})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def post(server: ListeningServer, path: str, document: Any, **headers: str) -> tuple[int, Any]:
    status, _, body = ask(server, "POST", path, json.dumps(document).encode(), **headers)
    return status, json.loads(body)


def still_answers(server: ListeningServer) -> bool:
    return post(server, "/session", {"listener": "Zoe"})[0] == 200


def test_a_whole_session_by_its_protocol(server: ListeningServer) -> None:
    status, where = post(server, "/session", {"listener": "Anna"})
    assert status == 200
    assert (where["done"], where["left"], where["conditions"]) == (0, 2, 4)
    key = where["session"]
    for left in (1, 0):
        status, _, sounds = ask(server, "GET", "/sounds", X_Tonezoo_Session=key)
        assert status == 200
        assert len(sounds) == 4 * 5 * round(where["seconds"] * where["sampleRate"])
        rating = {"trial": where["trial"], "ratings": GOOD, "plays": {"A": 2}, "seconds": 3.0}
        status, where = post(server, "/ratings", rating, X_Tonezoo_Session=key)
        assert (status, where["left"]) == (200, left)
    assert {one["condition"] for one in where["reveal"]} == {"hidden reference", "low anchor", "near", "far"}
    assert server.sitting.finished == ["Anna"]


def test_nothing_says_what_is_what_before_the_end(server: ListeningServer) -> None:
    _, where = post(server, "/session", {"listener": "Anna"})
    said = [json.dumps(where).encode()]
    rating = {"trial": where["trial"], "ratings": GOOD, "plays": {}, "seconds": 1}
    said.append(json.dumps(post(server, "/ratings", rating, X_Tonezoo_Session=where["session"])[1]).encode())
    for name in (b"near", b"far", b"anchor"):
        assert not any(name in one for one in said)


def test_only_this_machine_can_connect(server: ListeningServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_the_page_holds_no_secret_and_may_load_nothing_from_elsewhere(server: ListeningServer) -> None:
    status, headers, body = ask(server, "GET", "/", **{SECRET: ""})
    assert status == 200
    assert server.secret.encode() not in body
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost:1", "[::1]:80", ""]
)
@pytest.mark.parametrize("path", ["/", "/sounds"])
def test_another_host_name_is_refused(server: ListeningServer, host: str, path: str) -> None:
    assert ask(server, "GET", path, Host=host or " ")[0] == 403


def test_localhost_is_this_host_too(server: ListeningServer) -> None:
    assert ask(server, "GET", "/", Host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "file://"])
def test_another_page_is_refused(server: ListeningServer, origin: str) -> None:
    status, answer = post(server, "/session", {"listener": "Anna"}, Origin=origin)
    assert status == 403
    assert "another page" in answer["error"]


@pytest.mark.parametrize("secret", ["", "wrong", "\xe9", "x" * 5000])
def test_without_the_secret_nothing_is_told_or_taken(server: ListeningServer, secret: str) -> None:
    assert post(server, "/session", {"listener": "Anna"}, **{SECRET: secret})[0] == 403
    assert ask(server, "GET", "/sounds", **{SECRET: secret})[0] == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b"[" * 16_000, 400),
        (b'{"listener": ' + b"9" * 10_000 + b"}", 400),
        (b"{}", 400),
        (b'{"listener": {"a": 1}}', 400),
        (b'{"listener": "' + b"x" * 17_000 + b'"}', 413),
    ],
)
def test_what_is_no_listener_is_refused(server: ListeningServer, body: bytes, status: int) -> None:
    found, _, answer = ask(server, "POST", "/session", body)
    assert found == status
    assert json.loads(answer)["error"]
    assert b"Traceback" not in answer
    assert still_answers(server)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"trial": 1, "ratings": GOOD, "plays": {}, "seconds": 1e400},
        {"trial": 99, "ratings": GOOD, "plays": {}, "seconds": 1},
        {"trial": "1", "ratings": GOOD, "plays": {}, "seconds": 1},
        {"trial": None, "ratings": {"A": None}, "plays": {}, "seconds": 1},
    ],
)
def test_what_are_no_ratings_is_refused(server: ListeningServer, document: Any) -> None:
    key = post(server, "/session", {"listener": "Anna"})[1]["session"]
    status, answer = post(server, "/ratings", document, X_Tonezoo_Session=key)
    assert status == 400
    assert answer["error"]
    assert not list(server.sitting.folder.glob("*.csv"))


@pytest.mark.parametrize("key", ["", "nobody", "0" * 32])
def test_an_unknown_session_is_refused(server: ListeningServer, key: str) -> None:
    assert ask(server, "GET", "/sounds", X_Tonezoo_Session=key)[0] == 400


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/listen.js", "//evil.example/", "/sounds?x=1", "/%2e%2e/"]
)
def test_there_are_no_other_pages(server: ListeningServer, path: str) -> None:
    assert ask(server, "GET", path)[0] == 404


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n",
        b"PUT / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /session HTTP/1.1\r\nHost: HOST\r\nX-Tonezoo-Secret: SECRET\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"POST /session HTTP/1.1\r\nHost: HOST\r\nX-Tonezoo-Secret: SECRET\r\nContent-Length: -5\r\n\r\n",
        b"POST /session HTTP/1.1\r\nHost: HOST\r\nX-Tonezoo-Secret: SECRET\r\nContent-Length: 2\r\n"
        b"Content-Length: 9\r\n\r\n{}",
        b"GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n",
    ],
)
def test_what_is_hardly_http_is_refused_and_the_server_goes_on(
    server: ListeningServer, request_: bytes
) -> None:
    filled = request_.replace(b"HOST", f"127.0.0.1:{server.server_port}".encode())
    filled = filled.replace(b"SECRET", server.secret.encode())
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as raw:
        raw.sendall(filled)
        raw.shutdown(socket.SHUT_WR)
        answer = raw.recv(65_536)
    assert b" 200 " not in answer.split(b"\r\n")[0]
    assert still_answers(server)


def test_connections_that_say_nothing_are_limited(server: ListeningServer) -> None:
    address = ("127.0.0.1", server.server_port)
    idle = [socket.create_connection(address, timeout=5) for _ in range(MOST_CONNECTIONS)]
    try:
        with socket.create_connection(address, timeout=5) as one_more:
            assert one_more.recv(1) == b""
    finally:
        for connection in idle:
            connection.close()


def test_connections_that_are_kept_open_end_with_the_server(sitting: Sitting) -> None:
    with serving(sitting) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.request("GET", "/")
        assert connection.getresponse().read()
    assert connection.sock.recv(1) == b""
    connection.close()


def test_a_port_that_is_taken_is_named(server: ListeningServer, sitting: Sitting) -> None:
    from zoo.errors import StoreError

    with pytest.raises(StoreError, match="another --port"), serving(sitting, server.server_port):
        pass
