"""Every real model loads, and writing it again loses nothing."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from zoo.errors import ModelFileError, UnsupportedModel
from zoo.formats import read_model, read_with_format, write_model

COUNTS = {
    "proteus": ("proteus", 30),
    "neuralpi": ("proteus", 24),
    "neuralpi-plugin": ("proteus", 1),
    "automated-gam": ("proteus", 8),
    "mod-lstm": ("aidax", 15),
    "nam": ("nam", 81),
    "boss-six-architectures": ("nam", 6),
}

read_once = cache(read_with_format)


def facts(document):
    """What a document says: float32 numbers, no nulls, no version of the format."""
    if isinstance(document, dict):
        return {k: facts(v) for k, v in document.items() if v is not None and k != "version"}
    if isinstance(document, list):
        return [facts(v) for v in document]
    return float(np.float32(document)) if isinstance(document, float) else document


def flattened(document):
    """A NAM or AIDA-X document with its metadata at the root and gains that are absent at 0 dB."""
    document = facts(document)
    metadata = document.pop("metadata", {})
    flat = {**document, **metadata}
    if "samplerate" in flat:  # AIDA-X writes a string, other programs a number
        flat["samplerate"] = float(flat["samplerate"])
    return {"in_gain": 0.0, "out_gain": 0.0, "in_skip": 0, **flat} if "layers" in document else flat


@pytest.mark.parametrize("folder", COUNTS)
def test_each_model_survives_its_own_format_and_the_native_one_to_the_bit(folder, data, tmp_path):
    expected_format, count = COUNTS[folder]
    paths = sorted((data / "models" / folder).iterdir())
    assert len(paths) == count
    for path in paths:
        snapshot, found = read_once(path)
        assert found == expected_format
        write_model(snapshot, tmp_path / "again", expected_format)
        write_model(snapshot, tmp_path / "native", "native")
        for copy in (read_model(tmp_path / "again"), read_model(tmp_path / "native")):
            assert copy.digest == snapshot.digest, path
            assert copy.metadata == snapshot.metadata, path
            assert copy.sample_rate_assumed == snapshot.sample_rate_assumed, path
        before, after = (flattened(json.loads(p.read_text())) for p in (path, tmp_path / "again"))
        assert after == before, path


def test_sizes_rates_and_gains_are_those_of_the_files(data):
    models = data / "models"
    seen = {folder: Counter() for folder in COUNTS}
    for folder in COUNTS:
        for path in (models / folder).iterdir():
            snapshot, _ = read_once(path)
            seen[folder][str(snapshot.architecture), snapshot.num_parameters, snapshot.sample_rate] += 1
    # LSTM-40: 4*40*(1+40+2) + 41 numbers, and 160 more for a knob.
    assert seen["proteus"] == {("LSTM-40", 6921, 44100): 15, ("LSTM-40 with 1 knob", 7081, 44100): 15}
    assert seen["neuralpi"] == {("LSTM-20", 1861, 44100): 24}
    assert set(seen["nam"]) == {
        ("WaveNet-16/8", 13802, 48000),
        ("WaveNet-12/6", 6554, 48000),
        ("WaveNet-8/4", 3026, 48000),
    }
    twin = read_model(models / "mod-lstm" / "AMP Twin Vintage1.json")
    assert (twin.input_gain_db, twin.output_gain_db, twin.sample_rate) == (7.5, -3.0, 48000)
    assert (twin.metadata.author, twin.sample_rate_assumed) == ("AIDA DSP", False)


def test_the_metadata_of_a_nam_file_is_kept(data):
    known = read_model(data / "models" / "boss-six-architectures" / "BossWN-standard.nam").metadata
    assert (known.name, known.author, known.make, known.model) == (
        "BossSD1",
        "oliphant",
        "tz-make",
        "tz-model",
    )
    assert (known.kind, known.tone, known.date) == ("pedal", "overdrive", "2024-11-16T21:18:49")
    assert (known.loudness_db, known.input_level_dbu, known.licence) == (-8.640249252319336, None, None)
    assert known.extra["training"]["validation_esr"] == 0.000281737043711063
    bare = read_model(data / "models" / "boss-six-architectures" / "BossLSTM-1x16.nam").metadata
    assert (bare.name, bare.make, bare.kind, bare.tone) == (None, None, None, None)


def test_an_a2_model_has_a_lite_and_a_full_size(data):
    snapshot = read_model(data / "models" / "boss-six-architectures" / "BossWN-a2.nam")
    assert str(snapshot.architecture) == "WaveNet-3|8 slimmable"
    assert [snapshot.at_size(size).num_parameters for size in (0.0, 0.5, 1.0)] == [1871, 1871, 12146]
    assert len(snapshot.metadata.extra["submodels"]) == 2


def test_the_retired_smartamp_format_is_refused_by_name(data):
    for path in sorted((data / "models" / "smartamp-wavenet").glob("[!b]*.json")):
        with pytest.raises(UnsupportedModel, match="SmartAmp WaveNet"):
            read_model(path)


def test_the_web_page_saved_as_a_model_is_refused_with_the_place_in_it(data):
    with pytest.raises(ModelFileError) as caught:
        read_model(data / "models" / "smartamp-wavenet" / "bluesJR-Clean.json")
    assert Path(caught.value.path).name == "bluesJR-Clean.json"
    assert caught.value.reason == "not valid JSON: line 7, column 1: expecting value, found '<!DOCTYPE html>'"
