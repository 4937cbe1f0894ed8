"""Files are whole or absent."""

from pathlib import Path

import pytest

from zoo.errors import WriteError
from zoo.files import atomic_file, atomic_folder, write_atomically


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_written_file_holds_the_bytes_and_leaves_nothing_beside_it(tmp_path):
    write_atomically(tmp_path / "a", b"one")
    write_atomically(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    assert names(tmp_path) == ["a"]


def test_a_file_gets_the_permissions_any_new_file_gets(tmp_path):
    write_atomically(tmp_path / "ours", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_failure_while_writing_keeps_the_old_file_and_no_scrap(tmp_path):
    write_atomically(tmp_path / "a", b"old")

    def fail():
        with atomic_file(tmp_path / "a") as temporary:
            temporary.write_bytes(b"half")
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_in_a_sentence(tmp_path):
    def fill():
        with atomic_file(tmp_path / "a"), Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"x")

    with pytest.raises(WriteError, match=r"a: cannot be written \(No space left on device\)"):
        fill()
    assert names(tmp_path) == []


def test_a_missing_folder_is_said_in_a_sentence(tmp_path):
    with pytest.raises(WriteError, match="No such file or directory"):
        write_atomically(tmp_path / "nowhere" / "a", b"")


def test_a_folder_appears_whole_and_replaces_the_old_one(tmp_path):
    for name in ("first", "second"):
        with atomic_folder(tmp_path / "model") as temporary:
            (temporary / name).write_bytes(b"1")
            assert not (tmp_path / "model" / name).exists()
    assert names(tmp_path) == ["model"]
    assert names(tmp_path / "model") == ["second"]


def test_a_failure_while_filling_a_folder_keeps_the_old_one(tmp_path):
    with atomic_folder(tmp_path / "model") as temporary:
        (temporary / "old").write_bytes(b"1")

    def fail():
        with atomic_folder(tmp_path / "model") as temporary:
            (temporary / "new").write_bytes(b"1")
            raise OSError(28, "No space left on device")

    with pytest.raises(WriteError):
        fail()
    assert names(tmp_path / "model") == ["old"]
    assert names(tmp_path) == ["model"]


def test_a_folder_does_not_replace_a_file(tmp_path):
    (tmp_path / "model").write_bytes(b"mine")
    with pytest.raises(WriteError, match="a file of that name is there"), atomic_folder(tmp_path / "model"):
        pass
    assert (tmp_path / "model").read_bytes() == b"mine"
