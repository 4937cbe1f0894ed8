"""`zoo bela deploy`, to a computer that stands for a board: a real SSH server, a real build, a real pedal."""

from __future__ import annotations

import os
import re
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from protocol import opened
from simulated import Stage
from stand_in import StandIn, free_port, stand_in

from zoo.api import deploy_bank, open_registry, pack_bank
from zoo.bela.board import Board, BoardError, find_board
from zoo.bela.deploying import steps
from zoo.bela.packing import Wishes


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with stand_in(tmp_path_factory.mktemp("board")) as made:
        yield made


def deploy(bank: Path, board: StandIn, **more: object) -> dict[str, object]:
    plain = {"host": board.address, "ssh_config": board.config, "page_port": board.page_port}
    return deploy_bank(bank, **{**plain, **more})  # type: ignore[arg-type]


def page(board: StandIn) -> str:
    return f"http://127.0.0.1:{board.page_port}/projects/tonezoo/main.html"


@pytest.fixture(scope="module")
def other_bank(stage: Stage) -> Path:
    path = stage.folder / "other.bin"
    with open_registry(stage.folder / "zoo") as registry:
        pack_bank(stage.names[:1], path, name="Second", wishes=Wishes(count=False), registry=registry)
    return path


def test_it_is_copied_built_started_and_started_again_with_its_presets(
    board: StandIn, stage: Stage, other_bank: Path
) -> None:
    said = deploy(stage.bank, board, boot=True)
    assert (said["name"], said["models"]) == ("Test", len(stage.names))
    assert (board.bela / "at-boot").read_text() == "tonezoo\n"
    with opened(page(board)) as one:
        one.told("snapshot")
        one.say(command="save", slot=3, name="Kept")
        one.until(presets=[*[""] * 3, "Kept", *[""] * 12])
    first = board.process

    (board.bela / "broken").touch()
    with pytest.raises(BoardError, match=r"could not build the pedal; what played goes on\n.*no such thing"):
        deploy(other_bank, board)
    (board.bela / "broken").unlink()
    os.kill(first, 0)  # it still runs

    said = deploy(other_bank, board)
    assert (said["name"], said["models"]) == ("Second", 1)
    with opened(page(board)) as one:
        assert one.told("snapshot")["state"]["presets"][3] == "Kept"
    assert sorted(path.name for path in (board.bela / "projects").iterdir()) == ["tonezoo", "tonezoo-old"]


def test_a_key_that_the_board_does_not_know(board: StandIn, stage: Stage) -> None:
    with pytest.raises(BoardError, match="ssh-copy-id") as failure:
        deploy(stage.bank, board, ssh_config=board.stranger)
    assert "\n" not in str(failure.value)


def test_a_board_that_is_not_the_one_it_was(board: StandIn, stage: Stage, tmp_path: Path) -> None:
    known, port = tmp_path / "known", board.address.rpartition(":")[2]
    own = board.config.read_text()
    another = re.sub(r"UserKnownHostsFile .*", f"UserKnownHostsFile {known}", own)
    config = tmp_path / "config"
    config.write_text(another)
    other = Path(own.split()[1]).with_name("other.pub").read_text()
    known.write_text(f"[127.0.0.1]:{port} {' '.join(other.split()[:2])}\n")
    with pytest.raises(BoardError, match=r"its host key changed.*ssh-keygen -R"):
        deploy(stage.bank, board, ssh_config=config)


def test_no_board_is_one_sentence(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise OSError

    with pytest.raises(BoardError, match="Connection refused"):
        deploy_bank(stage.bank, host=f"127.0.0.1:{free_port()}")
    monkeypatch.setattr(socket, "create_connection", nobody)
    with pytest.raises(BoardError, match=r"no board answers at bela\.local"):
        find_board()


@pytest.mark.parametrize("address", ["-oProxyCommand=x", "me@-x", "", "@"])
def test_an_address_is_no_option(address: str) -> None:
    with pytest.raises(BoardError, match="no address"):
        find_board(address)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bela.local", Board("bela.local")),
        ("me@10.0.0.2:2222", Board("10.0.0.2", "me", 2222)),
        ("fe80::1", Board("fe80::1")),
    ],
)
def test_addresses(asked: str, found: Board) -> None:
    assert find_board(asked) == found


def test_a_full_card_is_said(monkeypatch: pytest.MonkeyPatch, board: StandIn, stage: Stage) -> None:
    """Every write fails as on a full card."""
    monkeypatch.setattr("zoo.bela.deploying.steps", lambda **_: [next(iter(steps()))])
    (board.bela / "projects" / "tonezoo-new").mkdir(exist_ok=True)
    real = Board.run
    monkeypatch.setattr(
        Board, "run", lambda self, command, data=b"": real(self, f"cat > /dev/full && {command}", data=data)
    )
    with pytest.raises(BoardError, match="no space left on its card"):
        deploy(stage.bank, board)


def test_a_zip_for_the_ide_holds_the_project(stage: Stage, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        deploy_bank(stage.bank, zip_file=tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        names = set(archive.namelist())
        assert archive.read("tonezoo/bank.bin") == stage.bank.read_bytes()
    assert {
        "tonezoo/render.cpp",
        "tonezoo/main.html",
        "tonezoo/app/pedal.h",
        "tonezoo/engine/recurrent.h",
    } <= names


def test_a_dry_run_says_every_step_and_does_none(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Board, "run", lambda *_, **__: pytest.fail("a board is asked"))
    said = deploy_bank(stage.bank, host="bela.local", boot=True, dry_run=True)
    does = [step.does for step in said["steps"]]
    assert does[0] == "copy beside the old one"
    assert "have it start at every power-on" in does
    assert said["page"] is None
