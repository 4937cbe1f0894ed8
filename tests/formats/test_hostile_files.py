"""Whatever a file holds, reading it ends in a snapshot or in one sentence, and never costs much memory."""

import json
import os
import tracemalloc
from pathlib import Path

import model_documents as documents
import pytest

from zoo.errors import ModelFileError, NotAModel
from zoo.formats import json_file, read_model


def sentence(path):
    with pytest.raises(ModelFileError) as caught:
        read_model(path)
    assert str(caught.value) == f"{path}: {caught.value.reason}"
    assert "\n" not in caught.value.reason
    return caught.value.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty; a model is expected"),
        (b" \n\t", "the file is empty; a model is expected"),
        (b"\x80\x04\x95pickle", "not UTF-8 text (byte 0 is 0x80), so not a model in JSON"),
        (b"RIFF\x24\x00\x00", "not valid JSON: line 1, column 1: expecting value, found 'RIFF$\\x00\\x00'"),
        (b"[1, 2]", "holds a JSON list; an object is expected"),
        (b"null", "holds a JSON NoneType; an object is expected"),
        (b'{"a": [1', "not valid JSON: line 1, column 9: expecting ',' delimiter, but the file ends there"),
        (b'{\n "a": 1,\n "b" 2}', "not valid JSON: line 3, column 6: expecting ':' delimiter, found '2}'"),
        (b'{"a": "abc', "not valid JSON: line 1, column 7: unterminated string starting at, found '\"abc'"),
        (b'{"layers": [NaN]}', "not acceptable JSON: it holds NaN, which is not a number in JSON"),
        (b'{"layers": -Infinity}', "not acceptable JSON: it holds -Infinity, which is not a number in JSON"),
        (b'{"layers": 1, "layers": 2}', "not acceptable JSON: the key 'layers' stands twice in one object"),
        (b'{"layers": ' + b"9" * 100 + b"}", "holds a number of 100 digits or more; a float needs about 20"),
        (b"[" * 33 + b"]" * 33, "nested deeper than 32 levels; a model needs about 8"),
        (b"[" * 10**6, "nested deeper than 32 levels; a model needs about 8"),
        (b'{"a":' * 10**5, "nested deeper than 32 levels; a model needs about 8"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_json_object_is_refused_in_a_sentence(tmp_path, content, reason):
    path = tmp_path / "model.nam"
    path.write_bytes(content)
    assert sentence(path) == reason


@pytest.mark.parametrize("document", [{}, {"a": 1, "b\x1b": 2}, {"weights": [1.0]}, {"type": "LSTM"}])
def test_json_that_is_no_model_is_refused_with_its_keys(tmp_path, document):
    path = documents.write(tmp_path, document)
    assert sentence(path).startswith("JSON of no known model format (its keys: ")
    with pytest.raises(NotAModel):
        read_model(path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps(documents.proteus()), encoding="utf-8-sig")
    assert read_model(path).architecture.hidden_size == 2


def test_a_missing_file_a_folder_a_pipe_and_an_impossible_name_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert sentence(tmp_path / "nowhere.nam") == "cannot be read (No such file or directory)"
    assert sentence(tmp_path) == "a folder without config.json; a model file is expected"
    assert sentence(tmp_path / "pipe") == "not a file; a model is expected"
    assert sentence("/dev/zero") == "not a file; a model is expected"
    with pytest.raises(ModelFileError, match="cannot be read"):
        read_model("a\0b.nam")


def test_a_file_without_permission_is_refused(tmp_path, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    path = documents.write(tmp_path, documents.proteus())
    monkeypatch.setattr(Path, "open", forbidden)
    assert sentence(path) == "cannot be read (Permission denied)"


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "model.nam"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert sentence(path) == "larger than 64 MiB, the most that is read"


@pytest.mark.parametrize(
    "content",
    [
        b'{"architecture":"LSTM","weights":[' + b"1.5," * 6_000_001 + b"0]}",
        b'{"architecture":"LSTM","weights":[' + b"[]," * 10**6 + b"0]}",
        b'{"architecture":"LSTM","weights":[' + b'{"":{}},' * 10**6 + b"0]}",
        b'{"architecture":"LSTM","weights":[' + b'"",' * 10**6 + b"0]}",
    ],
    ids=["numbers", "lists", "objects", "quotes"],
)
def test_too_many_values_are_refused_before_memory_is_spent_on_them(tmp_path, content):
    path = tmp_path / "model.nam"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        sentence(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(content) + (20 << 20)


@pytest.mark.parametrize("name", documents.VALID)
def test_a_truncated_model_is_refused_wherever_it_ends(tmp_path, name):
    whole = json.dumps(documents.VALID[name])
    path = tmp_path / "model"
    for end in {1, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
        path.write_text(whole[:end])
        assert "the file ends there" in sentence(path) or "not valid JSON" in sentence(path)


def test_metadata_beyond_a_mebibyte_is_refused(tmp_path):
    document = documents.nam_lstm(metadata={"story": "x" * (1 << 20)})
    assert (
        sentence(documents.write(tmp_path, document))
        == "its metadata takes 1024 KiB; at most 1024 KiB is kept"
    )


def test_metadata_that_is_no_unicode_is_refused(tmp_path):
    document = documents.nam_lstm(metadata={"story": "\ud800"})
    assert "its metadata cannot be kept" in sentence(documents.write(tmp_path, document))


def test_metadata_beyond_float_is_refused(tmp_path):
    path = tmp_path / "model.nam"
    path.write_text(
        json.dumps(documents.nam_lstm(metadata={"gain": 1})).replace('"gain": 1', '"gain": 1e999')
    )
    assert "its metadata cannot be kept" in sentence(path)


def test_a_model_too_large_to_be_read_again_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "MAX_BYTES", 100)
    with pytest.raises(ModelFileError, match="write a native model instead"):
        json_file.encode_json(tmp_path / "x", {"weights": [0.1] * 100})
