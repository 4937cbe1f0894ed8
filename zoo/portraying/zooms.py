"""Waveforms and spectra from near, as figures 4 and 5 of Suholt et al., IEEE TASLP 2022."""

from __future__ import annotations

import numpy as np

from zoo.portraying.measures import SPECTRUM_SAMPLES, Array, fine_spectrum, peak_misses
from zoo.portraying.subject import Subject
from zoo.reports.charts import Axis, Curve, line_chart
from zoo.reports.loudness import loudest
from zoo.reports.markup import Markup
from zoo.reports.page import figure, grid, section

ZOOM_SECONDS = 0.012
RANGES_HZ = ((0.0, 800.0), (800.0, 3200.0), (3200.0, 12_000.0))
MOST_POINTS = 400
FLOOR_DB = -80.0


def zooms(subject: Subject) -> list[Markup]:
    """The device, the model and their difference: a loud moment, the worst moment, and three ranges."""
    assert subject.wet is not None
    wet, made = subject.wet[subject.settled], subject.played[subject.settled]
    size = min(round(ZOOM_SECONDS * subject.sample_rate), wet.size)
    loud, worst = loudest(wet, size), loudest(wet - made, size)
    waves = grid(
        _wave(wet, made, loud, subject.sample_rate, "The loudest moment."),
        _wave(wet, made, worst, subject.sample_rate, "The moment at which the model is most wrong."),
    )
    part = loudest(wet, SPECTRUM_SAMPLES)
    frequency, device = fine_spectrum(wet[part], subject.sample_rate)
    _, model = fine_spectrum(made[part], subject.sample_rate)
    top = float(device.max())
    spectra = [_range(frequency, device - top, model - top, low, high) for low, high in RANGES_HZ]
    return [
        section("Waveforms from near", waves),
        section("Spectra from near", grid(*(drawn for drawn in spectra if drawn))),
    ]


def _wave(wet: Array, made: Array, part: slice, rate: int, caption: str) -> Markup:
    time = 1000.0 * np.arange(part.stop - part.start) / rate
    device, model = wet[part].astype(np.float64), made[part].astype(np.float64)
    top = max(float(np.abs(np.concatenate([device, model])).max()), 1e-6)
    step = next(
        s for s in (1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 1e9) if top < 3 * s
    )
    ticks = tuple(float(t) for t in np.arange(-2, 3) * step if abs(t) <= top)
    y = Axis("amplitude", -1.05 * top, 1.05 * top, ticks)
    last = float(time[-1]) if time.size else 1.0
    x = Axis("ms", 0.0, last, tuple(float(t) for t in range(0, int(last) + 1, 2)))
    curves = [
        Curve("device", time, device, 0, "thick"),
        Curve("model", time, model, 1),
        Curve("difference", time, device - model, 2, "thin"),
    ]
    return figure(line_chart(curves, x, y, title=caption), caption)


def _range(frequency: Array, device: Array, model: Array, low: float, high: float) -> Markup | None:
    inside = (frequency >= low) & (frequency < high)
    if inside.sum() < 2:
        return None
    misses = peak_misses(frequency, device, model, low, high)
    said = "The device has no distinct peaks here."
    if misses.size:
        said = (
            f"Of {misses.size} peaks the model misses half by less than {np.median(misses):.1f} dB and the "
            f"worst by {misses.max():.1f} dB."
        )
    x_axis = Axis("Hz", low, high, tuple(float(t) for t in np.linspace(low, high, 5)))
    shown = max(FLOOR_DB, float(np.floor(device[inside].min() / 20.0)) * 20.0)
    y_axis = Axis("dB", shown, 5.0, tuple(float(t) for t in np.arange(shown, 1.0, 20.0)))
    curves = [
        Curve("device", *_thinned(frequency[inside], device[inside]), 0, "thick"),
        Curve("model", *_thinned(frequency[inside], model[inside]), 1),
    ]
    return figure(line_chart(curves, x_axis, y_axis, title=f"spectra, {low:g} to {high:g} Hz"), said)


def _thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """The highest of neighbours where there are more points than a screen shows."""
    each = -(-x.size // MOST_POINTS)
    whole = x.size // each * each
    return x[:whole:each], y[:whole].reshape(-1, each).max(axis=1)
