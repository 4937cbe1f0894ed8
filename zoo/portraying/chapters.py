"""The chapters of a model's page."""

from __future__ import annotations

import numpy as np

from registry import Manifest, Registry
from zoo.benching import count
from zoo.explaining.cards import lineage
from zoo.explaining.parts import Drawn, three
from zoo.explaining.playing import Stretch
from zoo.portraying.measures import (
    HARMONICS,
    TONE_LEVELS_DB,
    Array,
    Shares,
    esr_by_band,
    esr_by_level,
    esr_text,
)
from zoo.portraying.subject import Subject
from zoo.reports.charts import Axis, Curve, line_chart
from zoo.reports.markup import Markup
from zoo.reports.page import facts, figure, grid, section
from zoo.settling import LISTENING_SECONDS, LOWEST_DB, SETTLED_DB

ERROR = Axis("error, dB", -60.0, 5.0, (-60, -40, -20, 0))
DECADES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)


def wrong(subject: Subject) -> Markup:
    """Error by level and by band; spectra, transfer curves and levels over one another."""
    assert subject.wet is not None
    parts = (subject.wet[subject.settled], subject.played[subject.settled], subject.sample_rate)
    by_level, by_band = esr_by_level(*parts), esr_by_band(*parts)
    levels = Axis("dB below the loudest", -51.0, 3.0, (-48, -36, -24, -12, 0))
    bands = Axis(
        "Hz", 44.0, 22_627.0, (62.5, 250, 1000, 4000, 16_000), ("63", "250", "1k", "4k", "16k"), log=True
    )
    stretch = Stretch(subject.dry, subject.wet, subject.sample_rate, unheard=True)
    drawn: list[Drawn] = [("model", subject.played, 1, "plain")]
    return section(
        "Where it is wrong",
        grid(
            figure(
                line_chart([_errors(by_level)], levels, ERROR, title="error by level"),
                "By how loud the device is at the moment; 0 dB is as much error as sound.",
            ),
            figure(
                line_chart([_errors(by_band)], bands, ERROR, title="error by band"),
                "By octave; a gap is where the device has next to nothing.",
            ),
        ),
        three(stretch, drawn),
    )


def _errors(shares: Shares) -> Curve:
    return Curve("error over sound", shares.at, 10.0 * np.log10(np.maximum(shares.esr, 1e-12)), 1)


def alone(subject: Subject) -> Markup:
    """What the model does to a tone and to an impulse."""
    return section("What it does to a tone, and after an impulse", grid(_tones(subject), _ringing(subject)))


def _tones(subject: Subject) -> Markup:
    levels = subject.harmonics
    top = float(np.ceil((levels.max() + 1.0) / 20.0)) * 20.0
    shown = np.where(levels >= top - 100.0, levels, np.nan)
    names = ("fundamental", *(f"harmonic {n}" for n in range(2, HARMONICS + 1)))
    curves = [
        Curve(name, TONE_LEVELS_DB, shown[:, i], i, "thick" if i == 0 else "plain")
        for i, name in enumerate(names)
    ]
    x = Axis("dB in", float(TONE_LEVELS_DB[0]), 0.0, (-48, -36, -24, -12, 0))
    y = Axis("dB out", top - 100.0, top, tuple(float(t) for t in np.arange(top - 100.0, top + 1.0, 20.0)))
    return figure(
        line_chart(curves, x, y, title="harmonics over level"),
        f"A tone of 220 Hz, from soft to full scale. At full scale {_harmonics(levels[-1])}.",
    )


def _harmonics(levels: Array) -> str:
    even, odd = levels[1::2].max(), levels[2::2].max()
    if max(even, odd) < levels[0] - 40.0:
        return "there are hardly any harmonics: clean"
    return "the odd harmonics lead: symmetric" if odd > even else "the even harmonics lead: asymmetric"


def _ringing(subject: Subject) -> Markup:
    settling = subject.settling
    last = next(s for s in (0.02, 0.05, 0.1, 0.2, LISTENING_SECONDS) if s >= min(2 * settling.seconds, 0.5))
    x = Axis("ms", 0.0, 1000.0 * last, tuple(1000.0 * last * n / 5 for n in range(6)))
    y = Axis("dB", LOWEST_DB, 3.0, (-80, -60, -40, -20, 0))
    inside = settling.times <= last
    curve = Curve("what is left", 1000.0 * settling.times[inside], settling.decibels[inside], 1)
    limit = Curve("settled", np.array([0.0, 1000.0 * last]), np.full(2, SETTLED_DB), 0, "dashed")
    said = (
        f"{1000.0 * settling.seconds:.0f} ms after an impulse it stays {-SETTLED_DB:.0f} dB below its height"
    )
    if settling.seconds >= LISTENING_SECONDS:
        said = f"{1000.0 * LISTENING_SECONDS:.0f} ms after an impulse it has not come to rest"
    return figure(
        line_chart([curve, limit], x, y, title="what is left of an impulse"),
        f"{said}. Models that ring long need more units, and can be pruned less.",
    )


def learnt(subject: Subject) -> Markup | None:
    """The learning curve, where it is known."""
    training = subject.manifest.training if subject.manifest else None
    if training is None or len(training.losses) < 2:
        return None
    epochs, losses = np.array(training.losses, dtype=np.float64).T
    low, high = float(losses.min()), float(losses.max())
    ticks = tuple(t for t in DECADES if low / 10 < t < high * 10) or (low,)
    last = int(epochs[-1])
    step = next((n for n in (1, 2, 5, 10, 20, 50, 100) if last <= 6 * n), 200)
    x = Axis("epoch", 0.0, float(max(last, 1)), tuple(range(0, last + 1, step)))
    y = Axis("validation loss", min(ticks[0], low), max(ticks[-1], high), ticks, log=True)
    best = int(epochs[int(np.argmin(losses))])
    begun = "the parent" if subject.manifest and subject.manifest.parent else "random weights"
    said = f"Epoch 0 is {begun}; epoch {best} was the best."
    drawn = line_chart(
        [Curve("validation loss", epochs, losses, 1)], x, y, title="validation loss over epochs"
    )
    return section("How it learnt", figure(drawn, said))


def known(subject: Subject, registry: Registry) -> Markup:
    """Lineage, size, licence and all else that is known."""
    model, manifest, size = subject.model, subject.manifest, count(subject.model)
    told = {
        "Network": str(model.architecture),
        "Parameters": f"{size.parameters:,}",
        "Weights": f"{size.weight_bytes / 1000:.1f} kB",
        "Multiplications a sample": f"{size.macs:,}",
        "Sample rate": f"{model.sample_rate} Hz",
    }
    if manifest is not None:
        told |= _facts(manifest) | {"Lineage": lineage(manifest, registry)}
    return section("What is known of it", facts({**told, "Id": model.digest[:12]}))


def _facts(manifest: Manifest) -> dict[str, str]:
    training = manifest.training
    told = {
        "Device": str(manifest.device),
        "Gain class": manifest.gain_class or "unknown",
        "Licence": manifest.licence or "unknown: ask before you share what comes of it",
        "Author": manifest.author or "unknown",
        "Date": manifest.date or "",
    }
    if training is not None:
        told |= {
            "Trained on": f"{training.data_seconds:.0f} s" if training.data_seconds else "",
            "Seed": "" if training.seed is None else str(training.seed),
            "Epochs": "" if training.epochs is None else str(training.epochs),
            "ESR in its own test": "" if not training.test_esr else esr_text(training.test_esr),
        }
    return told
