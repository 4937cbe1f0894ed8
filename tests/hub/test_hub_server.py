"""The test's Hub is one: the real client creates, commits, downloads, lists; and the server is strict."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hub_client import point_client_at
from hub_server import Hub
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, RepositoryNotFoundError

CARD = b"---\nlibrary_name: tonezoo\ntags:\n- guitar-amp\nlicense: mit\n---\nhello\n"


def adding(**files: bytes) -> list[CommitOperationAdd]:
    return [CommitOperationAdd(path.replace("__", "."), data) for path, data in files.items()]


def test_the_client_creates_commits_and_downloads_what_it_uploaded(hub: Hub) -> None:
    api = HfApi()
    assert api.whoami()["name"] == "me"
    api.create_repo("me/amp", private=True)
    api.create_repo("me/amp", exist_ok=True)
    weights = b"\1" * 5000
    made = api.create_commit(
        "me/amp", adding(README__md=CARD, model__safetensors=weights), commit_message="1"
    )
    assert hub.repos["me/amp"].head == made.oid
    assert list(hub.large) == [hashlib.sha256(weights).hexdigest()]
    folder = Path(api.snapshot_download("me/amp"))
    assert folder.name == made.oid
    assert (folder / "model.safetensors").read_bytes() == weights
    api.create_tag("me/amp", tag="v1")
    assert api.model_info("me/amp", revision="v1").sha == made.oid


def test_a_commit_on_a_stale_parent_is_refused(hub: Hub) -> None:
    api, repo = HfApi(), hub.add("me/amp")
    stale = repo.head
    repo.edit({"notes.txt": b"somebody else's"})
    with pytest.raises(HfHubHTTPError, match="412"):
        api.create_commit("me/amp", adding(a=b"1"), commit_message="2", parent_commit=stale)
    assert "a" not in repo.files


def test_lists_come_in_pages_and_filters_are_and(hub: Hub) -> None:
    for number in range(5):
        hub.add(f"me/amp-{number}", {"README.md": CARD})
    hub.add("you/other", {"README.md": b"no card"})
    found = HfApi().list_models(filter=["tonezoo", "guitar-amp"], search="AMP")
    assert [model.id for model in found] == [f"me/amp-{number}" for number in range(5)]
    assert len([asked for asked in hub.asked if asked == "GET /api/models"]) == 3


def test_a_cut_body_is_resumed_and_a_flipped_byte_passes_the_client(hub: Hub) -> None:
    repo = hub.add("me/amp", {"a.json": b"a" * 9999, "b.json": b"b" * 99})
    hub.faults = {"GET .*/a.json": ["cut"], "GET .*/b.json": ["flip"]}
    api = HfApi()
    assert Path(api.hf_hub_download("me/amp", "a.json")).read_bytes() == repo.files["a.json"]
    assert Path(api.hf_hub_download("me/amp", "b.json")).read_bytes() != repo.files["b.json"]


def test_what_is_not_there_is_said_in_the_hubs_own_words(hub: Hub) -> None:
    hub.add("me/amp")
    with pytest.raises(EntryNotFoundError):
        HfApi().hf_hub_download("me/amp", "zoo.json")
    with pytest.raises(RepositoryNotFoundError):
        HfApi().model_info("me/none")


def test_the_server_complains_of_what_no_sound_client_does(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("me/amp")
    with pytest.raises(HfHubHTTPError):
        HfApi().create_commit("me/amp", [CommitOperationDelete("none")], commit_message="3")
    assert hub.complaints == ["none is deleted, but is not there"]
    hub.complaints.clear()
    point_client_at(hub.url, tmp_path / "hf", monkeypatch, token=None)
    with pytest.raises(HfHubHTTPError, match="401"):
        HfApi().create_commit("me/amp", adding(a=b"1"), commit_message="4")
