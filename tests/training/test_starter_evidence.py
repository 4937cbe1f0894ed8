"""The starter zoo's evidence: what is counted how, and that the committed lines are complete and honest."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from training.distil import from_scratch
from zoo.architecture import Recurrent
from zoo.evaluating.targets import Target

SCRATCH = "scratch"
MANIFESTS = Path(__file__).resolve().parents[2] / "manifests"


@pytest.fixture
def evidence(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(MANIFESTS))
    import starter_evidence

    return starter_evidence


def rows(evidence: ModuleType, target: str, tuned: list[float], scratch: list[float]) -> list[object]:
    made = []
    for seed, pair in enumerate(zip(tuned, scratch, strict=True)):
        for start, error, parent in zip(
            ("suggestion", SCRATCH), pair, (("elder", "1f"), evidence.NOBODY), strict=True
        ):
            made.append(
                evidence.Row("starter", target, start, *parent, "LSTM-20", 44_100, seed, 40, error, error)
            )
    return made


def test_a_gain_is_the_mean_over_seeds_of_the_difference_in_decibels(evidence: ModuleType) -> None:
    text = evidence.table(rows(evidence, "amp", [0.01, 0.01, 0.01], [0.1, 0.01, 0.001]))
    assert "| amp | elder (LSTM-20) | 3 | 0.0100 | 0.0370 | +0.0 dB |" in text


def test_median_and_worst_target_are_held_against_the_goals(evidence: ModuleType) -> None:
    found = [
        *rows(evidence, "one", [0.01] * 3, [0.1] * 3),
        *rows(evidence, "two", [0.01] * 3, [0.03] * 3),
        *rows(evidence, "three", [0.02] * 3, [0.01] * 3),
    ]
    assert (
        "3 targets, 3 seeds: median +4.8 dB (goal +3.0: met), worst -3.0 dB (goal -0.5: missed)"
        in evidence.table(found)
    )


def test_a_target_without_a_seed_that_has_both_is_not_counted(evidence: ModuleType) -> None:
    found = rows(evidence, "unfinished", [0.1, 0.1], [0.1, 0.1])
    assert "unfinished" not in evidence.table(found[:1])
    assert "| unfinished | elder (LSTM-20) | 1 |" in evidence.table(found[:3])


def test_rows_are_read_as_they_were_written(
    evidence: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import evidence_rows

    monkeypatch.setattr(evidence_rows, "ROWS", tmp_path / "rows.csv")
    written = rows(evidence, "amp, with a comma", [0.1, 0.2, 0.3], [0.4, 0.5, 0.6])
    evidence.write_rows(written)
    assert evidence.read_rows() == written


@pytest.mark.parametrize(
    ("name", "model", "size", "kept"),
    [
        ("elder", "1f", 20, "both"),
        ("younger", "1f", 20, SCRATCH),
        ("elder", "2f", 20, SCRATCH),
        ("elder", "1f", 40, "none"),
    ],
)
def test_what_another_suggestion_began_than_now_is_trained_anew(
    evidence: ModuleType, name: str, model: str, size: int, kept: str
) -> None:
    written = rows(evidence, "amp", [0.1, 0.2], [0.3, 0.4])
    other = rows(evidence, "pedal", [0.1], [0.2])
    start = from_scratch(Recurrent("LSTM", size, residual=True), 44_100, 0)
    target = Target("amp", "model", (), lambda: pytest.fail("nothing is to be played"))
    still = list(evidence._still_true([*written, *other], "starter", target, start, [name, model]))
    wanted = {"both": written, SCRATCH: [r for r in written if r.start == SCRATCH], "none": []}[kept]  # type: ignore[attr-defined]
    assert still == [*wanted, *other]


@pytest.mark.parametrize(
    ("sizes", "shares"),
    [([100, 100], [15, 15]), ([5, 100], [5, 25]), ([5, 6], [5, 6]), ([9, 100, 9], [9, 12, 9])],
)
def test_half_a_minute_is_the_same_of_each_take_as_far_as_it_has_it(
    evidence: ModuleType, sizes: list[int], shares: list[int]
) -> None:
    import evidence_material

    assert evidence_material._shares(sizes, 30) == shares


def test_a_late_and_noisy_device_is_put_right_and_keeps_thirty_seconds(
    evidence: ModuleType, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import evidence_material

    monkeypatch.setenv("TONEZOO_DATA", str(data))
    target = next(one for one in evidence_material.targets(data) if one.name == "ts9")
    capture = target.make()
    *first, test = capture.takes
    assert sum(take.stop - take.start for take in first) == pytest.approx(30 * capture.sample_rate, abs=200)
    assert test.stop - test.start > 10 * capture.sample_rate
    device = next(one for one in evidence_material.suite(["ts9"])).make()
    size = 2 * capture.sample_rate
    errors = [
        np.sum((capture.wet[:size] - device.wet[k : k + size]) ** 2) / np.sum(device.wet[:size] ** 2)
        for k in range(20)  # what the device itself is late is taken off too
    ]
    assert min(errors) < 1e-3


def test_no_parent_was_trained_on_the_targets_recording(evidence: ModuleType) -> None:
    for row in evidence.read_rows():
        assert (row.target, row.parent) != ("boss-ds1", "orange-distortion-recorded")
        assert row.start == "suggestion" or row.parent == "scratch"


def test_the_command_says_what_is_missing(evidence: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["starter_evidence.py"])
    with pytest.raises(SystemExit, match="2"):
        evidence.main()
