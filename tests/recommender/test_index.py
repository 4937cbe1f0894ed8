import numpy as np
import pytest

from recommender.index import Index, StaleIndex, id_of, ids_of


def _index(count: int = 4) -> Index:
    """Points 0, 1, 2 ... on the first axis, ids 10, 20, 30 ..."""
    index = Index("a key", (3, 2))
    at = np.arange(count, dtype=np.float32)
    index.add((at + 1) * 10, np.outer(at, [1, 0, 0]), np.outer(-at, [1, 0]))
    return index


def test_the_nearest_come_first_with_their_distances() -> None:
    assert _index().search("paired", np.array([2.25, 0, 0]), 2) == [(30, 0.25), (40, 0.75)]
    assert _index().search("wet", np.array([-3.0, 0]), 1) == [(40, 0.0)]


def test_equal_distances_are_ordered_by_id() -> None:
    index = Index("k", (1, 1))
    index.add([9, 5, 7], np.ones((3, 1)), np.ones((3, 1)))
    assert [i for i, _ in index.search("paired", np.zeros(1), 3)] == [5, 7, 9]


def test_only_allowed_ids_are_found() -> None:
    index = _index()
    found = index.search("paired", np.zeros(3), 9, index.select([40, 30, 999]))
    assert [i for i, _ in found] == [30, 40]
    assert index.search("paired", np.zeros(3), 9, index.select([])) == []


def test_a_selection_is_good_until_the_index_changes() -> None:
    index = _index()
    allowed = index.select([40])
    index.remove([10])
    with pytest.raises(ValueError, match="changed"):
        index.search("paired", np.zeros(3), 9, allowed)


def test_the_vectors_of_ids_come_in_their_order() -> None:
    assert _index().points("wet", [30, 10]).tolist() == [[-2, 0], [0, 0]]
    with pytest.raises(KeyError):
        _index().points("wet", [30, 11])


def test_an_empty_index_finds_nothing() -> None:
    assert Index("k", (3, 2)).search("paired", np.zeros(3), 5) == []


def test_removed_ids_are_gone_and_unknown_ones_ignored() -> None:
    index = _index()
    index.remove([10, 30, 12345])
    assert index.ids.tolist() == [20, 40]


def test_an_id_that_is_added_again_is_replaced() -> None:
    index = _index()
    index.add([10], np.full((1, 3), 5.0), np.zeros((1, 2)))
    assert len(index) == 4
    assert index.search("paired", np.full(3, 5.0), 1) == [(10, 0.0)]


def test_what_was_saved_is_loaded(tmp_path) -> None:
    path = tmp_path / "index"
    index = _index()
    index.save(path)
    again = Index.load(path, "a key")
    assert again.ids.tolist() == index.ids.tolist()
    assert (again.vectors("paired") == index.vectors("paired")).all()
    again.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_an_index_from_disk_grows_and_shrinks_and_the_file_stays_as_it_is(tmp_path) -> None:
    """What is mapped cannot be written to; the index must have taken a copy of its own first."""
    path = tmp_path / "index"
    _index().save(path)
    written = path.read_bytes()
    index = Index.load(path, "a key")
    index.remove([20])
    index.add([7, 30], np.array([[9.0, 0, 0], [8.0, 0, 0]]), np.zeros((2, 2)))
    assert index.ids.tolist() == [10, 40, 7, 30]
    assert index.search("paired", np.array([9.0, 0, 0]), 2) == [(7, 0.0), (30, 1.0)]
    assert path.read_bytes() == written
    index.save(path)
    assert Index.load(path, "a key").search("paired", np.array([9.0, 0, 0]), 1) == [(7, 0.0)]


def test_a_file_that_is_replaced_leaves_those_who_have_it_open_what_they_had(tmp_path) -> None:
    path = tmp_path / "index"
    _index().save(path)
    old = Index.load(path, "a key")
    _index(1).save(path)
    assert len(Index.load(path, "a key")) == 1
    assert old.search("paired", np.array([3.0, 0, 0]), 1) == [(40, 0.0)]


def test_a_crash_while_writing_leaves_the_old_index(tmp_path, monkeypatch) -> None:
    path = tmp_path / "index"
    _index().save(path)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("zoo.files.os.replace", crash)
    with pytest.raises(KeyboardInterrupt):
        _index(2).save(path)
    assert len(Index.load(path, "a key")) == 4
    assert [file.name for file in tmp_path.iterdir()] == ["index"]


def test_an_empty_index_is_saved_and_loaded(tmp_path) -> None:
    Index("k", (3, 2)).save(tmp_path / "index")
    assert len(Index.load(tmp_path / "index", "k")) == 0


def test_an_index_of_another_key_is_stale(tmp_path) -> None:
    _index().save(tmp_path / "index")
    with pytest.raises(StaleIndex, match="another probe"):
        Index.load(tmp_path / "index", "another key")


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "garbage", "folder"])
def test_a_damaged_index_is_stale_and_never_a_crash(tmp_path, damage) -> None:
    path = tmp_path / "index"
    _index().save(path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 0x01
    contents = {
        "truncated": bytes(data[:-3]),
        "flipped": bytes(data),
        "empty": b"",
        "garbage": b"\xff" * 64,
    }
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(contents[damage])
    with pytest.raises(StaleIndex):
        Index.load(path, "a key")


def test_no_flipped_byte_of_the_file_goes_unnoticed_or_ends_the_process(tmp_path) -> None:
    path = tmp_path / "index"
    _index().save(path)
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        data = bytearray(whole)
        data[place] ^= 0x10
        path.write_bytes(data)
        try:
            found = Index.load(path, "a key").search("paired", np.array([2.25, 0, 0]), 2)
        except StaleIndex:
            continue
        assert found == [(30, 0.25), (40, 0.75)]  # a space or a type that nobody reads


def test_an_index_of_another_faiss_is_stale(tmp_path, monkeypatch) -> None:
    _index().save(tmp_path / "index")
    monkeypatch.setattr("faiss.__version__", "0.1")
    with pytest.raises(StaleIndex, match="written by faiss"):
        Index.load(tmp_path / "index", "a key")


def test_an_index_that_is_not_there_is_said_to_be_missing(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        Index.load(tmp_path / "index", "a key")


def test_ids_are_63_bits_of_the_digest() -> None:
    assert id_of("0" * 15 + "2" + "f" * 48) == 1
    assert id_of("f" * 64) == 2**63 - 1


def test_ids_of_many_are_those_of_each() -> None:
    digests = ["0" * 15 + "2" + "f" * 48, "f" * 64, "8" + "0" * 63]
    assert ids_of(digests).tolist() == [id_of(digest) for digest in digests]
    assert ids_of([]).tolist() == []
