"""Manners towards a server: wait after a failure, longer each time, as long as it asks; give up in the end.

All connections to a server share one `Courtesy`: when it asks for patience, all of them wait.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from threading import Event, Lock
from time import monotonic

from registry.background import Stopped
from zoo.errors import NetworkError

ATTEMPTS = 5
FIRST_WAIT_S, MOST_WAIT_S = 0.5, 30.0
MOST_ASKED_S = 120.0  # a server that wants more is asked another day
MOST_GIVEN_UP = 3  # after so many files in a row that did not come, the rest is left for another day


class Courtesy:
    """When to ask next.

    Args:
        sleep: waits for so many seconds, and says whether the person stopped it; for tests.
        now: seconds on a clock that never goes back.
    """

    def __init__(
        self, sleep: Callable[[float], bool] | None = None, now: Callable[[], float] = monotonic
    ) -> None:
        self._stop = Event()
        self._sleep = sleep or self._stop.wait
        self.now = now
        self._lock = Lock()
        self._not_before = 0.0
        self._given_up = 0

    def stop(self) -> None:
        """Wake everybody who waits, and let nobody ask again."""
        self._stop.set()

    def check(self) -> None:
        """Raises `Stopped` when the person has stopped it."""
        if self._stop.is_set():
            raise Stopped

    def turn(self) -> None:
        """Wait until the server may be asked.

        Raises:
            Stopped: meanwhile the person stopped it.
            NetworkError: nothing came for too many files in a row.
        """
        self.check()
        if self._given_up >= MOST_GIVEN_UP:
            raise NetworkError("not tried, as nothing came any more; check the network and try again")
        if (wait := self._not_before - self.now()) > 0 and self._sleep(wait):
            raise Stopped

    def failed(self, attempt: int, asked: float | None) -> None:
        """After a failed attempt (the first is 0): put off the next, by ``asked`` seconds if that is known.

        Raises:
            NetworkError: it asks for more patience than there is.
        """
        if asked is not None and asked > MOST_ASKED_S:
            raise NetworkError(f"the server asks to wait {asked:.0f} s; run the same command again later")
        own = min(FIRST_WAIT_S * 2.0**attempt, MOST_WAIT_S) * random.uniform(1.0, 1.25)
        with self._lock:
            self._not_before = max(self._not_before, self.now() + (own if asked is None else asked))

    def succeeded(self) -> None:
        """A file came whole."""
        self._given_up = 0

    def gave_up(self) -> None:
        """A file did not come, however often it was asked for."""
        with self._lock:
            self._given_up += 1


def seconds_asked(retry_after: str | None, now: Callable[[], datetime] | None = None) -> float | None:
    """What a Retry-After header asks for: seconds, or a date; None when it is absent or makes no sense.

    >>> seconds_asked("7"), seconds_asked("soon")
    (7.0, None)
    """
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        date = parsedate_to_datetime(retry_after)
        date = date if date.tzinfo else date.replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    return max(0.0, (date - (now() if now else datetime.now(timezone.utc))).total_seconds())
