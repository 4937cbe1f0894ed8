"""Means and their intervals as a picture, as figure 9 of Suholt et al., IEEE TASLP 2022."""

from __future__ import annotations

from pathlib import Path

from training.plots import new_figure, save_figure
from zoo.listening.results import Results

WORDS = ("bad", "poor", "fair", "good", "excellent")


def plot_results(path: Path, results: Results) -> None:
    """Write a PNG.

    Raises:
        WriteError: it cannot be written.
    """
    figure, (axes,) = new_figure(1)
    for place, mean in enumerate(results.means):
        low, high = (mean.mean if end is None else end for end in (mean.low, mean.high))
        ends = [[mean.mean - low], [high - mean.mean]]
        axes.errorbar([place], [mean.mean], ends, fmt="o", color="C0", capsize=5, markersize=5)
    axes.set_xticks(range(len(results.means)), [mean.condition for mean in results.means])
    axes.tick_params(axis="x", labelrotation=20 if len(results.means) > 4 else 0)
    axes.set_xlim(-0.5, len(results.means) - 0.5)
    axes.set_ylim(0, 100)
    axes.set_yticks(range(0, 101, 20))
    for level, word in enumerate(WORDS):
        axes.text(1.01, 0.1 + 0.2 * level, word, transform=axes.transAxes, va="center", fontsize="small")
    axes.grid(visible=True, axis="y", alpha=0.25)
    axes.set_ylabel("like the reference")
    left = [listener for listener in results.listeners if not listener.is_excluded]
    axes.set_title(f"means and 95 % intervals, {len(left)} of {len(results.listeners)} listeners")
    save_figure(figure, path)
