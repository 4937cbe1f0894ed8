"""Whole zoos: many models in one repository, searched by its list and vectors alone, pulled one by one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hub_server import Hub
from hub_words import at, statuses
from safetensors.numpy import load, save

from recommender.fingerprint import FINGERPRINT_KEY
from recommender.space import space
from registry import Facts, Filter, Manifest, Registry
from zoo.api import pull_from_hub, push_zoo
from zoo.capture import Capture, Take
from zoo.errors import BadRequest, NetworkError, WrongContent
from zoo.hub.address import parse_address
from zoo.hub.client import HubClient
from zoo.hub.packs import PACKED, files_in_pack
from zoo.hub.shelf import shelf_from_bytes
from zoo.hub.shelf_searching import search_shelves
from zoo.hub.shelves import keep_shelf, shelf_models
from zoo.hub.shelving import shelf_of
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]
BIG = parse_address("me/big")
GAINS = ("clean", "crunch", "high gain", "fuzz")


@pytest.fixture
def models(registry: Registry, lstm: Lstm) -> list[Manifest]:
    """Four models with made-up fingerprints; one more without a licence and one without a fingerprint."""
    made = []
    for seed, gain in enumerate(GAINS):
        snapshot = lstm(30 + seed, name=f"Box {gain}", make="Ann's", kind="pedal")
        made.append(registry.add(snapshot, facts=Facts(licence="MIT", gain_class=gain))[0])
        registry.put_fingerprint(made[-1].id, FINGERPRINT_KEY, raw(seed))
    registry.put_fingerprint(registry.add(lstm(40, name="Nobody's"))[0].id, FINGERPRINT_KEY, raw(9))
    registry.add(lstm(41, name="Unheard", licence="MIT"))
    return made


def raw(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        kind: (
            space(kind).mean + space(kind).deviation * rng.standard_normal((3, space(kind).mean.size))
        ).astype(np.float32)
        for kind in ("paired", "wet")
    }


@pytest.fixture
def shelf(hub: Hub, registry: Registry, models: list[Manifest]) -> Hub:
    remarks: list[str] = []
    pushed = push_zoo("me/big", registry=registry, remark=remarks.append)
    assert pushed.new
    assert sorted(remark.split(" is left out: ")[1] for remark in remarks) == [
        "it has no fingerprint", "no licence of it is known",
    ]  # fmt: skip
    return hub


def test_one_commit_holds_all_models_and_what_vouches_for_them(shelf: Hub, models: list[Manifest]) -> None:
    repo = shelf.repos["me/big"]
    assert len(repo.commits) == 2
    named = shelf_from_bytes(repo.files["shelf.json"], "here")
    assert set(named.files()) == set(repo.files) - {"README.md", "shelf.json", ".gitattributes"}
    for path, record in named.files().items():
        assert hashlib.sha256(repo.files[path]).hexdigest() == record.sha256, path
    ((part,), (pack,)) = named.parts, named.packs
    listed = json.loads(repo.files[part.list_path])["models"]
    assert [model["id"] for model in listed] == sorted(model.id for model in models)
    for model in listed:
        files = files_in_pack(repo.files[pack.path], model["id"], "here")
        assert hashlib.sha256(files["zoo.json"]).hexdigest() == model["manifest"]
    assert {n: a.shape for n, a in load(repo.files[part.vectors_path]).items()} == {
        "paired": (4, space("paired").size), "wet": (4, space("wet").size),
    }  # fmt: skip


def test_pushing_the_same_zoo_again_changes_nothing_and_models_that_went_go(
    shelf: Hub, registry: Registry, models: list[Manifest]
) -> None:
    repo = shelf.repos["me/big"]
    assert not push_zoo("me/big", registry=registry).new
    repo.edit({"photo.jpg": b"jpeg"})
    before = set(repo.files)
    registry.remove([models[0].id])
    pushed = push_zoo("me/big", registry=registry)
    assert len(pushed.deleted) == 3  # list, vectors and pack, in whose place there are new ones
    assert before - set(repo.files) == set(pushed.deleted)
    assert all(models[0].id.encode() not in data for data in repo.files.values())
    assert "photo.jpg" in repo.files


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts and packs of one or two models, and commits of at most two files beside card and shelf."""
    monkeypatch.setattr("zoo.hub.shelving.MODELS_IN_PART", 2)
    monkeypatch.setattr("zoo.hub.shelving.MODELS_IN_PACK", 1)
    monkeypatch.setattr("zoo.hub.shelf_pushing.FILES_IN_COMMIT", 4)


@pytest.mark.usefixtures("small")
def test_a_large_zoo_comes_in_parts_and_one_more_model_changes_one_of_them(
    shelf: Hub, registry: Registry, elsewhere: Registry, models: list[Manifest], lstm: Lstm
) -> None:
    repo = shelf.repos["me/big"]
    named = shelf_from_bytes(repo.files["shelf.json"], "here")
    assert len(named.parts) > 1
    assert len(repo.commits) > 4
    for model in models:
        pack = named.pack_of(model.id)
        assert pack is not None
        assert files_in_pack(repo.files[pack.path], model.id, "here")
    before = set(repo.files)
    one = registry.add(lstm(50, name="One more"), facts=Facts(licence="MIT"))[0]
    registry.put_fingerprint(one.id, FINGERPRINT_KEY, raw(50))
    push_zoo("me/big", registry=registry)
    assert len(set(repo.files) - before) == 3
    assert len(keep_shelf(elsewhere, HubClient(), BIG).parts) == len(named.parts)
    assert len(search_shelves(elsewhere, "", Filter())) == 5
    assert [near.model.name for near in search_shelves(elsewhere, "", Filter(), limit=2)] == [
        "Box clean", "Box crunch",
    ]  # fmt: skip
    verdicts = pull_from_hub(shelf_models(HubClient(), BIG, "*"), registry=elsewhere)
    assert statuses(verdicts) == ["imported"] * 5


@pytest.mark.usefixtures("small")
def test_a_push_that_dies_leaves_the_old_shelf_and_the_next_goes_on(
    shelf: Hub, registry: Registry, elsewhere: Registry, models: list[Manifest], lstm: Lstm
) -> None:
    repo = shelf.repos["me/big"]
    for seed in range(50, 54):
        one = registry.add(lstm(seed, name=f"Model {seed}"), facts=Facts(licence="MIT"))[0]
        registry.put_fingerprint(one.id, FINGERPRINT_KEY, raw(seed))
    commits = len(repo.commits)
    shelf.faults = {"POST .*/commit/": [lambda: None, lambda: None, "500"]}
    with pytest.raises(NetworkError):
        push_zoo("me/big", registry=registry)
    assert len(repo.commits) == commits + 2
    assert keep_shelf(elsewhere, HubClient(), BIG).models == 4
    verdicts = pull_from_hub(shelf_models(HubClient(), BIG, "*"), registry=elsewhere)
    assert statuses(verdicts) == ["imported"] * 4
    uploaded = sum(asked.startswith("PUT /large") for asked in shelf.asked)
    push_zoo("me/big", registry=registry)
    assert keep_shelf(elsewhere, HubClient(), BIG).models == 8
    named = shelf_from_bytes(repo.files["shelf.json"], "here").files()
    assert {path for path in repo.files if "/" in path} == set(named)
    again = sum(asked.startswith("PUT /large") for asked in shelf.asked) - uploaded
    assert 0 < again < len(named)


@pytest.mark.usefixtures("small")
def test_somebody_elses_push_between_two_commits_is_not_overwritten(
    shelf: Hub, registry: Registry, models: list[Manifest]
) -> None:
    repo = shelf.repos["me/big"]
    registry.remove([models[0].id])
    for model in models[1:]:
        registry.put_fingerprint(model.id, FINGERPRINT_KEY, raw(7))
    shelf.faults = {"POST .*/preupload": [lambda: None, lambda: repo.edit({"shelf.json": b"{}"})]}
    with pytest.raises(BadRequest, match="somebody else pushed"):
        push_zoo("me/big", registry=registry)
    assert repo.files["shelf.json"] == b"{}"


@pytest.mark.usefixtures("small")
def test_an_index_that_was_interrupted_goes_on_with_the_parts_that_are_missing(
    shelf: Hub, elsewhere: Registry
) -> None:
    shelf.faults = {"GET .*/index/.*safetensors": [lambda: None, *["503"] * 9]}
    with pytest.raises(NetworkError):
        keep_shelf(elsewhere, HubClient(), BIG)
    assert not list((elsewhere.home / "shelves").glob("*"))
    before = {asked for asked in shelf.asked if asked.startswith("GET /me/big/resolve")}
    shelf.faults, start = {}, len(shelf.asked)
    keep_shelf(elsewhere, HubClient(), BIG)
    bodies = [asked for asked in shelf.asked[start:] if asked.startswith("GET /me/big/resolve")]
    assert len(set(bodies) - before) == len(bodies) - 1  # all but the one that failed were never asked for


def test_the_index_alone_is_searched_and_the_winners_are_pulled(
    shelf: Hub, elsewhere: Registry, models: list[Manifest]
) -> None:
    assert keep_shelf(elsewhere, HubClient(), BIG).models == 4
    assert not any("packs/" in asked for asked in shelf.asked if "/resolve/" in asked)
    assert elsewhere.list() == []
    (hit,) = search_shelves(elsewhere, "box", Filter(gain="fuzz"))
    assert (hit.repo, hit.model.id) == ("me/big", models[3].id)
    assert len(search_shelves(elsewhere, "ann's", Filter(arch="LSTM-4", licence="mit"))) == 4
    assert search_shelves(elsewhere, "", Filter(rate=48_000)) == []
    shelf.asked.clear()
    (verdict,) = pull_from_hub(shelf_models(HubClient(), BIG, "*fuzz"), registry=elsewhere)
    assert (verdict.status, verdict.id) == ("imported", models[3].id)
    there = elsewhere.get(models[3].id)
    assert there is not None
    assert there.names == ("Box fuzz",)
    assert str(there.origins[0].path).startswith("packs/all-")
    assert len([asked for asked in shelf.asked if "GET /me/big/resolve" in asked and "packs/" in asked]) == 1
    again = pull_from_hub(shelf_models(HubClient(), BIG, models[3].id[:8]), registry=elsewhere)
    assert statuses(again) == ["already there"]


def test_the_nearest_to_a_capture_come_first(
    shelf: Hub, elsewhere: Registry, models: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_shelf(elsewhere, HubClient(), BIG)
    rng = np.random.default_rng(1)
    signal = rng.standard_normal(44_100).astype(np.float32)
    capture = Capture(signal, signal, 44_100, "mine", (Take("mine", 0, signal.size),))
    target = space("paired").place(raw(2)["paired"])
    monkeypatch.setattr("zoo.hub.shelf_searching._point", lambda _: ("paired", target))
    found = search_shelves(elsewhere, "", Filter(), capture=capture)
    assert found[0].model.id == models[2].id
    assert found[0].distance == pytest.approx(0.0, abs=1e-4)
    distances = [one.distance for one in found]
    assert distances == sorted(distances, key=lambda d: d or 0.0)


def test_a_real_capture_has_a_point_by_both_sides_or_by_sound(shelf: Hub, elsewhere: Registry) -> None:
    keep_shelf(elsewhere, HubClient(), BIG)
    rng = np.random.default_rng(1)
    dry = (0.1 * rng.standard_normal(44_100 * 3)).astype(np.float32)
    wet = np.tanh(3 * dry)
    for side in (dry, None):
        capture = Capture(wet, side, 44_100, "mine", (Take("mine", 0, wet.size),))
        found = search_shelves(elsewhere, "", Filter(), capture=capture, repo="me/big")
        assert len(found) == 4
        assert all(one.distance is not None and np.isfinite(one.distance) for one in found)


def test_a_list_that_was_not_pulled_and_a_zoo_pulled_as_a_model_say_what_to_do(
    shelf: Hub, elsewhere: Registry
) -> None:
    with pytest.raises(BadRequest, match="zoo pull me/big --index-only"):
        search_shelves(elsewhere, "", Filter(), repo="me/big")
    (verdict,) = pull_from_hub(at("me/big"), registry=elsewhere)
    assert "holds a whole zoo; add --index-only" in str(verdict.reason)
    with pytest.raises(BadRequest, match="nothing in me/big is called plexi"):
        shelf_models(HubClient(), BIG, "plexi")


def record(data: bytes) -> dict[str, object]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def test_what_is_wrong_with_a_shelf_is_refused_and_the_old_one_stays(
    shelf: Hub, elsewhere: Registry, models: list[Manifest]
) -> None:
    keep_shelf(elsewhere, HubClient(), BIG)
    repo = shelf.repos["me/big"]
    good = repo.files
    said = json.loads(good["shelf.json"])
    (part,), (pack,) = shelf_from_bytes(good["shelf.json"], "here").parts, said["packs"]
    listed = json.loads(good[part.list_path])["models"]
    vectors = load(good[part.vectors_path])

    def saying(**changes: object) -> dict[str, bytes | None]:
        return {"shelf.json": json.dumps({**said, **changes}).encode()}

    def with_part(**changes: object) -> dict[str, bytes | None]:
        return saying(parts=[{**said["parts"][0], **changes}])

    def with_list(data: bytes) -> dict[str, bytes | None]:
        changed = record(data)
        return {**with_part(listed=changed), f"index/all-{str(changed['sha256'])[:16]}.json": data}

    def with_vectors(data: bytes) -> dict[str, bytes | None]:
        changed = record(data)
        return {**with_part(vectors=changed), f"index/all-{str(changed['sha256'])[:16]}.safetensors": data}

    def with_models(models: object) -> dict[str, bytes | None]:
        return with_list(json.dumps({"models": models}).encode())

    broken = {**vectors, "wet": vectors["wet"] * np.nan}
    huge = {"sha256": "0" * 64, "bytes": 1 << 39}
    cases: list[dict[str, bytes | None]] = [
        {"shelf.json": b"[" * 100_000},
        saying(key="another"),
        saying(models=5),
        saying(models=1 << 40),
        saying(parts=said["parts"] * 2),
        saying(packs=[{**pack, "digits": "../x"}]),
        saying(packs=[{**pack, "digits": "0"}, pack]),
        saying(packs=[{**pack, "file": huge}]),
        with_part(vectors=huge),
        with_part(listed=huge),
        with_part(digits="/etc"),
        with_part(digits="0", models=4),
        with_list(b"[" * 100_000),
        with_list(b"{}"),
        with_models(listed[::-1]),
        with_models(listed * 2),
        with_models(listed[:3]),
        {part.vectors_path: save({"paired": vectors["paired"]})},
        {part.list_path: b'{"models":[]}'},
        {part.list_path: None},
        with_vectors(save({"paired": vectors["paired"]})),
        with_vectors(save({**vectors, "wet": vectors["wet"][:3]})),
        with_vectors(save({name: array.astype(np.float64) for name, array in vectors.items()})),
        with_vectors(save(broken)),
        with_vectors(b"\x80\x04pickle."),
    ]
    for number, case in enumerate(cases):
        repo.edit(dict(good))
        repo.edit(case)
        with pytest.raises((BadRequest, WrongContent)):
            print(number, keep_shelf(elsewhere, HubClient(), BIG))
    assert len(search_shelves(elsewhere, "", Filter())) == 4


def test_what_is_wrong_with_a_pack_is_refused(
    shelf: Hub, elsewhere: Registry, models: list[Manifest]
) -> None:
    repo = shelf.repos["me/big"]
    good, one, two = repo.files, models[0].id, models[1].id
    said = json.loads(good["shelf.json"])
    pack = shelf_from_bytes(good["shelf.json"], "here").packs[0]
    rows = load(good[pack.path])
    zoo_json, weights = f"{one}/zoo.json", f"{one}/model.safetensors"
    lies = json.loads(rows[zoo_json].tobytes())
    lies["files"]["config.json"]["sha256"] = "0" * 64
    cases = [
        b"",
        b"\x80\x04pickle.",
        b"PK\x03\x04" + bytes(99),
        save({name: row for name, row in rows.items() if name != weights}),
        save({**rows, **{f"{one}/{name}": rows[f"{two}/{name}"] for name in PACKED}}),
        save({**rows, weights: rows[f"{two}/model.safetensors"]}),
        save({**rows, weights: rows[weights][:-1]}),
        save({**rows, weights: rows[weights].reshape(1, -1)}),
        save({**rows, weights: rows[weights].astype(np.float32)}),
        save({**rows, zoo_json: np.frombuffer(json.dumps(lies).encode(), np.uint8)}),
    ]
    for data in cases:
        changed = record(data)
        told = {**said, "packs": [{"digits": "", "file": changed}]}
        path = f"packs/all-{str(changed['sha256'])[:16]}.safetensors"
        repo.edit({path: data, "shelf.json": json.dumps(told).encode()})
        (verdict,) = pull_from_hub(shelf_models(HubClient(), BIG, one), registry=elsewhere)
        assert verdict.status == "refused", verdict
    repo.edit({**good, pack.path: good[pack.path][::-1]})
    (verdict,) = pull_from_hub(shelf_models(HubClient(), BIG, one), registry=elsewhere)
    assert "but its shelf.json says" in str(verdict.reason)
    assert elsewhere.list() == []


def test_an_index_on_this_machine_that_was_damaged_is_named(shelf: Hub, elsewhere: Registry) -> None:
    keep_shelf(elsewhere, HubClient(), BIG)
    (path,) = (elsewhere.home / "shelves").rglob("index/*.json")
    path.write_bytes(path.read_bytes().replace(b"Box", b"Fox"))
    with pytest.raises(WrongContent, match="is damaged; pull the index again"):
        search_shelves(elsewhere, "", Filter())


def test_nothing_to_push_is_said(hub: Hub, elsewhere: Registry, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="0 models would be pushed"):
        shelf_of(elsewhere, [], BIG, tmp_path, lambda _: None)
