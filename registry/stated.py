"""What a model file says of its device and its training, in the words of a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.manifest import TrainingRecord
from registry.quality import GainClass

if TYPE_CHECKING:
    from zoo.snapshot import Metadata

# A model file's own word for its gain -> our class.
_TONES: dict[str, GainClass] = {
    "clean": "clean",
    "crunch": "crunch",
    "overdrive": "overdrive",
    "distortion": "distortion",
    "higain": "high gain",
    "highgain": "high gain",
    "fuzz": "fuzz",
}


def stated_facts(metadata: Metadata) -> dict[str, Any]:
    """The facts of `registry.facts`; None is what the file does not say."""
    tone = text_of(metadata.tone)
    gain_class = _TONES.get(tone.lower().translate({ord(c): None for c in " -_"})) if tone else None
    return {
        "name": text_of(metadata.name),
        "make": text_of(metadata.make),
        "model": text_of(metadata.model),
        "kind": text_of(metadata.kind),
        "gain_class": gain_class,
        "tone": (tone,) if tone and not gain_class else (),
        "licence": text_of(metadata.licence),
        "author": text_of(metadata.author),
    }


def text_of(value: object, limit: int = 1000) -> str | None:
    """A file's free text, trimmed; None when it says nothing."""
    text = str(value).strip()[:limit] if value is not None else ""
    return text or None


def training_record(metadata: Metadata) -> TrainingRecord | None:
    """The validation ESR that AIDA-X (``esr``) and NAM (``training.validation_esr``) files may state."""
    training = metadata.extra.get("training")
    nam = training.get("validation_esr") if isinstance(training, dict) else None
    esr = nam if nam is not None else metadata.extra.get("esr")
    if isinstance(esr, (int, float)) and not isinstance(esr, bool) and 0 <= esr < float("inf"):
        return TrainingRecord(esr=float(esr))
    return None
