"""Mutations of valid models: reading one ends in a snapshot or in a ZooError, never in anything else."""

import copy
import json

import model_documents as documents
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zoo.errors import ModelFileError
from zoo.formats import read_model, write_model

quick = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.sampled_from([10**6, 10**18, -(10**30), 1e39, -0.0, 1e-45, 2.5, 1e300]),
    st.sampled_from(
        ["", "LSTM", "GRU", "WaveNet", "Tanh", "48000", "none", "gru", "dense", "\ud800", "\x00"]
    ),
    st.sampled_from(
        [[], {}, [[]], [{}], [None], [1, "2"], [[1.0], [1.0, 2.0]], {"type": "ReLU"}, {"active": True}]
    ),
)


def places(document, path=()):
    """Every place in a document, as keys and indices; of long lists of numbers the ends only."""
    yield path
    if isinstance(document, dict):
        for key, value in document.items():
            yield from places(value, (*path, key))
    elif isinstance(document, list):
        for index in sorted({0, 1, len(document) - 1} & set(range(len(document)))):
            yield from places(document[index], (*path, index))


def mutated(document, path, change, value):
    """A copy with the value at one place replaced, removed, doubled or wrapped."""
    if not path:
        return value
    document = copy.deepcopy(document)
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    last = path[-1]
    if change == "replace":
        holder[last] = value
    elif change == "remove":
        del holder[last]
    elif change == "wrap":
        holder[last] = [holder[last]]
    elif isinstance(holder, list):
        holder.insert(last, holder[last])
    else:
        holder[f"{last}2"] = holder[last]
    return document


def outcome(path):
    """The snapshot, or None after a refusal whose message is one line that names the file."""
    try:
        return read_model(path)
    except ModelFileError as error:
        refusal = error
    assert str(refusal).startswith(str(refusal.path))
    assert str(refusal.path).startswith(str(path))
    assert "\n" not in str(refusal)
    assert str(refusal).encode()
    return None


NAMES = st.sampled_from(sorted(documents.VALID))


@quick
@given(data=st.data(), name=NAMES)
def test_a_document_with_one_or_two_changes_is_read_or_refused(tmp_path, data, name):
    document = documents.VALID[name]
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(list(places(document))))
        change = data.draw(st.sampled_from(["replace", "replace", "remove", "double", "wrap"]))
        document = mutated(document, path, change, data.draw(ODD_VALUES))
    snapshot = outcome(documents.write(tmp_path, document))
    if snapshot is not None:
        write_model(snapshot, tmp_path / "again", "native")
        again = read_model(tmp_path / "again")
        assert (again, again.metadata) == (snapshot, snapshot.metadata)


@quick
@given(name=NAMES, position=st.floats(0, 1), length=st.integers(0, 8), new=st.binary(max_size=8))
def test_a_file_with_some_bytes_exchanged_is_read_or_refused(tmp_path, name, position, length, new):
    data = json.dumps(documents.VALID[name]).encode()
    start = int(position * len(data))
    path = tmp_path / "model"
    path.write_bytes(data[:start] + new + data[start + length :])
    outcome(path)


@quick
@given(content=st.one_of(st.binary(max_size=200), st.text('{}[]",:0123456789.eE-+ntfNaI\\', max_size=200)))
def test_junk_is_refused(tmp_path, content):
    path = tmp_path / "model"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert outcome(path) is None


@quick
@given(data=st.data(), name=NAMES)
def test_a_native_model_with_a_change_in_either_file_is_read_or_refused(tmp_path, data, name):
    folder = tmp_path / "native"
    write_model(read_model(documents.write(tmp_path, documents.VALID[name])), folder)
    if data.draw(st.booleans()):
        config = json.loads((folder / "config.json").read_text())
        path = data.draw(st.sampled_from([p for p in places(config) if p]))
        change = data.draw(st.sampled_from(["replace", "remove", "double", "wrap"]))
        changed = mutated(config, path, change, data.draw(ODD_VALUES))
        (folder / "config.json").write_text(json.dumps(changed))
    else:
        weights = bytearray((folder / "model.safetensors").read_bytes())
        place = data.draw(st.integers(0, len(weights) - 1))
        weights[place] = data.draw(st.integers(0, 255))
        (folder / "model.safetensors").write_bytes(weights)
    outcome(folder)
