"""The public collections: pinned, checked, what the lists say; and choosing among their files."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from registry.collections import (
    NOT_COLLECTIONS,
    bytes_of,
    collection,
    collection_from_bytes,
    collections,
)
from registry.filters import Filter
from zoo.errors import BadRequest

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {
    "automated-guitar-amp-modelling": 16,
    "guitarml-tone-library": 69,
    "mod-neural-amp": 20,
    "pelennor-nam-models": 259,
}
LIBRARY = collection("guitarml-tone-library")


def paths(**wanted: Any) -> list[str]:
    return [file.path for file in LIBRARY.choose(Filter(**wanted))]


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(LIBRARY.to_bytes()), **fields}).encode()


def test_four_collections_come_along_with_every_file_of_theirs() -> None:
    assert {entry.name: len(entry.files) for entry in collections()} == COUNTS


def test_every_manifest_is_a_collection_or_known_not_to_be() -> None:
    names = {path.name for path in (ROOT / "manifests").glob("*.json")}
    assert names == {f"{name}.json" for name in COUNTS} | set(NOT_COLLECTIONS)


def test_the_manifests_are_what_their_recipe_makes_of_the_lists(data: Path) -> None:
    recipe = runpy.run_path(str(ROOT / "manifests" / "build_collections.py"))
    for name, content in recipe["build"](data).items():
        assert (ROOT / "manifests" / f"{name}.json").read_bytes() == content, "run the recipe"


def test_a_collection_survives_its_own_bytes() -> None:
    for entry in collections():
        assert collection_from_bytes(entry.to_bytes()) == entry
        assert collection_from_bytes(entry.to_bytes()).to_bytes() == entry.to_bytes()


def test_an_address_is_pinned_and_quoted() -> None:
    pelennor = collection("pelennor-nam-models")
    file = next(file for file in pelennor.files if "Broadcast" in file.path)
    assert pelennor.url_of(file) == (
        "https://raw.githubusercontent.com/pelennor2170/NAM_models/944ca6718581c60cc5365586d2f378d740e181f3/"
        "George%20B%20Ceriatone%20King%20Kong%20NAM%20Capture%20Broadcast%20Chase%20Tone%20Secret%20Pre%20Deco.nam"
    )


def test_an_origin_names_repository_commit_and_path() -> None:
    origin = LIBRARY.origin_of(LIBRARY.files[0])
    assert (origin.file, origin.path) == ("BluesJR-FullD.json", "NeuralPi/BluesJR-FullD.json")
    assert (origin.repository, origin.commit) == (LIBRARY.repository, LIBRARY.commit)


def test_a_model_whose_names_contradict_each_other_is_of_no_known_device() -> None:
    """BluesJR-FullD.json holds the very bytes of TS9_FullD.json."""
    twins = [file for file in LIBRARY.files if file.name in ("BluesJR-FullD", "TS9_FullD")]
    assert len({file.sha256 for file in twins}) == 1
    assert [str(file.device) for file in twins] == ["unknown", "unknown"]


def test_files_that_are_all_called_model_go_by_their_folder() -> None:
    files = collection("automated-guitar-amp-modelling").files
    assert files[0].name == "ht1-ht11"
    assert str(files[0].device) == "Blackstar HT-1"


def test_what_lies_in_two_places_counts_once() -> None:
    assert bytes_of(LIBRARY.files) == sum(file.bytes for file in LIBRARY.files) - 40_673


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("*ts9*", 3),
        ("TS9_FullD", 1),
        ("NeuralPi/*", 30),
        ("neuralpi/soldano_crunch.json", 1),
        ("x*", 3),
        ("?", 0),
    ],
)
def test_a_pattern_is_for_path_or_name_whatever_the_case(pattern: str, count: int) -> None:
    assert len(LIBRARY.choose(only=pattern)) == count


def test_filters_mean_the_same_as_for_the_zoo() -> None:
    assert paths(device="studio") == [
        "NeuralPi/MesaBoogie_Studio22_Clean.json",
        "NeuralPi/MesaBoogie_Studio22_highGain.json",
    ]
    assert "NeuralPi/TS9_FullD.json" in paths(device="unknown")
    assert len(paths(gain="clean")) == 7
    assert len(paths(hidden=40)) == 39
    assert len(paths(arch="lstm-40*knob*")) == 18
    assert len(paths(arch="LSTM")) == 69
    assert paths(rate=48_000) == []
    assert len(paths(licence="gpl-3.0-only")) == 69
    assert paths(licence="unknown") == []
    assert len(paths(name="ds1*")) == 1


def test_an_unknown_collection_is_a_sentence_that_names_the_known() -> None:
    with pytest.raises(BadRequest, match="no collection 'tones'; there are automated-guitar-amp-modelling, "):
        collection("tones")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"url": "http://raw.githubusercontent.com/x/"}, "https"),
        ({"url": "https://evil.example/x/"}, "one of the hosts"),
        ({"url": "https://raw.githubusercontent.com@evil.example/"}, "one of the hosts"),
        ({"url": "https://raw.githubusercontent.com/x"}, "end with /"),
        ({"url": "https://raw.githubusercontent.com/x/?y/"}, "nothing but a folder"),
        ({"hosts": []}, "hosts"),
        ({"hosts": ["a/b"]}, "hosts"),
        ({"commit": "main"}, "commit"),
        ({"name": "../x"}, "name"),
        ({"schema_version": 2}, "schema_version"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_collection_that_is_not_pinned_to_its_hosts_is_refused(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(BadRequest, match=named):
        collection_from_bytes(changed(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"path": "../x.json"},
        {"path": "/etc/passwd"},
        {"path": "a\\b"},
        {"bytes": 0},
        {"bytes": 1 << 40},
        {"sha256": "x" * 64},
        {"family": "Transformer"},
        {"gain_class": "loud"},
    ],
)
def test_a_file_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    first, *rest = json.loads(LIBRARY.to_bytes())["files"]
    with pytest.raises(BadRequest, match=r"files\.0"):
        collection_from_bytes(changed(files=[{**first, **fields}, *rest]))


def test_files_stand_in_order_and_once() -> None:
    first, second, *_ = json.loads(LIBRARY.to_bytes())["files"]
    for files in ([second, first], [first, first]):
        with pytest.raises(BadRequest, match="sorted by path"):
            collection_from_bytes(changed(files=files))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_collection_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(BadRequest, match="the collection is damaged"):
        collection_from_bytes(data)


def test_an_installed_package_has_them_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "registry" / "manifests").mkdir(parents=True)
    (tmp_path / "registry" / "manifests" / "mine.json").write_bytes(LIBRARY.to_bytes())
    monkeypatch.setattr("registry.collections.HERE", tmp_path / "registry")
    assert [entry.name for entry in collections()] == ["guitarml-tone-library"]
