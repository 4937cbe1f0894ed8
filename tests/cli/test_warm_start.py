"""A training from the first suggestion goes on from what the trial has made of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from zoo.audio import write_audio
from zoo.formats import write_model

RATE = 44_100


@pytest.fixture
def capture(lstm, tmp_path: Path, run_zoo, monkeypatch) -> Path:
    """Six seconds of noise bursts through a clipper; a zoo of two models."""
    monkeypatch.setattr("zoo.api.home.install_starter", lambda *_: None)
    rng = np.random.default_rng(0)
    dry = (rng.standard_normal(6 * RATE) * 0.2 * np.repeat(rng.uniform(0.05, 0.6, 60), RATE // 10)).astype(
        "f4"
    )
    write_audio(tmp_path / "capture.wav", np.stack([dry, 0.5 * np.tanh(8 * dry)]), RATE, encoding="FLOAT")
    for seed in (1, 2):
        write_model(lstm(seed, hidden=12), tmp_path / f"model {seed}.json", "proteus")
        run_zoo("import", tmp_path / f"model {seed}.json", "--quiet")
    return tmp_path / "capture.wav"


def _tuned(run_zoo, capture: Path, start: str, monkeypatch) -> dict:
    # A network from scratch does as well on such a clipper; here the parent is what matters.
    monkeypatch.setattr("recommender.suggest_paired.worthwhile", lambda *_: True)
    out = capture.parent / start
    outcome = run_zoo("tune", capture, "--from", start, "--out", out, "--epochs", 2, "--json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def test_the_first_suggestion_starts_warm_and_stays_the_parent(run_zoo, capture, monkeypatch) -> None:
    suggested = json.loads(run_zoo("suggest", capture, "--arch", "LSTM", "--json").out)["parents"][0]
    warm = _tuned(run_zoo, capture, "auto", monkeypatch)
    cold = _tuned(run_zoo, capture, suggested["id"], monkeypatch)
    assert warm["parent"] == cold["parent"] == suggested["id"]
    assert warm["first_validation_loss"] == pytest.approx(suggested["trial"]["tuned_loss"], rel=0.01)
    assert warm["first_validation_loss"] < 0.5 * cold["first_validation_loss"]
