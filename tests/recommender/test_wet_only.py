"""Wet-only suggestions on real recordings and real models that played nothing of it in training."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from recommender.encoder import network
from recommender.evidence import Evidence
from recommender.fingerprint import fingerprint
from recommender.forecast import expected_db, forecast
from recommender.index import Index, id_of
from recommender.library import Library
from recommender.nominate import Candidate
from recommender.suggest import suggest
from recommender.tunability import build_of
from recommender.vectors import HAND_MADE, join, place, size, wet_query
from zoo.audio import read_audio, resample
from zoo.capture import Capture, Take, load_capture
from zoo.engine import render
from zoo.formats import read_model
from zoo.snapshot import Snapshot

UNHEARD_DI = "mayer_guitar.wav"  # `manifests/encoder_material.py` keeps it out
FAMILIES = {
    "DS-1": "proteus/DS1_fromVideo.json",
    "Splawn": "nam/Tim R Splawn Pro Mod G10 Gear 3.nam",
    "5152": "nam/Tim R 5152 Lead No Boost.nam",
    "Soldano": "neuralpi/Soldano_crunch.json",
    "Princeton": "neuralpi/FenderPrinceton_clean.json",
    "Big Muff": "neuralpi/LittleBigMuff.json",
}


@dataclass(frozen=True)
class Zoo:
    """Six models, each of another family."""

    models: dict[str, Snapshot]
    library: Library

    def family(self, digest: str) -> str:
        return next(family for family, model in self.models.items() if model.digest == digest)


@pytest.fixture(scope="module")
def zoo(data: Path) -> Zoo:
    models = {family: read_model(data / "models" / path) for family, path in FAMILIES.items()}
    by_id = {model.digest: model for model in models.values()}
    heard = {digest: fingerprint(model) for digest, model in by_id.items()}
    index = Index("test", (size("paired"), size("wet")))
    vectors = {kind: np.stack([place(kind, heard[i]) for i in by_id]) for kind in ("paired", "wet")}
    index.add([id_of(i) for i in by_id], vectors["paired"], vectors["wet"])
    candidates = {i: Candidate(i, i) for i in by_id}
    return Zoo(models, Library(index, candidates, by_id.__getitem__, heard.__getitem__))


def _capture(wet: np.ndarray, rate: int) -> Capture:
    return Capture(wet, None, rate, "test", (Take("test", 0, wet.size),))


def _evidence(parent: str, distance: float, zoo: Zoo) -> Evidence:
    return Evidence(build_of(zoo.library.load(parent)), distance, by_sound=True, parent=parent)


def _order(capture: Capture, zoo: Zoo) -> list[str]:
    return [zoo.family(parent.id) for parent in suggest(capture, zoo.library, k=len(FAMILIES)).parents]


def test_both_sides_and_the_wet_side_alone_agree_on_the_family_of_a_real_pedal(data, zoo) -> None:
    folder = data / "captures" / "boss-ds1"
    paired = load_capture(dry=folder / "val.dry.wav", wet=folder / "val.wet.wav")
    heard = [load_capture(folder / f"{take}.wet.wav") for take in ("val", "test")]
    assert _order(paired, zoo)[0] == "DS-1"
    assert all("DS-1" in _order(capture, zoo)[:2] for capture in heard)


def test_models_are_found_by_playing_that_taught_nobody(data, zoo) -> None:
    audio = read_audio(data / "di" / UNHEARD_DI)
    found = []
    for family, model in zoo.models.items():
        rate = model.sample_rate
        dry = resample(audio.mono()[: 10 * audio.sample_rate], audio.sample_rate, rate)
        found.append(family in _order(_capture(render(model, dry), rate), zoo)[:2])
    assert sum(found) >= len(FAMILIES) - 1


def test_the_nearest_is_told_from_the_others(data, zoo) -> None:
    capture = load_capture(data / "captures" / "boss-ds1" / "val.wet.wav")
    parents = suggest(capture, zoo.library, k=len(FAMILIES)).parents
    told = [parent for parent in parents if "nearest of all" in parent.tried]
    assert told == [min(parents, key=lambda parent: parent.distance)]
    assert all("the average parent" in parent.tried for parent in parents)


def test_one_that_is_alone_on_the_list_is_not_called_the_nearest_for_that(data, zoo) -> None:
    capture = load_capture(data / "captures" / "boss-bd2" / "take0.wet.wav")
    first, second = suggest(capture, zoo.library, k=2).parents
    assert first.distance > second.distance
    (alone,) = suggest(capture, zoo.library, k=1).parents
    assert alone == first
    assert "nearest" not in alone.tried


def test_who_promises_most_comes_first_and_who_is_nearest_second_at_least(data, zoo) -> None:
    capture = load_capture(data / "captures" / "boss-ds1" / "val.wet.wav")
    parents = suggest(capture, zoo.library, k=len(FAMILIES)).parents
    nearest = min(parents, key=lambda parent: parent.distance)
    assert nearest.rank <= 2
    assert suggest(capture, zoo.library, k=1).parents[0].id == parents[0].id
    expected = [
        expected_db(_evidence(p.id, p.distance, zoo), forecast()) for p in parents if p is not nearest
    ]
    assert expected == sorted(expected)


@pytest.mark.parametrize("gain_db", [-12.0, 12.0])
def test_the_level_of_a_recording_changes_no_rank(data, zoo, gain_db) -> None:
    capture = load_capture(data / "captures" / "boss-ds1" / "val.wet.wav")
    louder = replace(capture, wet=(capture.wet * 10 ** (gain_db / 20)).astype(np.float32))
    assert _order(louder, zoo) == _order(capture, zoo)


def test_noise_of_a_thousandth_changes_no_first_suggestion(data, zoo) -> None:
    capture = load_capture(data / "captures" / "boss-ds1" / "val.wet.wav")
    noise = np.random.Generator(np.random.PCG64(0)).normal(0.0, 1e-3, capture.wet.size)
    noisy = replace(capture, wet=(capture.wet + noise * np.std(capture.wet)).astype(np.float32))
    assert _order(noisy, zoo)[0] == _order(capture, zoo)[0]


def test_the_vector_has_both_halves(zoo) -> None:
    fingerprint = zoo.library.fingerprint(zoo.models["DS-1"].digest)
    vector = place("wet", fingerprint)
    learned = fingerprint["heard"].mean(axis=0)
    np.testing.assert_allclose(vector[-network().size :], learned, rtol=1e-5, atol=1e-5)
    assert HAND_MADE > 0.0
    with pytest.raises(ValueError, match="embeddings of shape"):
        join(vector, fingerprint["heard"][:, :-1])


def test_a_recording_shorter_than_a_piece_is_one_piece() -> None:
    assert wet_query(np.ones(100, np.float32), 44_100).shape == (size("wet"),)
