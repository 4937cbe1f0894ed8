"""A test while it is taken: its folder, and the listeners who are on their way."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from zoo.errors import BadRequest, StoreError, WriteError
from zoo.files import write_atomically
from zoo.listening.results import read_csv
from zoo.listening.sessions import Session, check_listener
from zoo.listening.stimuli import ListeningTest

DESCRIPTION = "test.json"
MOST_SESSIONS = 64


class Sitting:
    """Listeners take a test, one after another or side by side; safe for threads.

    Attributes:
        test: what is rated.
        folder: where the CSV files go.
        finished: listeners who have rated every trial since it began.
    """

    def __init__(
        self, test: ListeningTest, folder: Path, *, rng: np.random.Generator | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self.test, self.folder, self.finished = test, folder, list[str]()
        self.changed = threading.Condition(threading.RLock())
        self._rng = rng or np.random.default_rng()
        self._sessions: dict[str, Session] = {}
        self._progress = progress
        _begin(test, folder)

    def enter(self, listener: object) -> tuple[str, Session]:
        """Let a listener begin, or go on where they stopped; whoever had begun under this name is replaced.

        Returns:
            A secret name of the session, and the session.

        Raises:
            BadRequest: the name cannot stand in a CSV, or too many have begun.
        """
        name = check_listener(listener)
        with self.changed:
            path, rated = self._place(name)
            for key in [key for key, session in self._sessions.items() if session.path == path]:
                del self._sessions[key]
            if len(self._sessions) >= MOST_SESSIONS:
                raise BadRequest(f"{MOST_SESSIONS} listeners have begun; start `zoo listen` again for more")
            key = secrets.token_hex(16)
            self._sessions[key] = Session(self.test, name, path, rated, self._rng)
            return key, self._sessions[key]

    def session(self, key: object) -> Session:
        """The session of that secret name.

        Raises:
            BadRequest: there is none.
        """
        with self.changed:
            found = self._sessions.get(key) if isinstance(key, str) else None
        if found is None:
            raise BadRequest("this session has ended, or was taken over in another window; reload the page")
        return found

    def rate(self, key: object, trial: object, ratings: Any, plays: Any, seconds: Any) -> dict[str, Any]:
        """Take the ratings of a trial; at the end, say what was what.

        Raises:
            BadRequest: they are not ratings of the trial that is next.
            WriteError: they cannot be saved.
        """
        with self.changed:
            session = self.session(key)
            if trial != session.now:
                raise BadRequest("this trial was rated already; reload the page")
            if not isinstance(ratings, dict) or not isinstance(plays, dict):
                raise BadRequest("ratings and plays come by letter")
            session.rate(ratings, plays, seconds)
            self._progress(session.done)
            answer: dict[str, Any] = {"done": session.done, "left": session.left}
            if not session.left:
                answer |= {"file": str(session.path), "reveal": _revealed(session)}
                del self._sessions[str(key)]
                self.finished.append(session.listener)
                self.changed.notify_all()
            return answer

    def _place(self, listener: str) -> tuple[Path, list[Any]]:
        """The listener's CSV and what it holds; a new one beside those that are whole or another's."""
        stem = re.sub(r"[^\w-]+", "-", listener.casefold()).strip("-")
        number = 1
        while True:
            path = self.folder / (f"{stem}.csv" if number == 1 else f"{stem}-{number}.csv")
            if not path.exists():
                return path, []
            rated = read_csv(path)
            ours = all(r.listener == listener and r.test == self.test.id for r in rated)
            if ours and len({r.trial for r in rated}) < len(self.test.trials):
                return path, rated
            number += 1


def _begin(test: ListeningTest, folder: Path) -> None:
    """Make the folder for this test, or find that it is of this test."""
    record = folder / DESCRIPTION
    document = (json.dumps(test.to_json(), indent=2, ensure_ascii=False) + "\n").encode()
    if record.is_file():
        if record.read_bytes() != document:
            raise BadRequest(f"{folder} holds the results of another test; choose another --out")
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadRequest(f"{folder} exists and holds no listening test; choose another --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(record, document)
    except (OSError, WriteError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "reason", error)
        raise StoreError(f"{folder} cannot be made ({reason}); choose another --out") from error


def _revealed(session: Session) -> list[dict[str, Any]]:
    """What this listener gave every condition on average, the best first."""
    given: dict[str, list[int]] = {}
    for rating in session.ratings:
        given.setdefault(rating.condition, []).append(rating.rating)
    means = {name: sum(values) / len(values) for name, values in given.items()}
    return [{"condition": n, "mean": round(m, 1)} for n, m in sorted(means.items(), key=lambda m: -m[1])]
