"""Charts as SVG: lines over an axis, and points on a map.

Colours are classes, so that light and dark are the page's own choice.
A series has a colour from 0 (the ink of the text) to 8. The same numbers give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoo.reports.markup import Markup, join, tag

COLOURS = 9
WIDTH, HEIGHT = 480.0, 290.0
LEFT, RIGHT, TOP, BOTTOM = 54.0, 8.0, 10.0, 42.0
Style = Literal["plain", "thick", "thin", "dashed"]


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes:
        label: what it measures, with its unit.
        low, high: its ends.
        ticks: values that are marked.
        names: what stands at them; the numbers themselves by default.
        log: logarithmic.
    """

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    names: tuple[str, ...] = ()
    log: bool = False

    def share(self, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """How far along the axis values lie, 0 to 1; what is beyond the ends stays there."""
        at = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        ends = np.array([self.low, self.high])
        if self.log:
            at, ends = np.log(at), np.log(ends)
        return np.asarray((at - ends[0]) / (ends[1] - ends[0]))

    def marks(self) -> list[tuple[float, str]]:
        """Where along the axis the ticks are, and their names."""
        names = self.names or tuple(f"{tick:g}".replace("-", "\N{MINUS SIGN}") for tick in self.ticks)
        return list(zip(self.share(self.ticks).tolist(), names, strict=True))


FREQUENCY = Axis("Hz", 50.0, 16_000.0, (100, 1_000, 10_000), ("100", "1k", "10k"), log=True)


@dataclass(frozen=True, eq=False)
class Curve:
    """A series of a line chart; where a value is NaN the line is broken.

    Attributes:
        name: for the legend.
        x, y: shape (points,).
        colour: 0 to 8.
        style: how it is drawn.
    """

    name: str
    x: npt.NDArray[Any]
    y: npt.NDArray[Any]
    colour: int = 0
    style: Style = "plain"


def line_chart(curves: Sequence[Curve], x: Axis, y: Axis, *, title: str) -> Markup:
    """Curves over one another, with their legend; those that come later lie on top.

    Args:
        curves: what is drawn.
        x: the axis along the bottom.
        y: the axis along the left side.
        title: what a reader who cannot see it is told.
    """
    lines = [
        tag("path", d=_path(curve, x, y), class_=f"curve s{curve.colour} {curve.style}") for curve in curves
    ]
    drawn = _svg(title, WIDTH, HEIGHT, [_frame(x, y), *lines])
    return join([drawn, legend([(curve.name, curve.colour, curve.style) for curve in curves])])


def legend(entries: Sequence[tuple[str, int, Style]]) -> Markup:
    """What the colours and dashes of a chart mean."""

    def one(name: str, colour: int, style: Style) -> Markup:
        line = tag("path", d="M1 5h30", class_=f"curve {style}")
        sample = tag("svg", line, viewBox="0 0 32 10", class_="chart", aria_hidden="true")
        return tag("li", sample, tag("span", name), class_=f"s{colour}")

    return tag("ul", *(one(*entry) for entry in entries), class_="legend")


@dataclass(frozen=True)
class Point:
    """A place on a map.

    Attributes:
        name: shown under the mouse or finger.
        x, y: in any unit.
        colour: 0 to 8; None is an unobtrusive dot.
        mark: a letter or number that stands on it; points with a mark are larger and lie on top.
    """

    name: str
    x: float
    y: float
    colour: int | None = None
    mark: str = ""


def point_map(points: Sequence[Point], *, title: str) -> Markup:
    """Points in the plane, both axes of one scale, without numbers: only nearness counts."""
    width, height, border = 640.0, 460.0, 26.0
    places = np.array([(p.x, p.y) for p in points], dtype=np.float64).reshape(-1, 2)
    low, high = (places.min(axis=0), places.max(axis=0)) if len(places) else (np.zeros(2), np.ones(2))
    room = np.array([width, height]) - 2 * border
    scale = float(np.min(room / np.maximum(high - low, 1e-9)))
    at = (places - (low + high) / 2) * [scale, -scale] + [width / 2, height / 2]
    order = sorted(range(len(points)), key=lambda i: bool(points[i].mark))
    return _svg(title, width, height, [_point(points[i], *at[i].tolist()) for i in order], "chart map")


def _point(point: Point, x: float, y: float) -> Markup:
    colour = "soft" if point.colour is None else f"s{point.colour}"
    x, y = round(x, 1), round(y, 1)
    said = {"data_name": point.name, "class_": f"{'mark' if point.mark else 'dot'} {colour}"}
    title = tag("title", point.name)
    if not point.mark:
        return tag("circle", title, cx=x, cy=y, r=5, **said)
    circle = tag("circle", title, cx=x, cy=y, r=12, tabindex=0, **said)
    return join(
        [circle, tag("text", point.mark, x=x, y=round(y + 5, 1), class_="mark-text", pointer_events="none")]
    )


def interval(low: float, middle: float, high: float, axis: Axis, *, colour: int = 1) -> Markup:
    """A likely range as a bar with its middle, over an axis without names; for a cell or a card."""
    a, b, c = (round(4 + 232 * s, 1) for s in axis.share([low, middle, high]).tolist())
    parts = [
        tag("line", x1=4, x2=236, y1=10, y2=10, class_="grid-line"),
        tag("line", x1=a, x2=c, y1=10, y2=10, class_=f"curve s{colour} thick"),
        tag("circle", cx=b, cy=10, r=5.5, class_=f"mark s{colour}"),
    ]
    return _svg(f"{low:.2g} to {high:.2g}, likely {middle:.2g}", 240.0, 20.0, parts, "chart span")


def _svg(title: str, width: float, height: float, parts: Sequence[Markup], class_: str = "chart") -> Markup:
    size = f"0 0 {width:g} {height:g}"
    return tag("svg", *parts, viewBox=size, class_=class_, role="img", aria_label=title)


def _frame(x: Axis, y: Axis) -> Markup:
    """Grid, ticks and labels."""
    bottom, parts = HEIGHT - BOTTOM, []
    for share, name in x.marks():
        at = round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)
        parts += [
            tag("line", x1=at, x2=at, y1=TOP, y2=bottom, class_="grid-line"),
            tag("text", name, x=at, y=bottom + 17, text_anchor="middle"),
        ]
    for share, name in y.marks():
        at = round(bottom - share * (bottom - TOP), 1)
        parts += [
            tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=at, y2=at, class_="grid-line"),
            tag("text", name, x=LEFT - 6, y=at + 4, text_anchor="end"),
        ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(tag("text", x.label, x=middle, y=HEIGHT - 6, text_anchor="middle"))
    turned = f"rotate(-90 10 {(TOP + bottom) / 2:g})"
    parts.append(tag("text", y.label, x=10, y=(TOP + bottom) / 2, text_anchor="middle", transform=turned))
    return join(parts)


def _path(curve: Curve, x: Axis, y: Axis) -> str:
    at_x = LEFT + x.share(curve.x) * (WIDTH - LEFT - RIGHT)
    at_y = HEIGHT - BOTTOM - y.share(curve.y) * (HEIGHT - BOTTOM - TOP)
    drawn, said = False, []
    for px, py in zip(at_x.tolist(), at_y.tolist(), strict=True):
        if not (np.isfinite(px) and np.isfinite(py)):
            drawn = False
            continue
        said.append(f"{'L' if drawn else 'M'}{px:.1f} {py:.1f}")
        drawn = True
    return "".join(said)
