"""Charts put numbers where they belong."""

from __future__ import annotations

import re

import numpy as np
import pytest

from zoo.reports.charts import Axis, Curve, Point, interval, line_chart, point_map

LINEAR = Axis("volts", -1.0, 1.0, (-1, 0, 1))
DECADES = Axis("Hz", 10.0, 1000.0, (10, 100, 1000), log=True)


def test_an_axis_knows_where_its_values_lie() -> None:
    assert LINEAR.share([-1.0, 0.0, 1.0]) == pytest.approx([0.0, 0.5, 1.0])
    assert DECADES.share([10.0, 100.0, 1000.0]) == pytest.approx([0.0, 0.5, 1.0])
    assert LINEAR.share([-9.0, 9.0]) == pytest.approx([0.0, 1.0])


def test_a_curve_runs_from_corner_to_corner() -> None:
    drawn = line_chart(
        [Curve("c", np.array([-1, 1]), np.array([-1, 1]), 3, "thick")], LINEAR, LINEAR, title="t"
    )
    assert 'd="M54.0 248.0L472.0 10.0" class="curve s3 thick"' in drawn


def test_a_missing_value_breaks_the_line() -> None:
    x, y = np.linspace(-1, 1, 5), np.array([0.0, 0.0, np.nan, 0.0, 0.0])
    (path, *_) = re.findall(r' d="([^"]*)"', line_chart([Curve("c", x, y)], LINEAR, LINEAR, title="t"))
    assert path.count("M") == 2


def test_the_legend_names_every_curve_and_escapes_it() -> None:
    x = np.zeros(2)
    drawn = line_chart([Curve("<b>", x, x), Curve("wet", x, x)], LINEAR, LINEAR, title="<i>")
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "&lt;b&gt;" in drawn
    assert ">wet<" in drawn


def test_a_map_keeps_distances_and_puts_marked_points_on_top() -> None:
    points = [Point("near", 0, 0, 1, "1"), Point("right", 1, 0), Point("<x>", 0, 1)]
    drawn = point_map(points, title="t")
    circles = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"[^>]*data-name="([^"]*)"', drawn)
    places = {name: (float(x), float(y)) for x, y, name in circles}
    near, right, up = places["near"], places["right"], places["&lt;x&gt;"]
    assert right[0] - near[0] == pytest.approx(near[1] - up[1], abs=0.2)
    assert drawn.rindex("near") > drawn.rindex("right")


def test_one_point_and_none_are_a_map_too() -> None:
    assert "<circle" in point_map([Point("alone", 3.0, 3.0)], title="t")
    assert "<circle" not in point_map([], title="t")


def test_an_interval_stands_on_its_axis() -> None:
    drawn = interval(10.0, 100.0, 1000.0, DECADES)
    assert 'x1="4" x2="236"' in drawn
    assert 'cx="120"' in drawn
