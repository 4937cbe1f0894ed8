"""Pulling: proved by every hash, examined at the gate, noted in a lockfile, offline and after faults."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import odd_models
import pytest
from hub_server import Hub
from hub_words import at, statuses

from registry import Facts, Manifest, Registry
from registry.manifest import Place, TrainingRecord, manifest_from_bytes
from zoo.api import pull_from_hub, push_model
from zoo.errors import BadRequest
from zoo.hub.address import parse_address
from zoo.hub.client import HubClient
from zoo.hub.lockfile import read_lockfile
from zoo.hub.pulling import collection_models, locked_models
from zoo.hub.pushing import Pushed
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


def test_a_model_comes_back_elsewhere_with_its_lineage(
    hub: Hub, registry: Registry, elsewhere: Registry, model: Manifest, lstm: Lstm, light: None
) -> None:
    record = TrainingRecord(
        data_seconds=38.5, seed=7, epochs=120, test_esr=0.0138, losses=((0, 1.0), (2, 0.5))
    )
    facts = Facts(licence="MIT", parent=model.id, training=record)
    child = registry.add(lstm(4, name="Child"), facts=facts)[0]
    parent = push_model(model.id, "me/plexi", registry=registry)
    pushed = push_model(child.id, "me/child", registry=registry)
    (verdict,) = pull_from_hub(at("me/child"), registry=elsewhere)
    assert (verdict.status, verdict.id) == ("imported", child.id)
    there = elsewhere.find("Child")
    assert (there.parent, there.training, there.licence) == (model.id, record, "MIT")
    assert [(o.repository, o.commit) for o in there.origins] == [("hf.co/me/child", pushed.commit)]
    assert there.parent_at == Place(repository="hf.co/me/plexi", commit=parent.commit)
    push_model(child.id, "you/child", registry=elsewhere)  # where the parent is not, its place is still known
    card = hub.repos["you/child"].card(hub.repos["you/child"].head)
    assert card["base_model"] == "me/plexi"
    assert elsewhere.load(child.id) == registry.load(child.id)
    assert there.quality is not None
    assert elsewhere.verify() == ()


def test_pulling_again_fetches_no_weights(hub: Hub, elsewhere: Registry, pushed: Pushed) -> None:
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]
    hub.asked.clear()
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["already there"]
    assert not any("model.safetensors" in asked for asked in hub.asked)


def test_a_revision_is_a_branch_a_tag_or_a_commit(
    hub: Hub, registry: Registry, elsewhere: Registry, lstm: Lstm, pushed: Pushed
) -> None:
    HubClient().api.create_tag("me/plexi", tag="v1")
    other = registry.add(lstm(8, name="Second"), facts=Facts(licence="MIT"))[0]
    push_model(other.id, "me/plexi", registry=registry)
    first, second = pull_from_hub(at("me/plexi@v1", "me/plexi"), registry=elsewhere)
    assert (first.name, second.name) == ("Plexi", "Second")
    (again,) = pull_from_hub(at(f"me/plexi@{pushed.commit}"), registry=elsewhere)
    assert (again.name, again.status) == ("Plexi", "already there")
    (none,) = pull_from_hub(at("me/plexi@v9"), registry=elsewhere)
    assert (none.status, none.reason) == (
        "refused", "no such revision; a branch, tag or commit is expected",
    )  # fmt: skip


@pytest.mark.parametrize("path", ["zoo.json", "config.json", "model.safetensors"])
def test_a_byte_flipped_on_the_way_is_fetched_again_or_refused_and_never_kept(
    hub: Hub, elsewhere: Registry, pushed: Pushed, path: str
) -> None:
    hub.faults = {f"GET .*/{path}": ["flip"] * 4}
    (verdict,) = pull_from_hub(at("me/plexi"), registry=elsewhere)
    assert verdict.status == "refused"
    assert elsewhere.list() == []
    hub.faults = {f"GET .*/{path}": ["flip"]}
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]


def test_a_dozen_faults_on_the_way_change_nothing_in_the_end(
    hub: Hub, elsewhere: Registry, pushed: Pushed
) -> None:
    hub.faults = {
        "GET /api/models/me/plexi": ["503", "429", "hang up"],
        "POST .*/paths-info": ["500", "hang up"],
        "HEAD .*/zoo.json": ["503", "hang up"],
        "GET .*/model.safetensors": ["503", "cut", "cut"],
        "GET .*/config.json": ["hang up", "cut"],
    }
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]
    assert not any(hub.faults.values())
    assert elsewhere.verify() == ()


def test_what_cannot_be_had_is_not_fetched_and_stops_no_other(
    hub: Hub, elsewhere: Registry, pushed: Pushed
) -> None:
    hub.add("you/empty")
    hub.faults = {"GET /api/models/you/down": ["503"] * 9}
    verdicts = pull_from_hub(at("you/empty", "you/none", "you/down", "me/plexi"), registry=elsewhere)
    assert statuses(verdicts) == ["refused", "refused", "not fetched", "imported"]
    assert "is not there, so this is no repository of `zoo push`" in str(verdicts[0].reason)
    assert "no such repository" in str(verdicts[1].reason)
    assert "it answers 503" in str(verdicts[2].reason)


def test_the_gate_stands_before_the_hub_too(
    hub: Hub, registry: Registry, elsewhere: Registry, light: None
) -> None:
    odd = registry.add(odd_models.oscillator(), facts=Facts(licence="MIT", name="Siren"))[0]
    push_model(odd.id, "me/siren", registry=registry)
    (verdict,) = pull_from_hub(at("me/siren"), registry=elsewhere)
    assert verdict.status == "refused"
    assert elsewhere.list() == []


def test_offline_takes_what_is_cached_and_says_what_is_not(
    hub: Hub, elsewhere: Registry, pushed: Pushed, tmp_path: Path
) -> None:
    pull_from_hub(at("me/plexi"), registry=elsewhere)
    hub.asked.clear()
    with Registry(tmp_path / "third") as third:
        one, two = pull_from_hub(at("me/plexi", "you/other"), registry=third, offline=True)
        (pinned,) = pull_from_hub(at(f"me/plexi@{pushed.commit}"), registry=third, offline=True)
    assert (one.status, pinned.status, two.status) == ("imported", "already there", "not fetched")
    assert "not in the cache, and the Hub may not be asked" in str(two.reason)
    assert hub.asked == []


def test_hf_hub_offline_is_honoured(
    hub: Hub, elsewhere: Registry, pushed: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    hub.asked.clear()
    assert statuses(pull_from_hub(at("you/new"), registry=elsewhere)) == ["not fetched"]
    assert hub.asked == []


def test_a_lockfile_gives_the_same_models_elsewhere_whatever_was_pushed_since(
    hub: Hub, registry: Registry, elsewhere: Registry, lstm: Lstm, pushed: Pushed, tmp_path: Path
) -> None:
    lock = tmp_path / "zoo.lock"
    pull_from_hub(at("me/plexi"), registry=elsewhere, lock=lock)
    (line,) = read_lockfile(lock).models
    manifest = hub.repos["me/plexi"].files["zoo.json"]
    assert (line.repo, line.commit) == ("me/plexi", pushed.commit)
    assert line.manifest == hashlib.sha256(manifest).hexdigest()
    first = lock.read_bytes()
    other = registry.add(lstm(8, name="Second"), facts=Facts(licence="MIT"))[0]
    push_model(other.id, "me/plexi", registry=registry)
    with Registry(tmp_path / "third") as third:
        (verdict,) = pull_from_hub(locked_models(lock), registry=third, lock=lock)
        assert (verdict.status, verdict.name) == ("imported", "Plexi")
    assert lock.read_bytes() == first


def test_a_repository_whose_history_was_rewritten_does_not_pass_the_lockfile(
    hub: Hub, registry: Registry, elsewhere: Registry, lstm: Lstm, pushed: Pushed, tmp_path: Path
) -> None:
    lock = tmp_path / "zoo.lock"
    pull_from_hub(at("me/plexi"), registry=elsewhere, lock=lock)
    other = registry.add(lstm(8, name="Second"), facts=Facts(licence="MIT"))[0]
    push_model(other.id, "me/plexi", registry=registry)
    repo = hub.repos["me/plexi"]
    repo.commits[pushed.commit] = repo.commits[repo.head]
    HubClient().forget(parse_address(f"me/plexi@{pushed.commit}"), "zoo.json")
    with Registry(tmp_path / "third") as third:
        (verdict,) = pull_from_hub(locked_models(lock), registry=third)
        assert verdict.status == "refused"
        assert "not the one that was promised" in str(verdict.reason)
        assert third.list() == []


def test_a_damaged_lockfile_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "zoo.lock"
    with pytest.raises(BadRequest, match="--lock` writes one"):
        locked_models(lock)
    for content in ("", "[]", '{"version":2}', '{"models":[{"repo":"../x"}]}'):
        lock.write_text(content, encoding="utf-8")
        with pytest.raises(BadRequest, match="is damaged at"):
            locked_models(lock)


def test_a_collection_of_the_hub_brings_all_its_models(
    hub: Hub, registry: Registry, elsewhere: Registry, lstm: Lstm, pushed: Pushed
) -> None:
    other = registry.add(lstm(8, name="Second"), facts=Facts(licence="MIT"))[0]
    push_model(other.id, "me/second", registry=registry)
    hub.collections["me/amps-0123456789"] = ["me/second", "me/plexi"]
    found = collection_models(HubClient(), "me/amps-0123456789")
    verdicts = pull_from_hub(found, registry=elsewhere)
    assert [verdict.name for verdict in verdicts] == ["Second", "Plexi"]
    with pytest.raises(BadRequest, match="no such thing on the Hub"):
        collection_models(HubClient(), "me/none")


def test_what_a_stranger_says_of_hashes_and_users_is_not_ours(
    hub: Hub, elsewhere: Registry, pushed: Pushed
) -> None:
    repo = hub.repos["me/plexi"]
    claims = json.loads(repo.files["zoo.json"])
    claims["origins"] = [{"file": "TS9.json", "sha256": "a" * 64, "format": "proteus"}]
    claims["facts_from"] = {"licence": "user", "name": "user"}
    repo.edit({"zoo.json": json.dumps(claims).encode()})
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]
    (there,) = elsewhere.list()
    assert "a" * 64 not in there.to_bytes().decode()
    assert "user" not in there.facts_from.values()
    assert manifest_from_bytes(there.to_bytes()) == there
