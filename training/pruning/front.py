"""Accuracy against measured cost: which models no other beats on both, and which is best for a budget."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training.plots import new_figure, save_figure
from training.pruning.iteration import Iteration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = {"unpruned": "*", "pruned": "o", "distilled": "s", "direct": "^"}


@dataclass(frozen=True)
class Entry:
    """One model of the front.

    Attributes:
        kind: "unpruned", "pruned", "distilled" (a student of the unpruned one) or "direct" (from scratch).
        hidden: units.
        weights: non-zero ones among those that may be pruned.
        validation: loss.
        test_esr: on the part that nothing was chosen by.
        rtf: real-time factor measured here.
        instructions: of a Cortex-A8 for one sample; None where they cannot be counted.
    """

    kind: str
    hidden: int
    weights: int
    validation: float
    test_esr: float
    rtf: float
    instructions: float | None = None


def on_the_front(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that no other beats in both validation loss and cost, cheapest first."""
    kept: list[Entry] = []
    for entry in sorted(entries, key=lambda e: (e.rtf, e.validation)):
        if not kept or entry.validation < kept[-1].validation:
            kept.append(entry)
    return kept


def best_for(
    entries: Sequence[Entry], *, rtf: float | None, hidden: int | None, most_loss: float
) -> Entry | None:
    """The most accurate entry within the budget; without one, the cheapest that loses at most ``most_loss``.

    Args:
        entries: of the front, or all.
        rtf: a budget of time.
        hidden: a budget of units.
        most_loss: the validation loss that is allowed where no budget is given.

    Returns:
        None where nothing fits.
    """
    if rtf is not None or hidden is not None:
        fitting = [
            e for e in entries if (rtf is None or e.rtf <= rtf) and (hidden is None or e.hidden <= hidden)
        ]
        return min(fitting, key=lambda e: e.validation, default=None)
    return min((e for e in entries if e.validation <= most_loss), key=lambda e: e.rtf, default=None)


def front_csv(entries: Sequence[Entry], best: Entry | None) -> bytes:
    """A line for each entry; the last column marks the best choice."""
    text = io.StringIO()
    columns = [*asdict(entries[0]), "best"]
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**asdict(entry), "best": int(entry is best)} for entry in entries)
    return text.getvalue().encode()


def plot_front(path: Path, title: str, entries: Sequence[Entry], best: Entry | None) -> None:
    """Test ESR against the real-time factor here and, where they were counted, ARM instructions."""
    counted = all(entry.instructions is not None for entry in entries)
    figure, axes = new_figure(2 if counted else 1)
    figure.suptitle(title)
    _draw(axes[0], entries, best, "rtf", "real-time factor on this machine")
    if counted:
        _draw(axes[1], entries, best, "instructions", "Cortex-A8 instructions a sample")
    save_figure(figure, path)


def plot_search(path: Path, title: str, records: Sequence[Iteration]) -> None:
    """Validation loss and effective hidden size against the share of weights that is pruned."""
    from matplotlib.ticker import MaxNLocator

    figure, (left, right) = new_figure(2)
    figure.suptitle(title)
    left.plot([100 * r.trained_sparsity for r in records], [r.validation for r in records], "o-")
    left.set_ylabel("validation loss at the end of an iteration")
    left.set_yscale("log")
    right.plot([100 * r.sparsity for r in records], [r.hidden for r in records], "o-")
    right.set_ylabel("units left")
    right.set_ylim(0, 1.05 * max(r.hidden for r in records))
    right.yaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in (left, right):
        axes.set_xlim(-3, 103)
        axes.set_xlabel("pruned weights (%)")
        axes.grid(visible=True, which="both", alpha=0.25)
    save_figure(figure, path)


def _draw(axes: Axes, entries: Sequence[Entry], best: Entry | None, cost: str, label: str) -> None:
    for kind, marker in MARKERS.items():
        own = sorted((e for e in entries if e.kind == kind), key=lambda e: float(getattr(e, cost)))
        if own:
            axes.plot([getattr(e, cost) for e in own], [e.test_esr for e in own], marker + "-", label=kind)
    if best is not None:
        axes.plot(
            getattr(best, cost), best.test_esr, "o", ms=16, mfc="none", mec="black", label="best choice"
        )
    axes.set_xlabel(label)
    axes.set_ylabel("ESR on unseen playing")
    axes.set_yscale("log")
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend()
