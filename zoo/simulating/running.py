"""Plays the pedal on this computer, in real time with its page, or a recording once as fast as it goes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import numpy as np

from zoo.errors import BadRequest
from zoo.simulating.process import start
from zoo.simulating.scene import OUT, Scene, arguments
from zoo.simulating.sound import keep
from zoo.sources import board_sources


class Simulator:
    """The pedal, running in real time; a context in which it plays.

    Attributes:
        page: the address of its page.
    """

    def __init__(self, program: Path, scene: Scene, remark: Callable[[str], None] = lambda _: None) -> None:
        """Nothing runs yet.

        Args:
            program: of `host_program`.
            scene: what it plays.
            remark: hears what the pedal has to say.
        """
        self.scene, self.page = scene, ""
        self._program, self._remark = program, remark

    def __enter__(self) -> Simulator:
        """Start it.

        Raises:
            BadRequest, AudioError: the recording cannot be played.
            StoreError: the page's port is taken, or there is no sound device and no recording.
        """
        self._scratch = tempfile.TemporaryDirectory(prefix="zoo-pedal-")
        try:
            page = ("--page", str(board_sources() / "app" / "page"), "--port", str(self.scene.port))
            self._running = start(self._program, [*arguments(self.scene, self._folder), *page], self._remark)
            self.page = self._running.first_line()
        except BaseException:
            self._scratch.cleanup()
            raise
        return self

    @property
    def _folder(self) -> Path:
        return Path(self._scratch.name)

    @property
    def frames(self) -> int:
        """How many frames of what comes out have been kept so far; 0 if they are not."""
        raw = self._folder / OUT
        return raw.stat().st_size // (2 * np.dtype(np.float32).itemsize) if raw.is_file() else 0

    def wait(self, seconds: float | None = None) -> bool:
        """Until it ends by itself; False if it still plays after ``seconds``.

        Raises:
            StoreError: it ended with an error.
        """
        return self._running.wait(seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it, and write what was to be kept.

        Raises:
            WriteError: the recording cannot be written.
            StoreError: it ended with an error.
        """
        try:
            self._running.stop()
            if self.scene.out is not None:
                keep(self._folder / OUT, self.scene.out, self.scene.sample_rate)
        finally:
            self._scratch.cleanup()


def play_once(
    program: Path,
    scene: Scene,
    commands: tuple[str, ...] = (),
    remark: Callable[[str], None] = lambda _: None,
) -> None:
    """Play the recording through the pedal once, without its page, as fast as it goes.

    Args:
        program: of `host_program`.
        scene: with a recording, and a file for what comes out.
        commands: that a page would send before the first sample, as JSON (bela/app/PROTOCOL.md).
        remark: hears what the pedal has to say.

    Raises:
        BadRequest: there is no recording, or nowhere to put the sound.
        AudioError: the recording cannot be played.
        StoreError: the pedal ended with an error.
        WriteError: what came out cannot be written.
    """
    if scene.recording is None or scene.out is None:
        raise BadRequest(
            "to play once and fast, a recording (--in) and a file for the sound (--out) are needed"
        )
    with tempfile.TemporaryDirectory(prefix="zoo-pedal-") as scratch:
        said = [part for command in commands for part in ("--command", command)]
        running = start(program, [*arguments(scene, Path(scratch)), "--fast", *said], remark)
        try:
            running.wait(None)
        finally:
            running.stop()
        keep(Path(scratch) / OUT, scene.out, scene.sample_rate)
