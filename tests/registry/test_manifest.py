"""Manifests: strict, versioned, the same bytes for the same facts; hostile ones get a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.manifest import MAX_MANIFEST_BYTES, FileRecord, Manifest, Origin, manifest_from_bytes
from registry.schema import FOLDER, SCHEMAS, json_schema
from zoo.errors import BadRequest

MANIFEST = Manifest(
    id="a" * 64,
    name="TS9",
    architecture="LSTM-20",
    family="LSTM",
    hidden_size=20,
    num_parameters=1861,
    sample_rate=44_100,
    files={"model.safetensors": FileRecord(sha256="b" * 64, bytes=7876)},
)


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(MANIFEST.to_bytes()), **fields}).encode()


def test_a_manifest_survives_its_own_bytes() -> None:
    assert manifest_from_bytes(MANIFEST.to_bytes()) == MANIFEST
    assert manifest_from_bytes(MANIFEST.to_bytes()).to_bytes() == MANIFEST.to_bytes()


def test_what_is_unknown_is_null() -> None:
    document = json.loads(MANIFEST.to_bytes())
    assert document["licence"] is document["gain_class"] is document["device"]["make"] is None


def test_names_are_the_name_and_each_origin_once() -> None:
    origins = (Origin(file="TS9.json"), Origin(file="BluesJR.v2.nam"), Origin(file="BluesJR.v2.json"))
    assert MANIFEST.changed(origins=origins).names == ("TS9", "BluesJR.v2")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"surprise": 1}, "surprise"),
        ({"sample_rate": "44100"}, "sample_rate"),
        ({"schema_version": 2}, "schema_version"),
        ({"id": "A" * 64}, "id"),
        ({"name": ""}, "name"),
        ({"name": "x" * 1001}, "name"),
        ({"family": "Transformer"}, "family"),
        ({"parent": "a" * 64}, "parent"),
        ({"parent_at": {"repository": "hf.co/a/b", "commit": "c" * 40}}, "says where its parent is"),
        (
            {"parent": "b" * 64, "parent_at": {"repository": "hf.co/a/b", "commit": "main"}},
            "parent_at.commit",
        ),
        ({"origins": [{"file": "x", "commit": "main"}]}, "origins.0.commit"),
        ({"facts_from": {"make": "guess"}}, "facts_from.make"),
        ({"files": {"zoo.json": {"sha256": "b" * 64, "bytes": 1}}}, "zoo.json"),
    ],
)
def test_a_field_that_is_wrong_is_named(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(BadRequest, match=named):
        manifest_from_bytes(changed(**fields))


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/etc/passwd",
        "a/../b",
        "a//b",
        "./a",
        "a/",
        "",
        "a\\b",
        "C:x",
        ".hidden",
        "a/.b",
        "a\nb",
        "x" * 256,
    ],
)
def test_a_path_that_leaves_the_folder_is_refused(path: str) -> None:
    with pytest.raises(BadRequest, match="files"):
        manifest_from_bytes(changed(files={path: {"sha256": "b" * 64, "bytes": 1}}))


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, MANIFEST.to_bytes()[:-20], b'{"loudness_db": NaN}'],
)
def test_what_is_no_manifest_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(BadRequest, match="the manifest is damaged"):
        manifest_from_bytes(data)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(MANIFEST.to_bytes()) - 1), st.binary(max_size=8), st.integers(0, 40))
def test_a_mutated_manifest_is_read_or_refused_but_never_crashes(place: int, new: bytes, cut: int) -> None:
    data = MANIFEST.to_bytes()
    try:
        manifest = manifest_from_bytes(data[:place] + new + data[place + cut :])
    except BadRequest:
        return
    assert manifest_from_bytes(manifest.to_bytes()) == manifest


def test_infinity_is_no_level() -> None:
    with pytest.raises(BadRequest, match="loudness_db"):
        manifest_from_bytes(MANIFEST.to_bytes().replace(b'"loudness_db": null', b'"loudness_db": Infinity'))


def test_an_oversized_manifest_is_not_even_parsed() -> None:
    with pytest.raises(BadRequest, match=f"at most {MAX_MANIFEST_BYTES}"):
        manifest_from_bytes(b" " * (MAX_MANIFEST_BYTES + 1))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_current(name: str) -> None:
    assert (FOLDER / name).read_bytes() == json_schema(name), "run `python -m registry.schema`"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_forbids_unknown_fields(name: str) -> None:
    schema = json.loads(json_schema(name))
    definitions = [schema, *(d for d in schema["$defs"].values() if d["type"] == "object")]
    assert all(definition["additionalProperties"] is False for definition in definitions)
