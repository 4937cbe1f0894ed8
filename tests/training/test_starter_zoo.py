"""The starter zoo: what lies in the package, how near it comes to its devices, and the capture beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from registry.manifest import manifest_from_bytes
from training.circuits import CIRCUITS
from training.starter import pedal
from training.starter.capture import CIRCUIT, KNOBS, LATENCY_SAMPLES, NAME, PHRASES, example_capture
from training.starter.material import ROUNDS, dry, louder, phrases, played
from training.starter.plan import PLAN
from zoo.audio import read_audio
from zoo.engine import render
from zoo.formats import read_model
from zoo.gate import Gate
from zoo.gate.findings import MOST_DC
from zoo.gate.stability import endure
from zoo.metrics import esr, pre_emphasised_esr

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "zoo" / "starter"
CATALOGUE: dict[str, dict[str, Any]] = json.loads((ROOT / "manifests" / "starter.json").read_bytes())
FOLDERS = {name: STARTER / "models" / entry["id"] for name, entry in CATALOGUE.items()}
MANIFESTS = {
    name: manifest_from_bytes((folder / "zoo.json").read_bytes()) for name, folder in FOLDERS.items()
}
KINDS = ("test_esr", "test_emphasised_esr")
TRADEMARKS = re.compile(
    r"\b(fender|marshall|mesa|boogie|boss|ibanez|vox|peavey|soldano|dumble|hiwatt|ampeg|roland|rat|proco|jcm"
    r"|tube-?screamer|ts-?9|ts-?808|ds-?1|bd-?2|hm-?2|mt-?2|metal.zone|muff|electro.harmonix|rangemaster|plexi"
    r"|dallas|arbiter|fuzz.face|twin.reverb|deluxe|5150|dual.rectifier|engl)\b"
)


def test_no_seed_is_shared_by_two_parts_or_by_the_capture() -> None:
    seeds = [{phrase.seed for phrase in phrases(part)} for part in ROUNDS]
    seeds.append({phrase.seed for phrase in PHRASES})
    assert len(set.union(*seeds)) == sum(len(part) for part in seeds)


def test_every_part_plays_every_style_and_several_levels() -> None:
    for part in ROUNDS:
        assert len({phrase.style for phrase in phrases(part)}) == 7
        assert len({phrase.peak_db for phrase in phrases(part)}) == 7


def test_the_shipped_capture_is_what_the_code_makes() -> None:
    shipped = read_audio(STARTER / NAME)
    made = example_capture()
    assert shipped.sample_rate == 44_100
    assert made.shape == shipped.samples.shape
    assert np.abs(made - shipped.samples).max() < 2**-14  # 16 bits, and another machine's rounding
    assert np.abs(made).max() < 0.9
    assert np.abs(made[1, :LATENCY_SAMPLES]).max() < 1e-3


def test_the_capture_lasts_long_enough_is_small_and_of_a_setting_that_no_model_has() -> None:
    assert 8.0 <= read_audio(STARTER / NAME).seconds <= 10.0
    assert (STARTER / NAME).stat().st_size < 500_000
    settings = CIRCUITS[CIRCUIT].settings(KNOBS)
    assert all(p.device().settings != settings for p in PLAN if p.circuit == CIRCUIT)
    assert any(p.circuit == CIRCUIT for p in PLAN)


def test_the_package_holds_exactly_the_models_that_were_planned() -> None:
    assert list(CATALOGUE) == [*(planned.name for planned in PLAN), pedal.NAME]
    assert {folder.name for folder in (STARTER / "models").iterdir()} == {e["id"] for e in CATALOGUE.values()}
    assert len({entry["id"] for entry in CATALOGUE.values()}) == len(CATALOGUE) >= 37


def test_every_circuit_but_the_bare_loudspeaker_is_there() -> None:
    assert {planned.circuit for planned in PLAN} == set(CIRCUITS) - {"cabinet"}


def test_everything_that_is_shipped_is_smaller_than_three_megabytes() -> None:
    assert sum(path.stat().st_size for path in STARTER.rglob("*") if path.is_file()) < 3_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_on_unheard_playing_half_of_the_models_err_by_a_hundredth_and_none_by_a_twentieth(kind: str) -> None:
    errors = [getattr(manifest.training, kind) for manifest in MANIFESTS.values()]
    assert None not in errors
    assert np.median(errors) <= 0.01
    assert max(errors) <= 0.05


def test_in_silence_no_model_puts_out_dc() -> None:
    for manifest in MANIFESTS.values():
        assert manifest.quality is not None
        assert abs(manifest.quality.dc) <= MOST_DC


@pytest.mark.parametrize("name", ["green-overdrive-drive-8", "treble-booster-drive-4"])
def test_a_model_is_as_near_to_its_circuit_as_its_manifest_says(name: str) -> None:
    """The test phrases are played again, by the circuit and by the model."""
    planned = next(planned for planned in PLAN if planned.name == name)
    wet = louder(played(planned.device(), dry("test")), CATALOGUE[name]["recording_gain_db"]).ravel()
    model = read_model(FOLDERS[name])
    predicted = np.concatenate([render(model, phrase) for phrase in dry("test")])
    for kind, measure in zip(KINDS, (esr, pre_emphasised_esr), strict=True):
        assert measure(wet, predicted) == pytest.approx(CATALOGUE[name][kind], rel=0.01, abs=2e-6)
        assert CATALOGUE[name][kind] == getattr(MANIFESTS[name].training, kind)


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_model_is_its_id_and_endures_what_the_gate_does_to_it(name: str) -> None:
    model = read_model(FOLDERS[name])
    assert model.digest == CATALOGUE[name]["id"] == MANIFESTS[name].id
    assert model.metadata.name == MANIFESTS[name].name == name
    assert endure(model).peak_db < 20.0
    quality = MANIFESTS[name].quality
    assert quality is not None
    assert quality.gain_class is not None


def test_the_largest_and_the_recorded_model_pass_the_whole_gate(zoo_home: Path) -> None:
    from registry import Registry

    with Registry() as registry:
        for name in ("lead-preamp-drive-9-40-units", pedal.NAME):
            assert Gate(registry)(read_model(FOLDERS[name])) is not None


def test_every_parent_is_an_elder_of_the_same_size_or_was_before_it_was_finished() -> None:
    place = {model: i for i, e in enumerate(CATALOGUE.values()) for model in (e["id"], *e["before"])}
    names = list(CATALOGUE)
    children = [m for m in MANIFESTS.values() if m.parent]
    for child in children:
        assert CATALOGUE[child.name]["parent"] == child.parent
        parent = names[place[child.parent]]
        assert names.index(parent) < names.index(child.name)
        assert MANIFESTS[parent].architecture == child.architecture
    assert len(children) > len(MANIFESTS) / 2
    assert {m for e in CATALOGUE.values() for m in e["before"]} <= {child.parent for child in children}


def test_sizes_are_mostly_twenty_with_some_smaller_and_some_larger() -> None:
    sizes = [manifest.hidden_size for manifest in MANIFESTS.values()]
    assert set(sizes) == {8, 12, 20, 40}
    assert sizes.count(20) > 0.75 * len(sizes)


def test_no_name_is_a_trademark() -> None:
    for manifest in MANIFESTS.values():
        words = f"{manifest.name} {manifest.device} {' '.join(manifest.tone)}".lower()
        assert not TRADEMARKS.search(words), words


def test_all_is_public_domain_but_the_recorded_pedal_whose_licence_and_author_are_named() -> None:
    licences = {name: manifest.licence for name, manifest in MANIFESTS.items()}
    recorded = licences.pop(pedal.NAME)
    assert set(licences.values()) == {"CC0-1.0"}
    assert recorded == "MIT"
    author = MANIFESTS[pedal.NAME].author or ""
    assert "ben kim" in author
    assert "github.com/benzoylperoxide/rnn-distortion-emulator" in author
    assert "Permission is hereby granted, free of charge" in (STARTER / "NOTICE").read_text()


def test_the_recorded_pedal_errs_as_little_as_its_manifest_says(data: Path) -> None:
    test = pedal.split(data / "captures" / "boss-ds1").test
    model = read_model(FOLDERS[pedal.NAME])
    predicted = np.concatenate([render(model, dry) for dry in test.dry])
    assert esr(np.concatenate(test.wet), predicted) == pytest.approx(
        CATALOGUE[pedal.NAME]["test_esr"], rel=0.02
    )
