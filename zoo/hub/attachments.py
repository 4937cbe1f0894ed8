"""What goes along with a model: files for plugins, samples, pictures; the same model gives the same bytes.

Audio convention: mono float32, full scale = 1.0, at the model's sample rate.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.manifest import Manifest
from zoo.audio import write_audio
from zoo.capture import Capture
from zoo.engine import render
from zoo.errors import BadRequest, PackageMissing, UnsupportedModel
from zoo.exporting import export_model
from zoo.metrics import esr
from zoo.playing import Phrase, perform
from zoo.snapshot import Snapshot

Signal = npt.NDArray[np.float32]

# Player -> its file in a repository.
EXPORTS = {
    "proteus": "exports/proteus.json",
    "aidax": "exports/aidax.json",
    "rtneural": "exports/rtneural.json",
    "nam": "exports/model.nam",
}
SAMPLE_S = 6.0
PLAYED = (
    Phrase("riff", "humbucker-bridge", 41, SAMPLE_S / 2, -4.0, 120.0),
    Phrase("melody", "single-coil-neck", 42, SAMPLE_S / 2, -8.0, 110.0),
)
SINE_HZ, SINE_LEVELS_DB = 110.0, (-30.0, -18.0, -6.0, 0.0)


@dataclass(frozen=True, eq=False)
class Samples:
    """A few seconds: what goes in, what the device made of it (None without a capture), what the model makes.

    Attributes:
        capture_seconds: length of the capture that they are from.
        capture_esr: of the model on all of it.
    """

    dry: Signal
    wet: Signal | None
    prediction: Signal
    capture_seconds: float | None = None
    capture_esr: float | None = None


def exports_of(snapshot: Snapshot, remark: Callable[[str], None]) -> dict[str, bytes]:
    """The model as a file for every plugin that can hold it; the others are remarked on."""
    made = {}
    with tempfile.TemporaryDirectory(prefix="zoo-push-") as scratch:
        for name, path in EXPORTS.items():
            try:
                done = export_model(snapshot, name, Path(scratch) / Path(path).name)
            except (UnsupportedModel, PackageMissing) as error:
                remark(f"no file for {name}: {getattr(error, 'reason', error)}")
                continue
            made[path] = done.path.read_bytes()
    return made


def samples_of(snapshot: Snapshot, capture: Capture | None) -> Samples:
    """Six seconds of the capture, its loudest; without one, of synthetic playing.

    Raises:
        BadRequest: the capture has no dry side.
    """
    rate = snapshot.sample_rate
    if capture is None:
        dry = _played(rate)
        return Samples(dry, None, render(snapshot, dry))
    if capture.dry is None:
        raise BadRequest("samples need a capture with its dry side; leave --capture out or give both sides")
    prediction = render(snapshot, capture.dry)
    part = _loudest(capture.dry, round(SAMPLE_S * rate))
    error = round(esr(capture.wet, prediction), 6)
    return Samples(capture.dry[part], capture.wet[part], prediction[part], capture.seconds, error)


@lru_cache(maxsize=2)
def _played(rate: int) -> Signal:
    """Synthetic playing, three seconds of chords and three of melody."""
    signal = np.concatenate([perform(phrase, rate) for phrase in PLAYED])
    signal.setflags(write=False)
    return signal


def _loudest(signal: Signal, size: int) -> slice:
    """The loudest ``size`` samples, to half of that."""
    starts = range(0, max(signal.size - size, 0) + 1, max(size // 2, 1))
    best = max(starts, key=lambda start: float(np.square(signal[start : start + size]).sum()))
    return slice(best, best + size)


def audio_files(samples: Samples, sample_rate: int) -> dict[str, bytes]:
    """The samples as FLAC; device and model share one gain where one of them leaves full scale."""
    signals = {"dry": samples.dry, "wet": samples.wet, "prediction": samples.prediction}
    loud = [signal for signal in (samples.wet, samples.prediction) if signal is not None]
    peak = max(float(np.abs(signal).max(initial=0.0)) for signal in loud)
    made = {}
    with tempfile.TemporaryDirectory(prefix="zoo-push-") as scratch:
        for name, signal in signals.items():
            if signal is not None:
                gain = np.float32(0.99 / peak) if peak > 1.0 and name != "dry" else np.float32(1.0)
                path = Path(scratch) / f"{name}.flac"
                write_audio(path, np.clip(gain * signal, -1.0, 1.0), sample_rate, encoding="PCM_16")
                made[f"samples/{name}.flac"] = path.read_bytes()
    return made


def pictures(snapshot: Snapshot, manifest: Manifest) -> dict[str, bytes]:
    """The learning curve, where it is known, and what the model does to a sine."""
    made = {"plots/response.png": _response(snapshot)}
    losses = manifest.training.losses if manifest.training else ()
    if len(losses) > 1:
        made["plots/learning.png"] = _learning(losses)
    return made


def _response(snapshot: Snapshot) -> bytes:
    rate = snapshot.sample_rate
    figure, axes = _figure()
    t = np.arange(round(0.5 * rate)) / rate
    period = round(rate / SINE_HZ)
    for level_db in reversed(SINE_LEVELS_DB):
        dry = (10 ** (level_db / 20) * np.sin(2 * np.pi * SINE_HZ * t)).astype(np.float32)
        wet = render(snapshot, dry)
        axes.plot(dry[-period - 1 :], wet[-period - 1 :], label=f"{level_db:g} dB")
    axes.set_xlabel(f"input, {SINE_HZ:g} Hz sine")
    axes.set_ylabel("output")
    axes.legend()
    return _png(figure)


def _learning(losses: tuple[tuple[int, float], ...]) -> bytes:
    figure, axes = _figure()
    epochs, values = zip(*losses, strict=True)
    axes.plot(epochs, values)
    if min(values) > 0:
        axes.set_yscale("log")
    axes.set_xlabel("epoch")
    axes.set_ylabel("validation loss")
    return _png(figure)


def _figure() -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 4.0), layout="constrained")
    axes = figure.subplots()
    axes.grid(visible=True, which="both", alpha=0.25)
    return figure, axes


def _png(figure: Any) -> bytes:
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=100, metadata={"Software": None})
    return data.getvalue()
