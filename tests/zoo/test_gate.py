"""The gate: what is refused, what is let in with a finding, who sounds the same, and that it is done once."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import odd_models
import pytest

from recommender.fingerprint import FINGERPRINT_KEY
from recommender.twins import TWIN_KEY
from registry import Facts, Origin, Registry
from registry.quality import Quality
from zoo.architecture import Recurrent
from zoo.errors import RefusedModel, StoreError
from zoo.gate import admit
from zoo.gate.findings import findings
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture(autouse=True)
def _no_fingerprints(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the recommender's business and take longest; where they matter, a test asks for them."""
    if "fingerprints" in request.fixturenames:
        return
    module = importlib.import_module("recommender.fingerprint")
    monkeypatch.setattr(module, "fingerprint", lambda *_, **__: {})


@pytest.fixture
def fingerprints() -> None:
    """The real ones."""


@pytest.fixture
def remarks() -> list[str]:
    return []


@pytest.fixture
def registry(remarks: list[str]) -> Iterator[Registry]:
    with Registry(remark=remarks.append) as registry:
        yield registry


def scaled(snapshot: Snapshot, gain: float) -> Snapshot:
    """The same sound, ``gain`` times as loud; ESR against the original is (1 - gain)^2."""
    weights = {n: w * np.float32(gain) if n.startswith("lin.") else w for n, w in snapshot.weights.items()}
    return replace(snapshot, weights=weights)


def codes(quality: Quality | None) -> list[str]:
    assert quality is not None
    return [finding.code for finding in quality.findings]


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (odd_models.oscillator, "oscillates by itself: a second into silence it still sounds at -"),
        (odd_models.overflowing, "cannot be played: the engine refuses this LSTM-2"),
        (odd_models.deafening, r"not bounded: 6\d dB above full scale"),
        (odd_models.mute, "makes no sound"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused_in_a_sentence(
    registry: Registry, model: Callable[[], Snapshot], sentence: str
) -> None:
    with pytest.raises(RefusedModel, match=sentence):
        admit(registry, model())
    assert registry.list() == []


def test_an_output_that_is_not_finite_is_refused_with_the_time_it_broke(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, lstm: Lstm
) -> None:
    def render(snapshot: Snapshot, audio: np.ndarray, **_: object) -> np.ndarray:
        return np.where(np.arange(audio.size) < snapshot.sample_rate // 2, 0.1, np.nan)

    monkeypatch.setattr("zoo.gate.stability.render", render)
    with pytest.raises(RefusedModel, match=r"not finite: NaN or infinity 0\.50 s into"):
        admit(registry, lstm())


def test_a_model_that_rings_for_a_moment_and_falls_silent_comes_in(registry: Registry) -> None:
    quality = admit(registry, odd_models.decaying()).quality
    assert quality is not None
    assert quality.silence_db < -100.0


def test_a_knob_model_is_tried_at_the_ends_of_its_knobs(registry: Registry) -> None:
    """The knob opens the input gate, and with it the loop: at 1 it oscillates, in the middle not."""
    ringing = odd_models.oscillator()
    weights = {name: weight.copy() for name, weight in ringing.weights.items()}
    knob = np.zeros((8, 1), np.float32)
    knob[:2] = 40.0
    weights["rec.weight_ih_l0"] = np.concatenate([weights["rec.weight_ih_l0"], knob], axis=1)
    weights["rec.bias_ih_l0"][:2] = -21.2
    model = Snapshot(Recurrent("LSTM", 2, input_size=2), weights, 44_100)
    with pytest.raises(RefusedModel, match=r"with the knobs at \(1\.0,\)"):
        admit(registry, model)


def test_a_model_too_large_for_real_time_is_refused_without_playing_it(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, lstm: Lstm
) -> None:
    monkeypatch.setattr("zoo.gate.stability.MAX_PARAMETERS", 100)
    monkeypatch.setattr("zoo.gate.stability.render", lambda *_, **__: pytest.fail("it was played"))
    with pytest.raises(RefusedModel, match="101 parameters are too many"):
        admit(registry, lstm(1, 4))


def test_dc_is_measured_and_said(registry: Registry, remarks: list[str]) -> None:
    manifest = admit(registry, odd_models.leaning(), facts=Facts(name="leaning"))
    assert manifest.quality is not None
    assert manifest.quality.dc == pytest.approx(0.05, abs=1e-5)
    assert codes(manifest.quality) == ["dc"]
    assert manifest.quality.sentences == (
        "it puts out DC of +0.050 of full scale in silence; filter it below 20 Hz",
    )
    assert remarks == [f"leaning: {manifest.quality.sentences[0]}"]


@pytest.mark.usefixtures("fingerprints")
def test_levels_latency_and_gain_class_are_measured(registry: Registry) -> None:
    """A single unit that hardly bends: full scale comes out as tanh(tanh(0.02)) * 50, 1.0 to a thousandth."""
    weights = {name: w.copy() for name, w in odd_models.decaying().weights.items()}
    weights["rec.weight_hh_l0"][:] = 0.0
    weights["rec.weight_ih_l0"][4:6] = 0.02
    weights["lin.weight"][:] = 25.0
    manifest = admit(registry, replace(odd_models.decaying(), weights=weights))
    quality = manifest.quality
    assert quality is not None
    assert quality.peak_db == 0.0
    assert quality.silence_db == -200.0
    assert quality.latency_samples == 0
    assert (quality.gain_class, manifest.gain_class) == ("clean", "clean")
    assert manifest.facts_from["gain_class"] == "measured"


@pytest.mark.parametrize(("gain", "twins"), [(1.05, 1), (0.92, 1), (1.15, 0)])
def test_a_model_within_a_hundredth_of_anothers_sound_is_its_twin(
    registry: Registry, lstm: Lstm, gain: float, twins: int
) -> None:
    elder = admit(registry, lstm(1, 8, name="the elder"))
    quality = admit(registry, scaled(lstm(1, 8), gain)).quality
    assert quality is not None
    assert [twin.id for twin in quality.twins] == [elder.id] * twins
    assert [twin.esr for twin in quality.twins] == pytest.approx([(1 - gain) ** 2] * twins, rel=1e-3)
    assert any(s.startswith("it sounds the same as the elder (") for s in quality.sentences) == bool(twins)


def test_twins_are_found_among_models_that_came_in_before_the_gate(registry: Registry, lstm: Lstm) -> None:
    elder, _ = registry.add(lstm(1))
    quality = admit(registry, scaled(lstm(1), 1.02)).quality
    assert quality is not None
    assert [twin.id for twin in quality.twins] == [elder.id]


def test_a_damaged_elder_stops_nobody_and_is_remarked_on(
    registry: Registry, lstm: Lstm, remarks: list[str]
) -> None:
    elder, _ = registry.add(lstm(1))
    (registry.store.folder(elder.id) / "model.safetensors").write_bytes(b"junk")
    assert admit(registry, scaled(lstm(1), 1.02)).quality is not None
    assert "cannot be compared with others" in remarks[0]


@pytest.mark.usefixtures("fingerprints")
def test_what_suggest_needs_is_there_when_the_model_is(registry: Registry, lstm: Lstm) -> None:
    admit(registry, lstm(1))
    assert registry.without_fingerprint(FINGERPRINT_KEY) == []
    assert registry.without_fingerprint(TWIN_KEY) == []
    assert registry.verify() == ()


def test_a_model_is_examined_once(registry: Registry, lstm: Lstm, monkeypatch: pytest.MonkeyPatch) -> None:
    before = admit(registry, lstm(1), origin=Origin(file="a.nam"))
    monkeypatch.setattr("zoo.gate.stability.endure", lambda _: pytest.fail("it was played again"))
    after = admit(registry, lstm(1), origin=Origin(file="b.nam"))
    assert after.quality == before.quality
    assert after.names == ("a", "b")


def test_a_gate_with_other_measures_examines_again(
    registry: Registry, lstm: Lstm, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit(registry, lstm(1))
    monkeypatch.setattr("zoo.gate.measured_by", lambda: "another")
    quality = admit(registry, lstm(1)).quality
    assert quality is not None
    assert quality.measured_by == "another"


def test_a_model_that_is_its_own_neighbour_is_not_its_own_twin(registry: Registry, lstm: Lstm) -> None:
    registry.add(lstm(1))
    quality = admit(registry, lstm(1)).quality
    assert quality is not None
    assert quality.twins == ()


def test_a_rate_too_low_for_the_probe_is_a_finding(registry: Registry, lstm: Lstm) -> None:
    quality = admit(registry, replace(lstm(1), sample_rate=32_000)).quality
    assert quality is not None
    assert quality.loudness_db is None
    assert "unmeasured" in codes(quality)


def test_a_claim_that_the_measurement_contradicts_is_said(registry: Registry, lstm: Lstm) -> None:
    manifest, _ = registry.add(lstm(), facts=Facts(gain_class="clean"))
    base = Quality(measured_by="x", peak_db=0.0, silence_db=-200.0, dc=0.0, loudness_db=-10.0)
    for measured, said in (("overdrive", ["gain class"]), ("crunch", []), ("clean", [])):
        quality = base.model_copy(update={"gain_class": measured})
        assert [finding.code for finding in findings(quality, manifest, [])] == said


@pytest.mark.parametrize(
    ("measured", "code"),
    [
        ({"silence_db": -60.0}, "whine"),
        ({"peak_db": 20.0}, "loud"),
        ({"loudness_db": -50.0}, "quiet"),
        ({"latency_samples": 100}, "latency"),
        ({"latency_samples": -100}, "latency"),
        ({"dc": -0.02}, "dc"),
    ],
)
def test_each_oddity_has_its_finding(
    registry: Registry, lstm: Lstm, measured: dict[str, float], code: str
) -> None:
    manifest, _ = registry.add(lstm())
    sound = Quality(measured_by="x", peak_db=0.0, silence_db=-200.0, dc=0.0, loudness_db=-10.0)
    assert findings(sound, manifest, []) == ()
    assert [f.code for f in findings(sound.model_copy(update=measured), manifest, [])] == [code]


def test_a_zoo_that_cannot_be_written_says_so(
    registry: Registry, lstm: Lstm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        admit(registry, lstm(1))


def test_a_mislabelled_copy_is_found_by_its_sound(data: Path, registry: Registry) -> None:
    """BluesJR-FullD.json holds TS9_FullD.json's weights; a breath quieter, only the sound gives it away."""
    from zoo.formats import read_model

    elder = admit(registry, read_model(data / "models/neuralpi/TS9_FullD.json"))
    copy = read_model(data / "models/neuralpi/BluesJR-FullD.json")
    assert copy.digest == elder.id
    quality = admit(registry, scaled(copy, 0.99)).quality
    assert quality is not None
    assert [twin.id for twin in quality.twins] == [elder.id]
