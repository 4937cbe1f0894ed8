"""``zoo push``, ``pull`` and ``search`` of the Hub: what is printed, exit codes, zoo.lock, hostile names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile import sealed
from hub_server import Hub

from recommender.fingerprint import FINGERPRINT_KEY
from recommender.space import space
from registry import Facts, Registry
from zoo.hub.attachments import Samples
from zoo.snapshot import Snapshot

Zoo = Callable[..., Any]
Lstm = Callable[..., Snapshot]


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("zoo.api.home.STARTER", Path("/nonexistent"))
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("registry.courtesy.FIRST_WAIT_S", 0.0)
    monkeypatch.setattr("zoo.gate.hearing.hear", lambda _: None)
    monkeypatch.setattr("zoo.api.home.update_fingerprints", lambda *_, **__: None)
    monkeypatch.setattr("zoo.api.sharing.update_fingerprints", lambda *_, **__: None)
    monkeypatch.setattr("zoo.api.home.open_index", lambda _: None)
    for name in ("exports_of", "audio_files", "pictures"):
        monkeypatch.setattr(f"zoo.hub.bundle.{name}", lambda *_: {})
    silence = np.zeros(1, np.float32)
    monkeypatch.setattr("zoo.hub.bundle.samples_of", lambda *_: Samples(silence, None, silence))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def plexi(zoo_home: Path, lstm: Lstm) -> str:
    """The id of a model in the zoo."""
    with Registry(zoo_home) as registry:
        model, _ = registry.add(lstm(3, name="Plexi"), facts=Facts(licence="MIT", gain_class="crunch"))
    return model.id


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """From now on, it is somebody else's zoo."""
    return lambda: monkeypatch.setenv("ZOO_HOME", str(tmp_path / "elsewhere"))


def test_a_dry_run_lists_every_file_and_asks_nobody(hub: Hub, run_zoo: Zoo, plexi: str) -> None:
    outcome = run_zoo("push", "Plexi", "--repo", "me/plexi", "--dry-run")
    assert outcome.code == 0
    names = [line.split("\t")[0] for line in outcome.out.splitlines()]
    assert names == ["file", "README.md", "config.json", "model.safetensors", "zoo.json"]
    assert hub.asked == []


def test_a_push_prints_where_it_is_and_a_second_says_that_it_is_there(
    hub: Hub, run_zoo: Zoo, plexi: str
) -> None:
    first = run_zoo("push", "Plexi", "--repo", "me/plexi", "--private")
    assert (first.code, first.out) == (0, f"me/plexi@{hub.repos['me/plexi'].head}\n")
    assert hub.repos["me/plexi"].private
    second = run_zoo("push", "Plexi", "--repo", "me/plexi")
    assert second.out == first.out
    assert "nothing was uploaded" in second.err
    told = json.loads(run_zoo("push", "Plexi", "--repo", "me/plexi", "--json").out)
    assert (told["repo"], told["new"]) == ("me/plexi", False)


def test_what_is_pushed_is_pulled_locked_and_had_again(
    hub: Hub, run_zoo: Zoo, plexi: str, elsewhere: Callable[[], None]
) -> None:
    run_zoo("push", "Plexi", "--repo", "me/plexi")
    elsewhere()
    outcome = run_zoo("pull", "me/plexi", "--lock")
    assert (outcome.code, outcome.out) == (0, "imported 1\n")
    (line,) = json.loads(Path("zoo.lock").read_text(encoding="utf-8"))["models"]
    assert (line["repo"], line["id"]) == ("me/plexi", plexi)
    for command in (
        ("pull", "--locked"),
        ("pull", "me/plexi", "--locked"),
        ("pull", "me/plexi", "--offline"),
    ):
        outcome = run_zoo(*command)
        assert (outcome.code, outcome.out) == (0, "1 already there\n"), outcome.err
    assert run_zoo("pull", "you/other", "--locked").code == 2


def test_a_collection_of_the_hub_is_pulled_by_its_name(
    hub: Hub, run_zoo: Zoo, plexi: str, elsewhere: Callable[[], None]
) -> None:
    run_zoo("push", "Plexi", "--repo", "me/plexi")
    hub.collections["me/amps-0123456789"] = ["me/plexi", "me/none"]
    elsewhere()
    outcome = run_zoo("pull", "--collection", "me/amps-0123456789")
    assert (outcome.code, outcome.out) == (2, "imported 1, 1 refused\n")
    assert "me/none: no such repository, or it is private and not yours" in outcome.err


def test_a_whole_zoo_is_pushed_searched_by_its_index_and_pulled_by_name(
    hub: Hub, run_zoo: Zoo, plexi: str, zoo_home: Path, elsewhere: Callable[[], None]
) -> None:
    arrays = {kind: space(kind).mean[None].astype(np.float32) for kind in ("paired", "wet")}
    with Registry(zoo_home) as registry:
        registry.put_fingerprint(plexi, FINGERPRINT_KEY, arrays)
    listed = run_zoo("push", "--all", "--repo", "me/all", "--dry-run").out
    names = [line.split("\t")[0].split("-")[0] for line in listed.splitlines()[1:]]
    assert names == ["README.md", "index/all", "index/all", "packs/all", "shelf.json"]
    assert hub.asked == []
    assert run_zoo("push", "--all", "--repo", "me/all").code == 0
    elsewhere()
    assert "holds a whole zoo; add --index-only" in run_zoo("pull", "me/all").err
    outcome = run_zoo("pull", "me/all", "--index-only")
    assert outcome.out == "1 models of me/all can be searched: zoo search --in me/all\n"
    (found,) = json.loads(run_zoo("search", "plexi", "--in", "me/all", "--json").out)
    assert (found["id"], found["repo"]) == (plexi, "me/all")
    assert run_zoo("pull", "me/all", "--only", "Plex*").out == "imported 1\n"


def test_exit_codes_tell_refusal_from_absence(hub: Hub, run_zoo: Zoo) -> None:
    hub.add("evil/empty")
    assert run_zoo("pull", "evil/empty").code == 2
    assert run_zoo("pull", "evil/none@main").code == 2
    hub.faults = {".*": ["503"] * 99}
    assert run_zoo("pull", "me/plexi").code == 3
    assert run_zoo("pull", "me/plexi", "--offline").code == 3


@pytest.mark.parametrize(
    "command",
    [
        ["pull"],
        ["pull", "me/plexi", "--gain", "clean"],
        ["pull", "guitarml-tone-library", "--lock"],
        ["pull", "me/plexi", "--collection", "me/amps"],
        ["pull", "--locked"],
        ["push", "Plexi", "--repo", "plexi"],
    ],
)
def test_what_contradicts_itself_is_exit_code_2(
    hub: Hub, run_zoo: Zoo, plexi: str, command: list[str]
) -> None:
    outcome = run_zoo(*command)
    assert outcome.code == 2
    assert "error: " in outcome.err


def test_a_search_finds_on_the_hub_and_offline_in_the_zoo(
    hub: Hub, run_zoo: Zoo, plexi: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_zoo("push", "Plexi", "--repo", "me/plexi-1968")
    (one,) = json.loads(run_zoo("search", "plexi crunch", "--hub", "--json").out)
    assert one["repo"] == "me/plexi-1968"
    run_zoo("push", "Plexi", "--repo", "me/plexi-1969")
    outcome = run_zoo("search", "none", "--hub", "--look-at", "1")
    assert "only the first 1 models of the Hub were looked at" in outcome.err
    outcome = run_zoo("search", "plexi", "--hub", "--limit", "1")
    assert "there may be more than these 1; --limit shows more" in outcome.err
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    outcome = run_zoo("search", "plexi crunch", "--hub")
    assert "offline: the zoo on this machine is searched" in outcome.err
    assert outcome.out.splitlines()[1].split("\t")[1] == "Plexi"


def test_names_cannot_steer_the_terminal(
    hub: Hub, run_zoo: Zoo, plexi: str, elsewhere: Callable[[], None]
) -> None:
    run_zoo("push", "Plexi", "--repo", "me/plexi")
    sound = hub.repos["me/plexi"].files
    elsewhere()
    names = (
        "\x1b[2J\x1b[31mred",
        "\x9b31m",
        "a\rb",
        "\u202eback",
        "bell\x07",
        "\x1b]0;title\x07",
        "a\nerror: b",
    )
    for number, name in enumerate(names):
        config = json.loads(sound["config.json"])
        config["metadata"]["name"] = name
        hub.add(f"evil/n-{number}", sealed(sound, {"config.json": json.dumps(config).encode()}, name=name))
        asked = (
            ["pull", f"evil/n-{number}"],
            ["list"],
            ["search", ""],
            ["search", "", "--hub"],
            ["show", plexi],
        )
        for command in asked:
            outcome = run_zoo(*command)
            told = outcome.out + outcome.err
            assert all(c.isprintable() or c in "\n\t" for c in told), (name, command)
            assert "\nerror: b" not in told
