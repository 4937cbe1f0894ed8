"""Importing: every candidate is tried, each gets its verdict, and a bad one stops nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry import Facts, Origin, Registry
from registry.entering import Imported
from registry.importing import candidates, import_files
from zoo.errors import BadRequest, StoreError
from zoo.formats import write_model
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as registry:
        yield registry


def found(*paths: Path) -> list[str]:
    return [candidate.path.name for candidate in candidates(paths)]


def verdicts(registry: Registry, *paths: Path, facts: Facts | None = None) -> dict[str, str]:
    return {Path(entry.path).name: entry.status for entry in import_files(registry, paths, facts=facts)}


def test_a_folder_is_searched_for_model_files_in_order(tmp_path: Path, lstm: Lstm) -> None:
    for name in ("b.nam", "a.JSON", "c.aidax", "d.aidadspmodel", "readme.md", "e.wav", ".hidden.json"):
        (tmp_path / name).write_text("")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "z.nam").write_text("")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.json").write_text("")
    write_model(lstm(), tmp_path / "native", "native")
    assert found(tmp_path) == ["a.JSON", "b.nam", "c.aidax", "d.aidadspmodel", "native", "z.nam"]


def test_a_file_given_by_name_is_a_candidate_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "model.txt").write_text("")
    assert found(tmp_path / "model.txt", tmp_path / "model.txt", tmp_path) == ["model.txt"]


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.nam").write_text("")
    assert found(tmp_path) == ["a.nam"]


def test_each_file_gets_its_verdict(registry: Registry, tmp_path: Path, lstm: Lstm) -> None:
    write_model(lstm(1), tmp_path / "a TS9.json", "proteus")
    write_model(lstm(1), tmp_path / "b BluesJR.json", "proteus")
    write_model(lstm(2), tmp_path / "c.nam", "nam")
    (tmp_path / "d.json").write_text('{"name": "tonezoo", "scripts": {}}')
    (tmp_path / "e.json").write_text('{"model_data": ')
    (tmp_path / "f.nam").write_bytes(b"\xff\xfe")
    entries = list(import_files(registry, [tmp_path]))
    statuses = ["imported", "same sound", "imported", "not a model", "refused", "refused"]
    assert [entry.status for entry in entries] == statuses
    assert entries[1].reason == "same sound as a TS9, kept as another name"
    assert entries[1].id == entries[0].id
    assert "not valid JSON" in (entries[4].reason or "")
    again = ["already there", "already there", "already there", "not a model", "refused", "refused"]
    assert [entry.status for entry in import_files(registry, [tmp_path])] == again


def test_a_json_file_that_is_no_model_is_refused_only_when_it_was_asked_for(
    registry: Registry, tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text('{"name": "x"}')
    assert verdicts(registry, tmp_path) == {"package.json": "not a model"}
    assert verdicts(registry, tmp_path / "package.json") == {"package.json": "refused"}


def test_a_missing_file_is_refused_and_the_rest_goes_on(
    registry: Registry, tmp_path: Path, lstm: Lstm
) -> None:
    write_model(lstm(), tmp_path / "a.nam")
    entries = list(import_files(registry, [tmp_path / "nowhere.nam", tmp_path / "a.nam"]))
    assert [entry.status for entry in entries] == ["refused", "imported"]
    assert entries[0] == Imported(str(tmp_path / "nowhere.nam"), "refused", reason="no such file or folder")


def test_a_folder_that_cannot_be_read_is_refused(
    registry: Registry, tmp_path: Path, lstm: Lstm, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    def scandir(path: object) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    real = os.scandir
    (tmp_path / "locked").mkdir()
    write_model(lstm(), tmp_path / "a.nam")
    monkeypatch.setattr("os.scandir", scandir)
    entries = list(import_files(registry, [tmp_path]))
    assert [entry.status for entry in entries] == ["imported", "refused"]
    assert entries[1].reason == "the folder cannot be read (Permission denied)"


def test_nothing_to_import_is_a_bad_request(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"no model was found; \.json, \.nam"):
        list(import_files(registry, [tmp_path]))


def test_one_name_does_not_fit_two_files(registry: Registry, tmp_path: Path, lstm: Lstm) -> None:
    for seed in (1, 2):
        write_model(lstm(seed), tmp_path / f"{seed}.nam")
    with pytest.raises(BadRequest, match="one name was given for 2 files"):
        list(import_files(registry, [tmp_path], facts=Facts(name="Mine")))
    assert registry.list() == []


def test_what_a_person_says_goes_with_every_model(registry: Registry, tmp_path: Path, lstm: Lstm) -> None:
    write_model(lstm(1, licence="MIT"), tmp_path / "1.nam")
    write_model(lstm(2), tmp_path / "2.nam")
    verdicts(registry, tmp_path, facts=Facts(licence="GPL-3.0-only"))
    assert [manifest.licence for manifest in registry.list()] == ["MIT", "GPL-3.0-only"]


def test_a_full_disk_stops_the_import_and_keeps_what_was_done(
    registry: Registry, tmp_path: Path, lstm: Lstm, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(3):
        write_model(lstm(seed), tmp_path / f"{seed}.nam")
    steps = import_files(registry, [tmp_path])
    next(steps)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        next(steps)
    assert len(registry.list()) == 1
    assert registry.verify() == ()


def test_a_name_that_is_not_unicode_is_kept_as_far_as_it_is(
    registry: Registry, tmp_path: Path, lstm: Lstm
) -> None:
    write_model(lstm(), tmp_path / "plain.nam")
    (tmp_path / "plain.nam").rename(tmp_path / "b\udcffd.nam")
    assert [entry.name for entry in import_files(registry, [tmp_path])] == ["b?d"]


def test_an_origin_is_the_files_name_hash_and_format(registry: Registry, tmp_path: Path, lstm: Lstm) -> None:
    import hashlib

    write_model(lstm(), tmp_path / "a.json", "aidax")
    list(import_files(registry, [tmp_path]))
    (origin,) = registry.find("a").origins
    sha256 = hashlib.sha256((tmp_path / "a.json").read_bytes()).hexdigest()
    assert (origin.file, origin.sha256, origin.format) == ("a.json", sha256, "aidax")


def test_all_real_models_are_imported_and_the_same_sound_is_stored_once(
    data: Path, registry: Registry
) -> None:
    entries = {Path(entry.path).name: entry for entry in import_files(registry, [data / "models"])}
    counts = dict.fromkeys((e.status for e in entries.values()), 0)
    for entry in entries.values():
        counts[entry.status] += 1
    assert counts == {"imported": 164, "same sound": 1, "refused": 5}
    assert {Path(e.path).parent.name for e in entries.values() if e.status == "refused"} == {
        "smartamp-wavenet"
    }
    twin = registry.find("TS9_FullD")
    assert twin.names == ("BluesJR-FullD", "TS9_FullD")
    assert twin.device.make is None
    json.dumps([entry.to_json() for entry in entries.values()], allow_nan=False)


def test_a_native_folder_brings_its_lineage_along(registry: Registry, tmp_path: Path, lstm: Lstm) -> None:
    from registry.manifest import TrainingRecord

    with Registry(tmp_path / "theirs") as theirs:
        parent, _ = theirs.add(lstm(1))
        record = TrainingRecord(epochs=3, test_esr=0.01)
        facts = Facts(name="Mine", licence="MIT", parent=parent.id, training=record)
        child, _ = theirs.add(lstm(2), origin=Origin(file="first.nam"), facts=facts)
        folder = theirs.store.folder(child.id)
    assert verdicts(registry, folder) == {child.id: "imported"}
    manifest = registry.find(child.id)
    assert (manifest.parent, manifest.training, manifest.licence) == (parent.id, record, "MIT")
    assert [origin.file for origin in manifest.origins] == [child.id, "first.nam"]


@pytest.mark.parametrize("damage", ["of another model", "junk", "a link"])
def test_a_manifest_that_lies_is_not_believed_and_that_is_said(
    registry: Registry, tmp_path: Path, lstm: Lstm, damage: str
) -> None:
    with Registry(tmp_path / "theirs") as theirs:
        other, _ = theirs.add(lstm(1), facts=Facts(licence="MIT"))
        stored = theirs.store.folder(other.id) / "zoo.json"
        write_model(lstm(2), tmp_path / "native", "native")
        beside = tmp_path / "native" / "zoo.json"
        if damage == "a link":
            beside.symlink_to(stored)
        else:
            beside.write_bytes(stored.read_bytes() if damage == "of another model" else b"{")
    (entry,) = import_files(registry, [tmp_path / "native"])
    assert entry.status == "imported"
    assert entry.findings[0].startswith("its zoo.json is not believed")
    assert registry.list()[0].licence is None
