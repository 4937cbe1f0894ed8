"""What a model's page is about: the model, what is known of it, and how it plays a capture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from registry import Manifest
from zoo.capture import Capture
from zoo.errors import BadRequest
from zoo.explaining.playing import Stretch, stretch_of
from zoo.matching import matched
from zoo.metrics import esr
from zoo.playing import Phrase, perform
from zoo.portraying.measures import esr_by_band, esr_by_level, harmonic_response
from zoo.rendering import play
from zoo.reports.players import Signal
from zoo.settling import Settling, settling
from zoo.snapshot import Snapshot

WARM_UP_SECONDS = 0.12
RINGING_POINTS = 2000
PHRASES = (
    Phrase("riff", "humbucker-bridge", 101, 4.0, -3.0, 118.0),
    Phrase("lead", "single-coil-bridge", 103, 4.0, -6.0, 112.0),
)


@dataclass(frozen=True, eq=False)
class Version:
    """A model that plays.

    Attributes:
        model: what plays.
        played: what it makes of the subject's dry signal.
        esr: against the device; None without one.
        settling: after an impulse.
    """

    model: Snapshot
    played: Signal
    esr: float | None
    settling: Settling


@dataclass(frozen=True, eq=False)
class Subject:
    """A model to be shown.

    Attributes:
        name: as it was asked for.
        model: what plays.
        manifest: what is known of it; None for a file that nobody knows.
        dry: what is played.
        wet: what the device made of it; None without a capture.
        sample_rate: of both, Hz.
        played: what the model makes of ``dry``.
        before: the model that this one was made from, such as the unpruned one; to be held against it.
        remark: how the capture was changed to be as the model plays it; empty where it was not.
    """

    name: str
    model: Snapshot
    manifest: Manifest | None
    dry: Signal
    wet: Signal | None
    sample_rate: int
    played: Signal
    before: Snapshot | None = None
    remark: str = ""

    @property
    def settled(self) -> slice:
        """What is measured: all but the first moment, when a model still wakes up."""
        return slice(min(round(WARM_UP_SECONDS * self.sample_rate), self.dry.size // 2), None)

    @cached_property
    def esr(self) -> float | None:
        """On the stretch that is shown."""
        return None if self.wet is None else esr(self.wet[self.settled], self.played[self.settled])

    @cached_property
    def settling(self) -> Settling:
        """After an impulse."""
        return settling(self.model, RINGING_POINTS)

    @cached_property
    def harmonics(self) -> Any:
        """See `harmonic_response`."""
        return harmonic_response(self.model)

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """The model before, then the model; none where there is no model before.

        Raises:
            BadRequest: the model before blows up on this playing.
        """
        if self.before is None:
            return ()
        played = _played("the model before", self.before, self.dry, self.sample_rate)
        error = None if self.wet is None else esr(self.wet[self.settled], played[self.settled])
        before = Version(self.before, played, error, settling(self.before))
        return before, Version(self.model, self.played, self.esr, self.settling)

    def to_json(self) -> dict[str, Any]:
        """The numbers of the page."""
        found: dict[str, Any] = {
            "name": self.name,
            "id": self.model.digest,
            "settling_seconds": round(self.settling.seconds, 5),
            "harmonics_db": np.round(self.harmonics, 2).tolist(),
        }
        if self.wet is not None:
            parts = (self.wet[self.settled], self.played[self.settled], self.sample_rate)
            found |= {
                "esr": self.esr,
                "esr_by_level": esr_by_level(*parts).to_json(),
                "esr_by_band": esr_by_band(*parts).to_json(),
            }
        if self.versions:
            before = self.versions[0]
            found["before"] = {
                "id": before.model.digest,
                "settling_seconds": round(before.settling.seconds, 5),
                **({} if before.esr is None else {"esr": before.esr}),
            }
        return found


def subject_of(
    name: str,
    model: Snapshot,
    manifest: Manifest | None,
    capture: Capture | None,
    before: Snapshot | None = None,
) -> Subject:
    """Let the model play: the end of the capture, which no training of ours hears, or synthetic playing.

    A capture that the model, or the one before, plays turned over or moved is turned or moved too, as
    `zoo.matching` does.

    Raises:
        BadRequest: the capture has no dry side, or a model blows up on it.
    """
    remark = ""
    if capture is None:
        rate = model.sample_rate
        dry = np.concatenate([perform(phrase, rate) for phrase in PHRASES]).astype(np.float32)
        stretch: Stretch | None = None
    else:
        if capture.dry is None:
            raise BadRequest(
                f"{capture.name} is the wet side alone; a model needs the dry one to play: --dry and --wet, "
                "or one stereo file"
            )
        if capture.sample_rate == (before or model).sample_rate:
            capture, remark = matched(capture, before or model)
        stretch = stretch_of(capture)
        assert stretch.dry is not None
        dry, rate = stretch.dry, stretch.sample_rate
    played = _played(name, model, dry, rate)
    wet = stretch.wet if stretch else None
    return Subject(name, model, manifest, dry, wet, rate, played, before, remark)


def _played(name: str, model: Snapshot, dry: Signal, rate: int) -> Signal:
    played = play(model, dry, rate)
    if not np.isfinite(played).all():
        raise BadRequest(f"{name} blows up on this playing")
    return played
