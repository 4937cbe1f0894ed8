"""Pictures of a training, by matplotlib off screen: the learning curve, the spectra of device and model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.signal import welch

from training.data import Part, Signal
from training.trainer import Validation
from zoo.engine import render
from zoo.files import atomic_file
from zoo.snapshot import Snapshot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def new_figure(columns: int) -> tuple[Figure, Sequence[Axes]]:
    """An empty figure of one row; no window system is touched."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0 * columns, 4.0), layout="constrained")
    axes: Any = figure.subplots(1, columns, squeeze=False)
    return figure, list(axes[0])


def save_figure(figure: Figure, path: Path) -> None:
    """Write a PNG that is whole or not there, the same bytes for the same picture."""
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=130, metadata={"Software": None})


def draw_curves(axes: Axes, curves: Mapping[str, Sequence[Validation]]) -> None:
    """Validation loss against epochs, one line for each name; the dot marks the best."""
    for name, history in curves.items():
        epochs = [v.epoch for v in history]
        losses = [v.validation if np.isfinite(v.validation) else np.nan for v in history]
        (line,) = axes.plot(epochs, losses, label=name)
        best = int(np.nanargmin(losses))
        axes.plot(epochs[best], losses[best], "o", color=line.get_color())
    _loss_axes(axes)


def _loss_axes(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.set_xlabel("epoch")
    axes.set_ylabel("validation loss")
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend()


@dataclass(frozen=True, eq=False)
class Band:
    """Validation losses of several trainings: epochs, and mean, least and greatest loss at each."""

    epochs: npt.NDArray[np.int64]
    mean: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]


def draw_bands(axes: Axes, bands: Mapping[str, Band]) -> None:
    """Mean validation loss against epochs, one line for each name, within its range."""
    for name, band in bands.items():
        (line,) = axes.plot(band.epochs, band.mean, label=name)
        axes.fill_between(band.epochs, band.low, band.high, color=line.get_color(), alpha=0.2, linewidth=0)
    _loss_axes(axes)


def draw_spectra(axes: Axes, signals: Mapping[str, Signal], sample_rate: int) -> None:
    """Power spectral density (Welch 1967) of each signal, 20 Hz to the Nyquist frequency."""
    for name, signal in signals.items():
        frequency, density = welch(signal, sample_rate, nperseg=min(8192, signal.size))
        axes.plot(frequency, 10 * np.log10(np.maximum(density, 1e-16)), label=name, linewidth=1.0)
    axes.set_xscale("log")
    axes.set_xlim(20, sample_rate / 2)
    axes.set_xlabel("frequency (Hz)")
    axes.set_ylabel("power density (dBFS/Hz)")
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend()


def plot_training(path: Path, title: str, history: Sequence[Validation], model: Snapshot, test: Part) -> None:
    """The learning curve beside the spectra of device, model and their difference on the test part."""
    wet = np.concatenate(test.wet)
    prediction = np.concatenate([render(model, dry) for dry in test.dry])
    figure, (left, right) = new_figure(2)
    figure.suptitle(title)
    draw_curves(left, {"validation": history})
    signals = {"device": wet, "model": prediction, "difference": wet - prediction}
    draw_spectra(right, signals, model.sample_rate)
    save_figure(figure, path)
