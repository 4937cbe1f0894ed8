"""What a suggestion is made of: plain data, ready for a table or for JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Advice = Literal["start from a parent", "train from scratch", "nothing to choose from"]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a parent did on the capture itself, paired captures only.

    Attributes:
        esr, pre_emphasised_esr: of a head fitted in closed form, on audio held out.
        input_gain_db: gain in front of the parent at which it did best.
        knob: where its knobs stood, 0 to 1; None when it has none.
        tuned_esr, tuned_loss: after a moment of tuning, on audio held out; None when it was not tuned.
        epochs, seconds: how long that moment was, and on how much of the capture; 0 when it was not tuned.
    """

    esr: float
    pre_emphasised_esr: float
    input_gain_db: float
    knob: float | None
    tuned_esr: float | None = None
    tuned_loss: float | None = None
    epochs: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Expected:
    """A guess at the error-to-signal ratio after fine-tuning, and the band it likely falls in."""

    esr: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ScratchResult:
    """A start from scratch in the same trial as the last parents.

    Attributes:
        tuned_esr: after the moment of tuning, on audio held out.
        expected: after the whole training.
    """

    tuned_esr: float
    expected: Expected


@dataclass(frozen=True, slots=True)
class Parent:
    """One suggested parent.

    Attributes:
        id: digest of the snapshot.
        rank: 1 is the first choice.
        distance: from the capture in vector space.
        gain_class: as measured, whatever its name says.
        trial, expected: None for a wet-only capture.
        reasons: how it differs from the capture, in words.
        tried: what was tried with it, in words; for a wet-only capture, what is known from elsewhere.
    """

    id: str
    rank: int
    distance: float
    gain_class: str
    trial: TrialResult | None
    expected: Expected | None
    reasons: tuple[str, ...]
    tried: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The answer to "what should I start from?".

    Attributes:
        advice: what to do; "train from scratch" when no parent is expected to help by 1 dB.
        way: from dry and wet, or from the wet signal alone.
        confidence: how much the order of the parents can be trusted.
        gain_class: of the captured device, as measured.
        scratch_esr: what an untrained network's head scored in the trial; None for a wet-only capture.
        scratch: a start from scratch after the longest moment of tuning; None when nothing was tuned.
        parents: best first.
        hints: what would make the answer better, one sentence each.
    """

    advice: Advice
    way: Literal["paired", "wet-only"]
    confidence: Confidence
    gain_class: str
    scratch_esr: float | None
    parents: tuple[Parent, ...]
    hints: tuple[str, ...] = ()
    scratch: ScratchResult | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON values, numbers rounded to what they are worth: the same capture gives the same bytes."""
        rounded: dict[str, Any] = _rounded(asdict(self))
        return rounded


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.3g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
