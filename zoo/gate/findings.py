"""What a person should know of a model that was let into the zoo, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry import Manifest
from registry.quality import Quality, Remark
from zoo.gate.self_test import SelfTest

LOUD_DB, QUIET_DB = 18.0, -45.0
WHINES_DB = -75.0
MOST_DC = 0.01
MOST_LATENCY_S = 0.001
CLASSES = ("clean", "crunch", "overdrive", "distortion", "high gain")
MOST_CLASSES_APART = 2  # between what is said and what is measured


def findings(
    quality: Quality, described: Manifest, twins: Sequence[Manifest], *, self_test: SelfTest = "none"
) -> tuple[Remark, ...]:
    """The findings that follow from the measurements.

    Args:
        quality: the measurements.
        described: what is said of the model.
        twins: the models of the zoo that sound the same, as in ``quality.twins``.
        self_test: what became of the test vector in its file.
    """
    found = [*_levels(quality), *_claims(quality, described), *_twins(quality, twins)]
    if self_test == "unreadable":
        found.append(("self-test", "the test vector in its file cannot be read, so nothing proves its sound"))
    return tuple(Remark(code=code, sentence=sentence) for code, sentence in found)


def _levels(quality: Quality) -> Iterator[tuple[str, str]]:
    if quality.loudness_db is None:
        yield "unmeasured", "its sample rate is too low for the probe, so it cannot be suggested"
    if abs(quality.dc) > MOST_DC:
        yield "dc", f"it puts out DC of {quality.dc:+.3f} of full scale in silence; filter it below 20 Hz"
    if quality.silence_db > WHINES_DB:
        yield "whine", f"it whines at {quality.silence_db:.0f} dB of full scale in silence; a gate hides it"
    if quality.peak_db > LOUD_DB:
        yield "loud", f"it reaches {quality.peak_db:.0f} dB above full scale; turn its output down"
    if quality.loudness_db is not None and quality.loudness_db < QUIET_DB:
        yield "quiet", f"it plays at only {quality.loudness_db:.0f} dB of full scale; turn its output up"


def _claims(quality: Quality, described: Manifest) -> Iterator[tuple[str, str]]:
    latency, rate = quality.latency_samples, described.sample_rate
    if latency is not None and abs(latency) > MOST_LATENCY_S * rate:
        yield "latency", f"it answers {latency} samples late ({1000 * latency / rate:.1f} ms)"
    said, measured = described.gain_class, quality.gain_class
    if said in CLASSES and measured in CLASSES:
        apart = abs(CLASSES.index(said) - CLASSES.index(measured))
        if described.facts_from.get("gain_class") != "measured" and apart >= MOST_CLASSES_APART:
            yield "gain class", f"it is called {said}, but it measures as {measured}"


def _twins(quality: Quality, models: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    for twin, model in zip(quality.twins, models, strict=True):
        which = f"{model.name} ({model.short_id}, {model.architecture})"
        yield "twin", f"it sounds the same as {which}: their answers to the probe differ by {twin.esr:.2%}"
