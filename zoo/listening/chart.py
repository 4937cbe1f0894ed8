"""Means and their intervals as a picture, after figure 9 of Suholt et al., IEEE TASLP 2022."""

from __future__ import annotations

from pathlib import Path

from training.plots import new_figure, save_figure
from zoo.listening.results import Results

WORDS = ("bad", "poor", "fair", "good", "excellent")
LONGEST = 40  # letters of a name


def plot_results(path: Path, results: Results) -> None:
    """Write a PNG.

    Raises:
        WriteError: it cannot be written.
    """
    figure, (axes,) = new_figure(1)
    figure.set_figheight(1.5 + 0.4 * len(results.means))
    for place, mean in enumerate(results.means):
        low, high = (mean.mean if end is None else end for end in (mean.low, mean.high))
        ends = [[mean.mean - low], [high - mean.mean]]
        axes.errorbar([mean.mean], [place], xerr=ends, fmt="o", color="C0", capsize=5, markersize=5)
    axes.set_yticks(range(len(results.means)), [_shortened(mean.condition) for mean in results.means])
    axes.set_ylim(len(results.means) - 0.5, -0.5)  # the first at the top
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20))
    for level, word in enumerate(WORDS):
        axes.text(0.1 + 0.2 * level, 1.02, word, transform=axes.transAxes, ha="center", fontsize="small")
    axes.grid(visible=True, axis="x", alpha=0.25)
    axes.set_xlabel("like the reference")
    left = [listener for listener in results.listeners if not listener.is_excluded]
    said = f"means and 95 % intervals, {len(left)} of {len(results.listeners)} listeners"
    figure.suptitle(said, fontsize="medium")
    save_figure(figure, path)


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
