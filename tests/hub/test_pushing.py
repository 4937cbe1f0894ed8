"""Pushing: one commit that holds all, refuses to overwrite others, and leaves people's words alone."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import soundfile
from hub_server import Hub
from hub_words import at, statuses

from registry import Facts, Manifest, Registry
from registry.manifest import TrainingRecord, manifest_from_bytes
from zoo.api import pull_from_hub, push_model
from zoo.capture import Capture, Take
from zoo.engine import render
from zoo.errors import BadRequest, NetworkError, NotInZoo
from zoo.hub.pushing import Pushed
from zoo.snapshot import Snapshot

Lstm = Callable[..., Snapshot]


def test_a_push_is_one_commit_whose_manifest_vouches_for_every_file(
    hub: Hub, registry: Registry, model: Manifest
) -> None:
    remarks: list[str] = []
    pushed = push_model(model.id, "me/plexi", registry=registry, remark=remarks.append)
    repo = hub.repos["me/plexi"]
    assert pushed.commit == repo.head
    assert len(repo.commits) == 2  # the Hub's own, and ours
    manifest = manifest_from_bytes(repo.files["zoo.json"])
    assert manifest.id == model.id
    assert {*manifest.files, "README.md", "zoo.json"} == set(repo.files) - {".gitattributes"}
    for path, record in manifest.files.items():
        assert record.sha256 == hashlib.sha256(repo.files[path]).hexdigest(), path
    assert {"exports/aidax.json", "exports/rtneural.json", "exports/model.nam"} <= set(manifest.files)
    assert any("proteus" in remark for remark in remarks)  # it adds the dry input, which this model does not
    dry, rate = soundfile.read(io.BytesIO(repo.files["samples/dry.flac"]), dtype="float32")
    heard, _ = soundfile.read(io.BytesIO(repo.files["samples/prediction.flac"]), dtype="float32")
    assert (rate, dry.size) == (44_100, 6 * 44_100)
    np.testing.assert_allclose(heard, render(registry.load(model.id), dry), atol=1e-3)
    assert repo.files["plots/response.png"].startswith(b"\x89PNG")
    assert not repo.private


def test_the_same_model_gives_the_same_bytes(hub: Hub, registry: Registry, model: Manifest) -> None:
    first, second = (push_model(model.id, "me/plexi", registry=registry, dry_run=True) for _ in range(2))
    assert first == second
    push_model(model.id, "me/plexi", registry=registry)
    before = hub.repos["me/plexi"].files
    again = push_model(model.id, "me/plexi", registry=registry)
    assert (again.new, again.commit) == (False, hub.repos["me/plexi"].head)
    assert hub.repos["me/plexi"].files == before


@pytest.mark.usefixtures("light")
def test_a_dry_run_names_every_file_and_asks_nobody(hub: Hub, registry: Registry, model: Manifest) -> None:
    pushed = push_model(model.id, "me/plexi", registry=registry, dry_run=True)
    assert list(pushed.files) == ["README.md", "config.json", "model.safetensors", "zoo.json"]
    assert hub.asked == []


@pytest.mark.usefixtures("light")
def test_a_licence_is_required(hub: Hub, registry: Registry, lstm: Lstm) -> None:
    nobodys = registry.add(lstm(9, name="Nobody's"))[0]
    with pytest.raises(BadRequest, match=r"no licence of Nobody's is known.*--licence"):
        push_model(nobodys.id, "me/nobody", registry=registry)
    assert hub.repos == {}
    push_model(nobodys.id, "me/nobody", licence="MIT", registry=registry)
    manifest = manifest_from_bytes(hub.repos["me/nobody"].files["zoo.json"])
    assert (manifest.licence, manifest.facts_from["licence"]) == ("MIT", "user")


def test_the_card_tells_device_errors_lineage_and_usage(
    hub: Hub, registry: Registry, model: Manifest, lstm: Lstm, light: None
) -> None:
    first = push_model(model.id, "me/plexi", registry=registry)
    record = TrainingRecord(data_seconds=38.5, seed=7, epochs=120, esr=0.0123, test_esr=0.0138)
    facts = Facts(licence="GPL-3.0-only", parent=model.id, training=record, gain_class="high gain")
    child = registry.add(
        lstm(4, name="Child", make="Mesa/Boogie", model="Mark IIB", kind="amp"), facts=facts
    )[0]
    push_model(child.id, "me/child", registry=registry)
    repo = hub.repos["me/child"]
    card = repo.card(repo.head)
    assert (card["library_name"], card["pipeline_tag"], card["license"]) == (
        "tonezoo", "audio-to-audio", "gpl-3.0",
    )  # fmt: skip
    assert (card["base_model"], card["base_model_relation"]) == ("me/plexi", "finetune")
    assert card["tags"] == [
        "guitar-amp", "mesa-boogie", "mark-iib", "high-gain", "lstm", "lstm-4", "44100-hz",
    ]  # fmt: skip
    (result,) = card["model-index"][0]["results"]
    assert result["metrics"] == [{"type": "esr", "name": "ESR", "value": 0.0138}]
    text = repo.files["README.md"].decode()
    assert "| ESR on held\\-out audio | 0.0138 |" in text or "| ESR on held-out audio | 0.0138 |" in text
    assert f"[Plexi](https://huggingface.co/me/plexi/tree/{first.commit})" in text
    told = json.loads(repo.files["zoo.json"])
    assert told["parent"] == model.id
    assert told["parent_at"] == {"repository": "hf.co/me/plexi", "commit": first.commit}
    assert "38.5 s of them for training" in text
    assert 'zoo.Snapshot.from_pretrained("me/child")' in text


def test_samples_of_a_capture_are_dry_wet_and_prediction_with_its_error(
    hub: Hub, registry: Registry, model: Manifest
) -> None:
    rng = np.random.default_rng(0)
    dry = (0.3 * rng.standard_normal(44_100 * 8)).astype(np.float32)
    wet = (0.9 * render(registry.load(model.id), dry)).astype(np.float32)
    capture = Capture(wet, dry, 44_100, "mine", (Take("mine", 0, dry.size),))
    push_model(model.id, "me/plexi", capture=capture, registry=registry)
    files = hub.repos["me/plexi"].files
    assert {"samples/dry.flac", "samples/wet.flac", "samples/prediction.flac"} <= set(files)
    assert "0.01235 |" in files["README.md"].decode()  # (1 / 0.9 - 1)^2
    with pytest.raises(BadRequest, match="need a capture with its dry side"):
        push_model(model.id, "me/plexi", capture=replace(capture, dry=None), registry=registry)


def test_a_concurrent_push_is_refused_and_not_overwritten(
    hub: Hub, registry: Registry, model: Manifest, light: None
) -> None:
    repo = hub.add("me/plexi")
    hub.faults = {"POST .*/preupload": [lambda: repo.edit({"zoo.json": b"{}", "theirs.txt": b"theirs"})]}
    with pytest.raises(BadRequest, match="somebody else pushed; nothing was written, push again"):
        push_model(model.id, "me/plexi", registry=registry)
    assert repo.files["zoo.json"] == b"{}"
    push_model(model.id, "me/plexi", registry=registry)
    assert repo.files["theirs.txt"] == b"theirs"
    assert manifest_from_bytes(repo.files["zoo.json"]).id == model.id


def test_what_people_write_on_the_card_stays(
    hub: Hub, registry: Registry, model: Manifest, pushed: Pushed
) -> None:
    repo = hub.repos["me/plexi"]
    card = repo.files["README.md"].decode()
    edited = card.replace("---\n# tonezoo:begin", "---\ndatasets: [my/takes]\n# tonezoo:begin", 1)
    edited = edited.replace("<!-- tonezoo:end -->", "<!-- tonezoo:end -->\n## My story\n\nI like it.")
    edited = edited.replace("# Plexi", "# Our line, changed by hand")
    repo.edit({"README.md": edited.encode()})
    push_model(model.id, "me/plexi", registry=registry)
    after = repo.files["README.md"].decode()
    assert "datasets: [my/takes]" in after
    assert after.endswith("## My story\n\nI like it.\n")
    assert "# Plexi" in after
    assert "changed by hand" not in after
    assert repo.card(repo.head)["datasets"] == ["my/takes"]


def test_a_card_that_was_there_first_is_kept_and_its_keys_win(
    hub: Hub, registry: Registry, model: Manifest, light: None
) -> None:
    repo = hub.add("me/plexi", {"README.md": b"---\nlicense: mit\ntags:\n- mine\n---\nHello.\n"})
    push_model(model.id, "me/plexi", registry=registry)
    text = repo.files["README.md"].decode()
    assert text.index("Hello.") < text.index("# Plexi")
    card = repo.card(repo.head)
    assert (card["license"], card["tags"], card["library_name"]) == ("mit", ["mine"], "tonezoo")


def test_files_of_the_model_before_go_and_files_of_people_stay(
    hub: Hub, registry: Registry, model: Manifest, lstm: Lstm, monkeypatch: pytest.MonkeyPatch, light: None
) -> None:
    monkeypatch.setattr("zoo.hub.bundle.exports_of", lambda *_: {"exports/old.json": b"{}"})
    push_model(model.id, "me/plexi", registry=registry)
    repo = hub.repos["me/plexi"]
    repo.edit({"photo.jpg": b"jpeg"})
    monkeypatch.setattr("zoo.hub.bundle.exports_of", lambda *_: {})
    other = registry.add(lstm(8, name="Other"), facts=Facts(licence="MIT"))[0]
    pushed = push_model(other.id, "me/plexi", registry=registry)
    assert pushed.deleted == ("exports/old.json",)
    assert "exports/old.json" not in repo.files
    assert "photo.jpg" in repo.files


@pytest.mark.usefixtures("light")
def test_private_is_private_and_is_not_changed_on_the_way(
    hub: Hub, registry: Registry, model: Manifest
) -> None:
    push_model(model.id, "me/secret", private=True, registry=registry)
    assert hub.repos["me/secret"].private
    with pytest.raises(BadRequest, match="me/secret is private; change that on its page"):
        push_model(model.id, "me/secret", private=False, registry=registry)


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize("fault", ["503", "429", "hang up"])
def test_passing_faults_pass_or_leave_nothing_and_the_next_push_does_it(
    hub: Hub, registry: Registry, model: Manifest, fault: str
) -> None:
    hub.faults = {"GET /api/models/me/plexi$": [fault], "POST .*/commit/": [fault]}
    with pytest.raises(NetworkError, match="try again later"):
        push_model(model.id, "me/plexi", registry=registry)
    assert len(hub.repos["me/plexi"].commits) == 1
    push_model(model.id, "me/plexi", registry=registry)
    assert len(hub.repos["me/plexi"].commits) == 2


@pytest.mark.usefixtures("light")
def test_what_cannot_be_pushed_is_said(
    hub: Hub, registry: Registry, model: Manifest, monkeypatch: Any
) -> None:
    with pytest.raises(NotInZoo):
        push_model("no such model", "me/plexi", registry=registry)
    for bad in ("plexi", "me/../plexi", "me/ple xi", "a/b/c", "me/plexi@main", "-/x"):
        with pytest.raises(BadRequest, match="is no repository of the Hub"):
            push_model(model.id, bad, registry=registry)
    monkeypatch.setenv("HF_TOKEN", "hf_wrongWRONGwrong")
    with pytest.raises(BadRequest, match=r"does not allow it \(401\)") as caught:
        push_model(model.id, "me/plexi", registry=registry)
    assert "hf_wrong" not in str(caught.value)


def test_the_zoo_knows_where_the_model_is_and_the_pushed_manifest_does_not_name_itself(
    hub: Hub, registry: Registry, model: Manifest, pushed: Pushed
) -> None:
    known = registry.get(model.id)
    assert known is not None
    assert [(o.repository, o.commit) for o in known.origins] == [("hf.co/me/plexi", pushed.commit)]
    push_model(model.id, "me/plexi", registry=registry)
    assert json.loads(hub.repos["me/plexi"].files["zoo.json"])["origins"] == []


@pytest.mark.usefixtures("light")
def test_the_client_with_xet_pushes_and_pulls_as_well(
    hub: Hub, registry: Registry, elsewhere: Registry, model: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With hf_xet, large files go to a service of its own, which is not here: all of them are regular."""
    pytest.importorskip("hf_xet")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", False)
    hub.all_regular = True
    push_model(model.id, "me/plexi", registry=registry)
    assert hub.repos["me/plexi"].commits[hub.repos["me/plexi"].head]["model.safetensors"].lfs is None
    assert statuses(pull_from_hub(at("me/plexi"), registry=elsewhere)) == ["imported"]
    assert not any("xet" in asked for asked in hub.asked)
