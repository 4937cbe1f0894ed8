"""Who you are; and that a token is in no error, log, file or output of ours."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from hub_client import point_client_at
from hub_server import TOKEN, Hub
from hub_words import at

from registry import Manifest, Registry
from zoo.api import pull_from_hub, push_model
from zoo.errors import BadRequest, ZooError
from zoo.hub.asking import redacted
from zoo.hub.client import HubClient
from zoo.hub.identity import login, whoami


def zoo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zoo.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_whoami_asks_the_hub(hub: Hub) -> None:
    assert whoami().name == "me"
    assert login().name == "me"  # nothing to do


def test_without_a_token_both_say_what_to_do(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_client_at(hub.url, tmp_path, monkeypatch, token=None)
    with pytest.raises(BadRequest, match="you are not logged in on the Hub; `zoo login`"):
        whoami()
    with pytest.raises(BadRequest, match="logging in needs a terminal"):
        login()


def test_commands_print_the_name_and_never_the_token(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    told = zoo("whoami")
    assert (told.returncode, told.stdout) == (0, "me\n")
    monkeypatch.setenv("HF_TOKEN", "hf_wrongWRONGwrong")
    refused = zoo("whoami", "--json")
    assert refused.returncode == 2
    assert "hf_wrong" not in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_server_that_repeats_the_token_is_not_repeated(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        redacted(f"Bearer {TOKEN} and hf_ANOTHERone and api_org_x1234") == "Bearer *** and hf_*** and api_***"
    )
    monkeypatch.setenv("HF_TOKEN", "plainly-secret")
    assert redacted("told: plainly-secret") == "told: ***"


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "409", "418", "500", "503"])
def test_no_error_log_or_file_of_ours_holds_the_token(
    hub: Hub, registry: Registry, model: Manifest, light: None, caplog: pytest.LogCaptureFixture,
    status: str, tmp_path: Path,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)  # of all libraries, not of ours alone
    push_model(model.id, "me/plexi", registry=registry)
    hub.faults = {"(GET|POST|HEAD) .*": [status] * 60}
    with pytest.raises(ZooError) as caught:
        push_model(model.id, "me/plexi", registry=registry)
    verdicts = pull_from_hub(at("me/plexi"), registry=registry)
    said = f"{caught.value!r} {verdicts} {caplog.text}"
    assert TOKEN not in said
    ours = [path for path in registry.home.rglob("*") if path.is_file()]
    assert ours
    assert all(TOKEN.encode() not in path.read_bytes() for path in ours)


@pytest.mark.parametrize(
    "endpoint",
    ["http://hub.example", "ftp://hub.example", "http://127.0.0.1.example", "https://a:b@hub.example"],
)
def test_a_token_never_travels_in_the_clear(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", endpoint)
    with pytest.raises(BadRequest, match="not to be trusted; https is expected"):
        HubClient()
