"""Fetches files whose size and hash are known beforehand, so that nothing else is ever read.

A file is written under its hash; until it is whole and proved it is called ``.part``, which the next attempt,
or the next run, goes on with. More bytes than expected are not even received.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from registry.courtesy import ATTEMPTS, Courtesy, seconds_asked
from registry.hosts import Allowed
from registry.part import Part, Wanted
from zoo.errors import NetworkError, StoreError, WrongContent

if TYPE_CHECKING:
    import httpx2

CONNECT_S, SILENCE_S = 10.0, 30.0
LEAST_BYTES_PER_S = 2_000  # a server that drips slower is cut off and asked again for the rest
MOST_REDIRECTS = 3
PASSING = {408, 425, 429, 500, 502, 503, 504}
USER_AGENT = "tonezoo/0.1 (a model zoo's client; fetches each file once)"


class _Passing(Exception):
    """A failure that may pass: what happened, and how many seconds the server asks for."""

    def __init__(self, what: str, asked: float | None = None) -> None:
        super().__init__(what)
        self.asked = asked


class Downloader:
    """Fetches into one folder, on any number of threads, politely.

    Args:
        folder: where files and parts of them go.
        allowed: which addresses may be asked.
        courtesy: shared by all threads.
    """

    def __init__(self, folder: Path, allowed: Allowed, courtesy: Courtesy | None = None) -> None:
        import httpx2

        self._folder, self._allowed = folder, allowed
        self._courtesy = courtesy or Courtesy()
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(SILENCE_S, connect=CONNECT_S),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Accept": "*/*"},
            follow_redirects=False,
            trust_env=allowed.mirror is None or allowed.mirror.startswith("https"),
        )

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()

    def stop(self) -> None:
        """Let every thread come to an end soon; what was fetched stays for the next run."""
        self._courtesy.stop()

    def fetch(self, wanted: Wanted, heard: Callable[[int], None] = lambda _: None) -> Path:
        """The file, whole and proved.

        Args:
            wanted: which.
            heard: hears how many bytes of it are there.

        Raises:
            WrongContent: the server sends something else, or sends us elsewhere.
            NetworkError: it cannot be had, at least not now.
            StoreError: the disk is full.
            Stopped: `stop` was called.
        """
        part = Part(self._folder, wanted, heard)
        with _disk(self._folder):
            if not part.is_whole():
                self._complete(wanted, part)
        return part.whole

    def _complete(self, wanted: Wanted, part: Part) -> None:
        trouble = None
        for attempt in range(ATTEMPTS):
            self._courtesy.turn()
            try:
                resumed = self._attempt(wanted, part)
            except _Passing as passing:
                trouble = passing
                self._courtesy.failed(attempt, passing.asked)
                continue
            if part.finish():
                self._courtesy.succeeded()
                return
            found = part.discard()
            if not resumed:  # else what an earlier run left may have been damaged: once more from the start
                raise WrongContent(
                    f"the server sent other bytes than promised: their sha-256 is {found[:12]}..., "
                    f"{wanted.sha256[:12]}... is expected; nothing of them is kept"
                )
        self._courtesy.gave_up()
        raise NetworkError(f"{wanted.url} could not be fetched in {ATTEMPTS} attempts ({trouble})")

    def _attempt(self, wanted: Wanted, part: Part) -> bool:
        """Ask once, and write what comes; whether it was added to what an earlier attempt had left."""
        import httpx2

        there = part.size()
        if there == wanted.bytes:
            return True
        try:
            with self._answer(wanted, there) as answer:
                start = _start(answer, wanted, part, there)
                self._receive(answer, wanted, part, start)
        except httpx2.TransportError as error:
            raise _Passing(str(error) or type(error).__name__) from error
        except WrongContent:
            part.discard()
            raise
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise NetworkError(f"{wanted.url}: {error}") from error
        return start > 0

    @contextmanager
    def _answer(self, wanted: Wanted, start: int) -> Iterator[httpx2.Response]:
        """The answer itself, after as few redirects as there may be, each to an address that may be asked."""
        url = self._allowed.address(wanted.url)
        headers = {"Range": f"bytes={start}-"} if start else {}
        for _ in range(MOST_REDIRECTS + 1):
            with self._client.stream("GET", url, headers=headers) as answer:
                if answer.status_code not in (301, 302, 303, 307, 308):
                    yield answer
                    return
                url = self._allowed.redirected(url, answer.headers.get("Location", ""))
        raise WrongContent(f"{wanted.url} sends us on and on; at most {MOST_REDIRECTS} times is followed")

    def _receive(self, answer: httpx2.Response, wanted: Wanted, part: Part, start: int) -> None:
        begun, size = self._courtesy.now(), start
        with part.written_from(start) as add:
            for piece in answer.iter_raw():
                self._courtesy.check()
                if size + len(piece) > wanted.bytes:
                    raise WrongContent(f"the server sends more than the {wanted.bytes} bytes that it should")
                size = add(piece)
                seconds = self._courtesy.now() - begun
                if seconds > SILENCE_S and size - start < LEAST_BYTES_PER_S * seconds:
                    raise _Passing(f"it came at less than {LEAST_BYTES_PER_S} bytes a second")
        if size < wanted.bytes:
            raise _Passing(f"it broke off after {size} of {wanted.bytes} bytes")


def _start(answer: httpx2.Response, wanted: Wanted, part: Part, asked: int) -> int:
    """Where the body of an answer begins in the file, if it is one that can be used."""
    status = answer.status_code
    if status in PASSING:
        name = HTTPStatus(status).phrase
        raise _Passing(f"{status} {name}", seconds_asked(answer.headers.get("Retry-After")))
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and asked:
        part.discard()
        raise _Passing("the server cannot go on where we left off")
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise NetworkError(f"{wanted.url} cannot be had: the server answers {status}")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise WrongContent(f"{wanted.url} comes encoded, which was not asked for")
    start = asked if status == HTTPStatus.PARTIAL_CONTENT else 0
    if status == HTTPStatus.PARTIAL_CONTENT:
        expected = f"bytes {asked}-{wanted.bytes - 1}/{wanted.bytes}"
        if not asked or answer.headers.get("Content-Range") != expected:
            raise WrongContent(f"{wanted.url}: the server answers with another part than was asked for")
    length = answer.headers.get("Content-Length")
    if length is not None and length != str(wanted.bytes - start):
        raise WrongContent(f"the server announces {length} bytes; {wanted.bytes - start} are expected")
    return start


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written ({error.strerror or error}); "
            "free space, fix permissions or set ZOO_HOME"
        ) from error
