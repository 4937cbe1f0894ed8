"""The study as two pictures, by matplotlib off screen, drawn from the lines of its CSV files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.files import atomic_file
from zoo.studying.files import KINDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Line = Mapping[str, Any]

MARKERS = dict(zip(KINDS, ("o", "s", "^", "*"), strict=True))
COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")  # Tol (2021), "bright"
LEAST_KEPT = 0.4  # %; what is pruned to nothing has no place on a logarithmic axis
MOST_LOSS = 130.0  # %; silence has 100, what diverged has anything
PER_CENTS = (0.5, 1, 2, 5, 10, 20, 50, 100)


def draw_trainings(path: Path, lines: Sequence[Line]) -> None:
    """Table I as a picture: test loss over weights kept, a panel for each hidden size.

    Args:
        path: of the PNG.
        lines: of trainings.csv, numbers or their text.
    """
    shown = [line for line in lines if _kept(line, "pruned") >= LEAST_KEPT]
    sizes, colours = _sizes(shown), _colours(lines)
    figure, grid = _panels(1, len(sizes))
    for panel, size in zip(grid[0], sizes, strict=True):
        for line in shown:
            if int(line["size"]) == size:
                panel.plot(
                    _kept(line, "pruned"), 100 * float(line["test_loss"]), MARKERS[line["kind"]],
                    color=colours[line["device"]], markersize=9,
                )  # fmt: skip
        _weights_axis(panel, f"hidden size {size}")
    _loss_axis(grid[0][0], "test loss (%)", [100 * float(line["test_loss"]) for line in shown])
    kinds = {line["kind"] for line in shown}
    marks = {kind: {"marker": MARKERS[kind], "color": "grey"} for kind in KINDS if kind in kinds}
    patches = {device: {"marker": "s", "color": colour} for device, colour in colours.items()}
    _legend(figure, {**marks, **patches})
    _save(figure, path)


def draw_searches(path: Path, lines: Sequence[Line]) -> None:
    """Fig. 3 and Fig. 6: validation loss and the share of the units over weights kept, for each hidden size.

    Args:
        path: of the PNG.
        lines: of searches.csv, numbers or their text.
    """
    sizes, colours = _sizes(lines), _colours(lines)
    figure, grid = _panels(2, len(sizes))
    for losses, units, size in zip(grid[0], grid[1], sizes, strict=True):
        for device, colour in colours.items():
            own = [line for line in lines if int(line["size"]) == size and line["device"] == device]
            losses.plot(
                [_kept(line, "trained_sparsity") for line in own],
                [100 * float(line["validation"]) for line in own],
                color=colour,
            )
            units.plot(
                [_kept(line, "sparsity") for line in own],
                [100 * int(line["hidden"]) / size for line in own],
                color=colour,
            )
        _weights_axis(losses, f"hidden size {size}")
        _weights_axis(units, "")
    _loss_axis(grid[0][0], "validation loss (%)", [100 * float(line["validation"]) for line in lines])
    grid[1][0].set_ylabel("units left (%)")
    _legend(figure, {device: {"linestyle": "-", "color": colour} for device, colour in colours.items()})
    _save(figure, path)


def _kept(line: Line, sparsity: str) -> float:
    return 100 * (1.0 - float(line[sparsity]))


def _sizes(lines: Sequence[Line]) -> list[int]:
    return sorted({int(line["size"]) for line in lines})


def _colours(lines: Sequence[Line]) -> dict[str, str]:
    devices = sorted({str(line["device"]) for line in lines})
    return {device: COLOURS[number % len(COLOURS)] for number, device in enumerate(devices)}


def _panels(rows: int, columns: int) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(0.6 + 3.6 * columns, 0.8 + 3.0 * rows), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, sharex=True, sharey="row")


def _loss_axis(panel: Any, label: str, losses: Sequence[float]) -> None:
    """Of a row of panels, which all have the same."""
    panel.set_yscale("log")
    panel.set_yticks(PER_CENTS, [f"{tick:g}" for tick in PER_CENTS])
    panel.minorticks_off()
    panel.set_ylim(0.8 * min(losses), min(1.25 * max(losses), MOST_LOSS))
    panel.set_ylabel(label)


def _weights_axis(panel: Any, title: str) -> None:
    panel.set_xscale("log")
    panel.set_xlim(120.0, LEAST_KEPT)
    panel.set_xticks(PER_CENTS, [f"{tick:g}" for tick in PER_CENTS])
    panel.minorticks_off()
    panel.set_xlabel("weights kept (%)")
    panel.set_title(title)
    panel.grid(visible=True, alpha=0.25)


def _legend(figure: Figure, entries: Mapping[str, Mapping[str, Any]]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], label=name, **{"linestyle": "none", **style}) for name, style in entries.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=5, frameon=False)


def _save(figure: Figure, path: Path) -> None:
    with atomic_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110, metadata={"Software": None})
