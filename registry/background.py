"""Work in the background that nobody has to wait for when the person has had enough."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """The person has had enough."""


class Background(Generic[T]):
    """A few threads that do one job after the other.

    Unlike those of `concurrent.futures` they are left behind when the program ends, even if a server keeps
    them waiting.
    """

    def __init__(self, threads: int) -> None:
        self._jobs: SimpleQueue[tuple[Future[T], Callable[[], T]] | None] = SimpleQueue()
        self._open: set[Future[T]] = set()
        self._lock = Lock()
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """What the job will return or raise."""
        future: Future[T] = Future()
        with self._lock:
            self._open.add(future)
        self._jobs.put((future, job))
        return future

    def close(self) -> None:
        """Whoever waits for a job that is not done hears `Stopped`; no other job is begun."""
        with self._lock:
            abandoned, self._open = self._open, set()
        for future in abandoned:
            with suppress(InvalidStateError):  # it was done this very moment
                future.set_exception(Stopped())
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        while (entry := self._jobs.get()) is not None:
            future, job = entry
            if future.done():
                continue
            try:
                result = job()
            except BaseException as error:
                with suppress(InvalidStateError):
                    future.set_exception(error)
            else:
                with suppress(InvalidStateError):
                    future.set_result(result)
            with self._lock:
                self._open.discard(future)
