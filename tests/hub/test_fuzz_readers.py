"""The readers of manifests and lockfiles take any bytes: a sound document, or one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import Manifest
from registry.manifest import FileRecord, manifest_from_bytes
from zoo.errors import BadRequest, WrongContent
from zoo.hub.lockfile import Locked, Lockfile, read_lockfile
from zoo.hub.shelf import (
    Pack,
    Part,
    Shelf,
    ShelfList,
    ShelfModel,
    models_from_bytes,
    shelf_from_bytes,
)

relaxed = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def sound_or_sentence(read: Callable[[], object]) -> None:
    sentence = ""
    try:
        read()
    except (BadRequest, WrongContent) as error:
        sentence = str(error)
    assert "\n" not in sentence
    assert len(sentence) < 1000


@relaxed
@given(data=st.binary(max_size=300))
def test_a_manifest_of_any_bytes(data: bytes) -> None:
    sound_or_sentence(lambda: manifest_from_bytes(data))


@relaxed
@given(data=st.data())
def test_a_manifest_with_some_bytes_changed(model: Manifest, data: st.DataObject) -> None:
    content = bytearray(model.to_bytes())
    for at, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=6)
    ):
        content[at] = byte
    sound_or_sentence(lambda: manifest_from_bytes(bytes(content)))


@relaxed
@given(data=st.data())
def test_a_manifest_with_any_value_anywhere(model: Manifest, data: st.DataObject) -> None:
    document = json.loads(model.to_bytes())
    field = data.draw(st.sampled_from(sorted(document)))
    document[field] = data.draw(anything)

    def read() -> None:
        read = manifest_from_bytes(json.dumps(document).encode())
        assert manifest_from_bytes(read.to_bytes()) == read

    sound_or_sentence(read)


@relaxed
@given(data=st.data())
def test_a_lockfile_with_any_value_anywhere(tmp_path: Path, data: st.DataObject) -> None:
    line = Locked(repo="me/amp", commit="c" * 40, id="1" * 64, manifest="2" * 64)
    document = json.loads(Lockfile(models=(line,)).model_dump_json())
    place = data.draw(st.sampled_from([document, document["models"][0]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(anything)
    path = tmp_path / "zoo.lock"
    path.write_bytes(json.dumps(document).encode())
    sound_or_sentence(lambda: read_lockfile(path))


@relaxed
@given(data=st.data())
def test_a_shelf_and_its_list_with_any_value_anywhere(data: st.DataObject) -> None:
    record = FileRecord(sha256="a" * 64, bytes=9)
    part = Part(digits="", models=1, listed=record, vectors=record)
    shelf = Shelf(key="k", models=1, parts=(part,), packs=(Pack(digits="", file=record),))
    entry = ShelfModel(
        id="1" * 64, name="n", architecture="LSTM-4", family="LSTM", sample_rate=44_100, licence="MIT",
        manifest="2" * 64,
    )  # fmt: skip
    document, listed = (json.loads(one.to_bytes()) for one in (shelf, ShelfList(models=(entry,))))
    for whole, inner in ((document, document["parts"][0]), (listed, listed["models"][0])):
        place = data.draw(st.sampled_from([whole, inner]))
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(anything)
    sound_or_sentence(lambda: shelf_from_bytes(json.dumps(document).encode(), "me/big"))
    sound_or_sentence(lambda: models_from_bytes(json.dumps(listed).encode(), part, "me/big"))
