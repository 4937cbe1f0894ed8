"""The starter zoo: what it was trained on, what lies in the package, and the capture that goes with it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.devices import devices
from training.starter.capture import LATENCY_SAMPLES, NAME, PHRASES, example_capture
from training.starter.material import FIRST_SEED, ROUNDS, dry, phrases
from training.starter.recipe import untrained
from zoo.audio import read_audio
from zoo.engine import render
from zoo.formats import read_model
from zoo.metrics import esr

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "zoo" / "starter"
CATALOGUE = json.loads((ROOT / "manifests" / "starter.json").read_bytes())
DEVICES = {device.name: device for device in devices()}


def test_no_seed_is_shared_by_two_parts_or_by_the_capture() -> None:
    seeds = [{phrase.seed for phrase in phrases(part)} for part in ROUNDS]
    seeds.append({phrase.seed for phrase in PHRASES})
    assert len(set.union(*seeds)) == sum(len(part) for part in seeds)


def test_every_part_plays_every_style_and_several_levels() -> None:
    for part in FIRST_SEED:
        assert len({phrase.style for phrase in phrases(part)}) == 7
        assert len({phrase.peak_db for phrase in phrases(part)}) == 7


def test_a_starting_point_carries_licence_and_gain_class() -> None:
    metadata = untrained(DEVICES["high-gain-amp"]).metadata
    assert (metadata.licence, metadata.tone, metadata.kind) == ("CC0-1.0", "hi_gain", "amp")


def test_the_shipped_capture_is_what_the_code_makes() -> None:
    shipped = read_audio(STARTER / NAME)
    assert shipped.sample_rate == 44_100
    assert (STARTER / NAME).stat().st_size < 1_000_000
    made = example_capture()
    assert made.shape == shipped.samples.shape
    assert np.abs(made - shipped.samples).max() < 2**-14  # 16 bits, and another machine's rounding


def test_the_capture_is_late_by_the_latency_it_names_and_does_not_clip() -> None:
    made = example_capture()
    assert np.abs(made).max() < 0.9
    assert np.abs(made[1, :LATENCY_SAMPLES]).max() < 1e-3


def test_the_package_holds_exactly_the_models_that_the_catalogue_names() -> None:
    assert {folder.name for folder in (STARTER / "models").iterdir()} == {e["id"] for e in CATALOGUE.values()}
    assert set(CATALOGUE) == set(DEVICES)
    assert sum(path.stat().st_size for path in STARTER.glob("models/*/*.*")) < 500_000


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_shipped_model_is_its_id_and_is_as_close_to_its_device_as_the_catalogue_says(name: str) -> None:
    """Two of the test phrases are played again, which no training saw."""
    entry = CATALOGUE[name]
    model = read_model(STARTER / "models" / entry["id"])
    assert model.digest == entry["id"]
    playing = dry("test")[[0, 5], : 44_100 * 3 // 2]
    predicted = [render(model, one) for one in playing]
    wet = DEVICES[name](playing, 44_100)
    assert esr(wet.ravel(), np.concatenate(predicted)) < max(0.01, 3 * entry["test_esr"])
    assert entry["test_esr"] < 0.1
