"""Means, intervals and post-screening, against numbers worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.errors import BadRequest
from zoo.listening.results import analyse, read_ratings


def test_a_mean_and_its_interval_are_those_of_student(rated) -> None:
    # 80, 90, 100: mean 90, standard deviation 10, t(0.975; 2) = 4.3027, so 90 +- 4.3027 * 10 / sqrt(3)
    folder = rated(anna={"hidden reference": [100, 100, 100], "near": [80, 90, 100]})
    near = analyse(read_ratings(folder)).means[1]
    assert (near.condition, near.mean, near.median, near.ratings) == ("near", 90.0, 90.0, 3)
    assert near.low == pytest.approx(65.16, abs=0.01)
    assert near.high == pytest.approx(114.84, abs=0.01)


def test_a_single_rating_has_no_interval(rated) -> None:
    (mean,) = analyse(read_ratings(rated(anna={"near": [70]}))).means
    assert (mean.mean, mean.low, mean.high) == (70.0, None, None)


def test_the_reference_comes_first_and_the_anchor_last(rated) -> None:
    folder = rated(anna={"b": [1], "low anchor": [2], "a": [3], "hidden reference": [99]})
    order = [mean.condition for mean in analyse(read_ratings(folder)).means]
    assert order == ["hidden reference", "a", "b", "low anchor"]


@pytest.mark.parametrize(
    ("hidden", "excluded"),
    [
        ([100] * 7, False),
        ([100] * 6 + [89], False),  # 1 of 7 is 14.3 %
        ([100] * 5 + [89, 0], True),
        ([100] * 17 + [89] * 3, False),  # 15 % is not more than 15 %
        ([100] * 16 + [89] * 4, True),
        ([90] * 4, False),
        ([89], True),
    ],
)
def test_who_does_not_hear_the_reference_is_left_out(rated, hidden: list[int], excluded: bool) -> None:
    given = {"hidden reference": hidden, "near": [10] * len(hidden)}
    folder = rated(anna={"hidden reference": [95, 95], "near": [80, 60]}, bert=given)
    results = analyse(read_ratings(folder))
    anna, bert = results.listeners
    assert (anna.name, anna.is_excluded) == ("anna", False)
    assert bert.is_excluded == excluded
    near = next(mean for mean in results.means if mean.condition == "near")
    everybody = (140 + 10 * len(hidden)) / (2 + len(hidden))
    assert near.mean == (70.0 if excluded else pytest.approx(everybody, abs=0.01))


def test_when_nobody_is_left_there_are_no_means(rated) -> None:
    assert analyse(read_ratings(rated(anna={"hidden reference": [10]}))).means == ()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda text: text.replace(",50,", ",101,"), "0 to 100"),
        (lambda text: text.replace(",50,", ",much,"), "line 2"),
        (lambda text: text.replace(",system,", ",other,"), "line 2"),
        (lambda text: text.replace("rating,", "points,"), "columns"),
        (lambda text: text.splitlines()[0] + "\nt,anna", "line 2"),
        (lambda _: "", "columns"),
        (lambda text: text.splitlines()[0], "nothing is rated"),
        (lambda text: text + text.splitlines()[1].replace("t,", "u,", 1), "2 tests"),
    ],
)
def test_a_damaged_table_is_named(rated, spoil, sentence: str) -> None:
    folder = rated(anna={"near": [50]})
    file = folder / "anna.csv"
    file.write_text(spoil(file.read_text()))
    with pytest.raises(BadRequest, match=sentence):
        read_ratings(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00rating", b"x" * ((1 << 22) + 1)])
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(BadRequest, match=r"x\.csv"):
        read_ratings(tmp_path)


def test_a_table_that_a_spreadsheet_saved_is_read(rated) -> None:
    folder = rated(anna={"near": [50]})
    file = folder / "anna.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_ratings(folder)[0].rating == 50
