"""The pedal's program while it runs, and what it says."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from zoo.errors import StoreError

PATIENCE = 20.0  # seconds until the page must be there, and until the program must have ended


class Running:
    """A program that has been started. Its notes on stderr are heard, its last words are why it failed."""

    def __init__(self, process: subprocess.Popen[str], remark: Callable[[str], None]) -> None:
        """Listen to ``process``, whose stdout and stderr are pipes."""
        self._process, self._remark = process, remark
        self._last = "no reason was given"
        self._stopped = False
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.strip():
                self._last = line.strip().removeprefix("note: ")
                if line.startswith("note: "):
                    self._remark(self._last)

    def first_line(self) -> str:
        """What it says when it is ready.

        Raises:
            StoreError: it ends instead, or says nothing for `PATIENCE`.
        """
        assert self._process.stdout is not None
        timer = threading.Timer(PATIENCE, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline().strip()
        except BaseException:
            self.stop()
            raise
        finally:
            timer.cancel()
        if not line:
            self._process.wait()
            self._listener.join()
            raise StoreError(f"the pedal does not start: {self._last}")
        return line

    def wait(self, seconds: float | None) -> bool:
        """Until it ends by itself; False if it still runs after ``seconds``.

        Raises:
            StoreError: it ended with an error.
        """
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._judge()
        return True

    def stop(self) -> None:
        """End it, if it has not ended.

        Raises:
            StoreError: it ended with an error.
        """
        if self._stopped:
            return
        self._stopped = True
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._judge()

    def _judge(self) -> None:
        self._stopped = True
        self._listener.join()
        if self._process.returncode != 0:
            raise StoreError(f"the pedal has ended ({self._process.returncode}): {self._last}")


def start(program: Path, arguments: list[str], remark: Callable[[str], None]) -> Running:
    """Start ``program``.

    Raises:
        StoreError: it cannot be run.
    """
    try:
        process = subprocess.Popen(  # noqa: S603
            [program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
        )
    except OSError as error:
        raise StoreError(f"{program} cannot be run ({error.strerror}); remove it and try again") from error
    return Running(process, remark)
