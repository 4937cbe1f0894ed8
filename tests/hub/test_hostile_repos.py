"""What strangers may upload: all of it is refused with a sentence, and nothing of it is left anywhere.

Every case is counted in SECURITY.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hostile import abused_headers, paths_out, safetensors, sealed
from hub_server import Hub
from hub_words import at, statuses
from huggingface_hub import constants
from safetensors.numpy import load, save

from registry import Facts, Manifest, Registry
from registry.entering import Imported
from zoo.api import pull_from_hub, push_model
from zoo.errors import BadRequest
from zoo.hub.address import parse_address
from zoo.hub.client import HubClient
from zoo.hub.pulling import collection_models
from zoo.hub.pushing import Pushed
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


@pytest.fixture
def sound(hub: Hub, pushed: Pushed) -> dict[str, bytes]:
    """The files of a repository with nothing wrong."""
    return {path: data for path, data in hub.repos["me/plexi"].files.items() if path != ".gitattributes"}


def pulled(hub: Hub, registry: Registry, repos: Iterable[dict[str, bytes]]) -> list[Imported]:
    """What becomes of one pull of all these repositories."""
    names = []
    for number, files in enumerate(repos):
        names.append(f"evil/amp-{number}")
        hub.add(names[-1], files)
    return pull_from_hub(at(*names), registry=registry)


def all_refused(hub: Hub, registry: Registry, repos: Iterable[dict[str, bytes]]) -> list[str]:
    """The reasons, if everything was refused and nothing is left in the zoo."""
    verdicts = pulled(hub, registry, repos)
    assert statuses(verdicts) == ["refused"] * len(verdicts), verdicts
    assert registry.list() == []
    assert registry.store.ids() == []
    reasons = [verdict.reason or "" for verdict in verdicts]
    assert all(reason and "\n" not in reason and len(reason) < 500 for reason in reasons), reasons
    return reasons


def test_paths_in_a_manifest_stay_inside(hub: Hub, elsewhere: Registry, sound: dict[str, bytes]) -> None:
    files = json.loads(sound["zoo.json"])["files"]
    record = {"sha256": "0" * 64, "bytes": 1}
    repos = [sealed(sound, {}, files={**files, path: record}) for path in paths_out()]
    assert all("the manifest is damaged" in reason for reason in all_refused(hub, elsewhere, repos))


def test_only_three_files_are_ever_asked_for_whatever_the_others_are_called(
    hub: Hub, elsewhere: Registry, sound: dict[str, bytes], tmp_path: Path
) -> None:
    evil = {f"{path}": b"evil" for path in ("../../evil", "/etc/evil", "a/../../../evil", "config.json.pkl")}
    bombs = {"exports/bomb.zip": b"PK\x03\x04" + bytes(9), "samples/bomb.flac": b"fLaC" + b"\xff" * 99}
    assert statuses(pulled(hub, elsewhere, [{**sound, **evil, **bombs}])) == ["imported"]
    fetched = {
        match[1] for asked in hub.asked if (match := re.match(r"GET /evil/.*/resolve/\w+/(.*)", asked))
    }
    assert fetched == {"zoo.json", "config.json", "model.safetensors"}
    assert not list(tmp_path.rglob("*evil*.pkl"))


def test_links_that_lead_out_of_the_cache_are_refused(
    hub: Hub, elsewhere: Registry, sound: dict[str, bytes], tmp_path: Path
) -> None:
    pull_from_hub(at("me/plexi"), registry=elsewhere)
    secret = tmp_path / "secret"
    secret.write_bytes(sound["config.json"])
    (link,) = Path(constants.HF_HUB_CACHE).rglob("snapshots/*/config.json")
    link.unlink()
    link.symlink_to(secret)
    with Registry(tmp_path / "third") as third:
        (verdict,) = pull_from_hub(at("me/plexi"), registry=third, offline=True)
        assert verdict.status == "refused"
        assert "leads out of the cache" in str(verdict.reason)
        assert third.list() == []


def test_bombs_of_json_are_not_parsed(hub: Hub, elsewhere: Registry, sound: dict[str, bytes]) -> None:
    bombs = [
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"1" * 500_000,
        b'{"schema_version": 1' + b"0" * 100_000 + b"}",
        b'"' + b"\\u0000" * 100_000 + b'"',
        b" " * (1 << 21),
        b"{" + b",".join(b'"%d":0' % n for n in range(60_000)) + b"}",
        b"\xff\xfe" * 1000,
        b"",
        b"null",
        b"NaN",
    ]
    all_refused(hub, elsewhere, [*({**sound, "zoo.json": bomb} for bomb in bombs)])
    all_refused(hub, elsewhere, [*(sealed(sound, {"config.json": bomb}) for bomb in bombs)])


def test_safetensors_headers_cannot_be_abused(hub: Hub, elsewhere: Registry, sound: dict[str, bytes]) -> None:
    abused = abused_headers(sound["model.safetensors"])
    all_refused(hub, elsewhere, [sealed(sound, {"model.safetensors": data}) for data in abused.values()])


def test_tensors_are_no_larger_than_the_architecture_allows(
    hub: Hub, elsewhere: Registry, sound: dict[str, bytes]
) -> None:
    tensors = load(sound["model.safetensors"])
    repos = [
        sealed(sound, {"model.safetensors": save({**tensors, "extra": np.zeros(400_000, np.float32)})}),
        sealed(sound, {"model.safetensors": safetensors({}, bytes(2 << 20))}),
    ]
    for hidden in (1 << 40, 1 << 20, 0, -4, 4.5, "4", None):
        config = json.loads(sound["config.json"])
        config["architecture"]["hidden_size"] = hidden
        repos.append(sealed(sound, {"config.json": json.dumps(config).encode()}))
    for rate in (0, -1, 1 << 40, 7999, "44100", 44100.5):
        config = {**json.loads(sound["config.json"]), "sample_rate": rate}
        repos.append(sealed(sound, {"config.json": json.dumps(config).encode()}))
    all_refused(hub, elsewhere, repos)


def test_weights_and_facts_are_finite(hub: Hub, elsewhere: Registry, sound: dict[str, bytes]) -> None:
    repos = []
    for value in (np.nan, np.inf, -np.inf):
        tensors = load(sound["model.safetensors"])
        next(iter(tensors.values())).flat[0] = value
        repos.append(sealed(sound, {"model.safetensors": save(tensors)}))
    for word in (b"NaN", b"Infinity", b"-Infinity", b"1e999"):
        for path, field in (("config.json", b'"input_gain_db": 0.0'), ("zoo.json", b'"input_gain_db": 0.0')):
            assert field in sound[path]
            data = sound[path].replace(field, b'"input_gain_db": ' + word)
            repos.append({**sound, path: data} if path == "zoo.json" else sealed(sound, {path: data}))
    all_refused(hub, elsewhere, repos)


def test_hashes_and_sizes_that_lie_are_caught(hub: Hub, elsewhere: Registry, sound: dict[str, bytes]) -> None:
    repos = []
    for path in ("config.json", "model.safetensors"):
        for lie in (
            {"sha256": "0" * 64},
            {"bytes": 1},
            {"bytes": 1 << 40},
            {"bytes": -1},
            {"bytes": 0},
            {"sha256": "x"},
        ):
            files = json.loads(sound["zoo.json"])["files"]
            files[path] |= lie
            repos.append(sealed(sound, {}, files=files))
        without = {
            name: record for name, record in json.loads(sound["zoo.json"])["files"].items() if name != path
        }
        repos.append(sealed(sound, {}, files=without))
        repos.append({name: data for name, data in sound.items() if name != path})
    repos.append(sealed(sound, {}, id="f" * 64))
    repos.append(sealed(sound, {}, schema_version=2))
    repos.append(sealed(sound, {}, surprise=True))
    all_refused(hub, elsewhere, repos)


def test_a_model_cannot_pass_for_another(
    hub: Hub, registry: Registry, elsewhere: Registry, lstm: Lstm, sound: dict[str, bytes]
) -> None:
    other = registry.add(lstm(8, name="Other"), facts=Facts(licence="MIT"))[0]
    push_model(other.id, "me/other", registry=registry)
    theirs = hub.repos["me/other"].files
    swapped = sealed(sound, {"model.safetensors": theirs["model.safetensors"]})
    (reason,) = all_refused(hub, elsewhere, [swapped])
    assert "holds another model than its zoo.json says" in reason


def test_a_parent_cycle_is_not_let_in(
    hub: Hub, registry: Registry, elsewhere: Registry, lstm: Lstm, light: None
) -> None:
    one, two, three = (
        registry.add(lstm(n, name=f"Model {n}"), facts=Facts(licence="MIT"))[0] for n in (11, 12, 13)
    )
    for model, parent in ((one, two), (two, three), (three, one)):
        push_model(model.id, f"me/m{model.name[-2:]}", registry=registry)
        repo = hub.repos[f"me/m{model.name[-2:]}"]
        repo.edit({"zoo.json": sealed(repo.files, {}, parent=parent.id)["zoo.json"]})
    for name in ("me/m11", "me/m12", "me/m13"):
        (verdict,) = pull_from_hub(at(name), registry=elsewhere)
        assert verdict.status == "imported"
    assert "descends from it; the parent stays unknown" in verdict.findings[0]
    assert elsewhere.verify() == ()
    last = elsewhere.get(three.id)
    assert last is not None
    assert last.parent is None


def test_names_of_repositories_lead_nowhere_else(hub: Hub) -> None:
    for name in (
        "a/../b", "../a/b", "a/b/../../c", "http://evil/x", "//evil/x", "a/b?x=1", "a/b#x", "a%2f..%2fb/c",
        "a/b@..", "a/b@../../x", "a/b@", "a/b@x y", "a/b\n", "a/b\x1b[2J", "a/ b", "", "/", "a/", "/b",
        "a@b/c",
        "a/" + "b" * 200, "a/b@" + "c" * 300, "a\\b/c", "127.0.0.1:80/x", "a/b.git", "-a/b", "a/.b",
    ):  # fmt: skip
        with pytest.raises(BadRequest):
            parse_address(name)
        if "@" not in name:
            with pytest.raises(BadRequest):
                collection_models(HubClient(), name)
    assert hub.asked == []


def test_a_collection_that_names_other_places_is_refused(hub: Hub) -> None:
    for number, name in enumerate(("../../etc", "http://evil/x", "a/b/../c", "a")):
        hub.collections[f"evil/c-{number}"] = [name]
        with pytest.raises(BadRequest, match="is no repository of the Hub"):
            collection_models(HubClient(), f"evil/c-{number}")


def test_quality_that_is_claimed_is_not_believed(
    hub: Hub, elsewhere: Registry, sound: dict[str, bytes], model: Manifest
) -> None:
    claim = {"measured_by": "me", "peak_db": -3.0, "silence_db": -200.0, "dc": 0.0}
    assert statuses(pulled(hub, elsewhere, [sealed(sound, {}, quality=claim)])) == ["imported"]
    there = elsewhere.get(model.id)
    assert there is not None
    assert there.quality is not None
    assert there.quality.measured_by != "me"
