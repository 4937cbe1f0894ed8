"""The playing of a target: made once and kept in the job's folder, cut the same way at any sample rate."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from recommender.listening import at_rate
from training.data import Span, Split, split_at
from zoo.capture import Capture, Take
from zoo.errors import WriteError
from zoo.evaluating.targets import Target
from zoo.files import atomic_file

TEST_SECONDS = 12.0  # of the last take, at most
VALIDATION_SHARE = 0.2  # the end of every take but the last, which is the test


class Material:
    """Captures of targets, at the rates that parents need.

    Args:
        folder: where what was recorded is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.capture = lru_cache(maxsize=12)(self._at)

    def _at(self, target: Target, rate: int) -> Capture:
        return at_rate(self._recorded(target), rate)

    def _recorded(self, target: Target) -> Capture:
        """Read what was kept, or record the target and keep it."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file, save_file

        path = self.folder / f"{target.name}.safetensors"
        try:
            kept = load_file(path)
            takes = tuple(Take(f"take {i}", int(a), int(b)) for i, (a, b) in enumerate(kept["takes"]))
            return Capture(kept["wet"], kept["dry"], int(kept["rate"][0]), target.name, takes)
        except (OSError, SafetensorError, KeyError, ValueError):
            made = target.make()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteError(self.folder, error.strerror or "it cannot be made") from error
        assert made.dry is not None
        with atomic_file(path) as temporary:
            spans = np.array([(take.start, take.stop) for take in made.takes])
            wet, dry = (np.ascontiguousarray(signal) for signal in (made.wet, made.dry))
            save_file(
                {"wet": wet, "dry": dry, "takes": spans, "rate": np.array([made.sample_rate])}, temporary
            )
        return made

    def split(self, target: Target, rate: int, seconds: float) -> Split:
        """So much for training, the end of each take for validation, the last take for the test.

        Raises:
            CaptureError: a part is too short or silent.
        """
        capture = self.capture(target, rate)
        train, validation, ((start, stop),) = _spans(capture)
        test = [(start, min(stop, start + round(TEST_SECONDS * rate)))]
        return split_at(capture, train, validation, test, seconds=seconds)

    def heard(self, target: Target, rate: int, seconds: float) -> Capture:
        """What a user with so much training material has: that and the validation part, without the test."""
        split = self.split(target, rate, seconds)
        pieces = list(
            zip(
                (*split.train.dry, *split.validation.dry),
                (*split.train.wet, *split.validation.wet),
                strict=True,
            )
        )
        stops = np.cumsum([wet.size for _, wet in pieces]).tolist()
        takes = tuple(
            Take(f"take {i}", a, b) for i, (a, b) in enumerate(zip([0, *stops], stops, strict=False))
        )
        dry, wet = (np.concatenate([pair[side] for pair in pieces]) for side in (0, 1))
        return Capture(wet, dry, rate, target.name, takes)


def _spans(capture: Capture) -> tuple[list[Span], list[Span], list[Span]]:
    *first, last = capture.takes
    cuts = [take.stop - round(VALIDATION_SHARE * (take.stop - take.start)) for take in first]
    train = [(take.start, cut) for take, cut in zip(first, cuts, strict=True)]
    validation = [(cut, take.stop) for take, cut in zip(first, cuts, strict=True)]
    return train, validation, [(last.start, last.stop)]
