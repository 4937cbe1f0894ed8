"""Whole zoos: many models in one repository, searched by its list and vectors alone, pulled one by one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

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
from zoo.errors import BadRequest, WrongContent, ZooError
from zoo.hub.address import parse_address
from zoo.hub.client import HubClient
from zoo.hub.shelves import keep_shelf, search_shelves, shelf_models
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
    listed = json.loads(repo.files["shelf.json"])
    assert [model["id"] for model in listed["models"]] == sorted(model.id for model in models)
    assert listed["vectors"]["sha256"] == hashlib.sha256(repo.files["vectors.safetensors"]).hexdigest()
    for model in listed["models"]:
        manifest = repo.files[f"models/{model['id']}/zoo.json"]
        assert hashlib.sha256(manifest).hexdigest() == model["manifest"]
    assert {n: a.shape for n, a in load(repo.files["vectors.safetensors"]).items()} == {
        "paired": (4, space("paired").size), "wet": (4, space("wet").size),
    }  # fmt: skip


def test_pushing_the_same_zoo_again_changes_nothing_and_models_that_went_go(
    shelf: Hub, registry: Registry, models: list[Manifest]
) -> None:
    repo = shelf.repos["me/big"]
    assert not push_zoo("me/big", registry=registry).new
    registry.remove([models[0].id])
    pushed = push_zoo("me/big", registry=registry)
    assert {path.split("/")[1] for path in pushed.deleted} == {models[0].id}
    assert not any(models[0].id in path for path in repo.files)


def test_the_index_alone_is_searched_and_the_winners_are_pulled(
    shelf: Hub, elsewhere: Registry, models: list[Manifest]
) -> None:
    assert len(keep_shelf(elsewhere, HubClient(), BIG).models) == 4
    assert not any("models/" in asked for asked in shelf.asked if "/resolve/" in asked)
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
    assert there.origins[0].path == f"models/{models[3].id}/model.safetensors"
    assert len({asked for asked in shelf.asked if "GET /me/big/resolve" in asked and "models/" in asked}) == 3
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
    monkeypatch.setattr("zoo.hub.shelves._point", lambda _: ("paired", target))
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


def test_what_is_wrong_with_a_shelf_is_refused_and_the_old_one_stays(
    shelf: Hub, elsewhere: Registry, models: list[Manifest]
) -> None:
    keep_shelf(elsewhere, HubClient(), BIG)
    repo = shelf.repos["me/big"]
    good = {name: repo.files[name] for name in ("shelf.json", "vectors.safetensors")}
    listed = json.loads(good["shelf.json"])
    vectors = load(good["vectors.safetensors"])

    def with_vectors(data: bytes) -> dict[str, bytes | None]:
        record = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        return {"shelf.json": json.dumps({**listed, "vectors": record}).encode(), "vectors.safetensors": data}

    broken = {**vectors, "wet": vectors["wet"] * np.nan}
    cases: list[dict[str, bytes | None]] = [
        {"shelf.json": b"[" * 100_000},
        {"shelf.json": json.dumps({**listed, "models": listed["models"][::-1]}).encode()},
        {"shelf.json": json.dumps({**listed, "models": listed["models"] * 2}).encode()},
        {"shelf.json": json.dumps({**listed, "key": "another"}).encode()},
        {"shelf.json": json.dumps({**listed, "vectors": {"sha256": "0" * 64, "bytes": 1 << 39}}).encode()},
        {"vectors.safetensors": save({"paired": vectors["paired"]})},
        with_vectors(save({"paired": vectors["paired"]})),
        with_vectors(save({**vectors, "wet": vectors["wet"][:3]})),
        with_vectors(save({name: array.astype(np.float64) for name, array in vectors.items()})),
        with_vectors(save(broken)),
        with_vectors(b"\x80\x04pickle."),
    ]
    for case in cases:
        repo.edit(dict(good))
        repo.edit(case)
        with pytest.raises((BadRequest, WrongContent)):
            keep_shelf(elsewhere, HubClient(), BIG)
    assert len(search_shelves(elsewhere, "", Filter())) == 4


def test_a_model_on_a_shelf_must_be_the_one_that_the_list_promises(
    shelf: Hub, elsewhere: Registry, models: list[Manifest]
) -> None:
    repo = shelf.repos["me/big"]
    one, two = (f"models/{model.id}" for model in models[:2])
    repo.edit(
        {
            f"{one}/{name}": repo.files[f"{two}/{name}"]
            for name in ("zoo.json", "config.json", "model.safetensors")
        }
    )
    (verdict,) = pull_from_hub(shelf_models(HubClient(), BIG, models[0].id), registry=elsewhere)
    assert verdict.status == "refused"
    assert "not the one that was promised" in str(verdict.reason)


def test_nothing_to_push_is_said(hub: Hub, elsewhere: Registry) -> None:
    with pytest.raises(ZooError, match="0 models would be pushed"):
        shelf_of(elsewhere, [], BIG, lambda _: None)
