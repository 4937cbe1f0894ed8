"""Downloads from a server that misbehaves: whole and proved, or a sentence; never anything in between."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from loopback import Loopback, serving

from registry.background import Stopped
from registry.courtesy import Courtesy
from registry.download import Downloader
from registry.hosts import allowed
from registry.part import Wanted
from zoo.errors import NetworkError, StoreError, WrongContent

CONTENT = np.random.default_rng(0).bytes(200_001)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PATH = "/owner/repo/a model.json"
WANTED = Wanted("https://files.example/owner/repo/a%20model.json", len(CONTENT), SHA256)
HALF = len(CONTENT) // 2


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({PATH: CONTENT}) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def courtesy(waits: list[float]) -> Courtesy:
    """Time passes by waiting alone."""

    def sleep(seconds: float) -> bool:
        waits.append(seconds)
        return False

    return Courtesy(sleep, now=lambda: sum(waits))


@pytest.fixture
def downloader(server: Loopback, courtesy: Courtesy, tmp_path: Path) -> Iterator[Downloader]:
    downloader = Downloader(tmp_path / "in", allowed(["files.example"], server.url), courtesy)
    yield downloader
    downloader.close()


def left(tmp_path: Path) -> dict[str, int]:
    return {path.name.replace(SHA256, "sha"): path.stat().st_size for path in (tmp_path / "in").iterdir()}


def test_a_file_comes_whole_under_its_hash_and_progress_is_heard(
    downloader: Downloader, server: Loopback, tmp_path: Path
) -> None:
    heard: list[int] = []
    path = downloader.fetch(WANTED, heard.append)
    assert path.read_bytes() == CONTENT
    assert left(tmp_path) == {"sha": len(CONTENT)}
    assert heard == sorted(heard)
    assert heard[-1] == len(CONTENT)
    assert server.asked == [(PATH, None)]
    assert next(iter(server.agents)).startswith("tonezoo/")


def test_what_is_whole_already_is_not_asked_for(downloader: Downloader, server: Loopback) -> None:
    downloader.fetch(WANTED)
    downloader.fetch(WANTED)
    assert len(server.asked) == 1


def test_what_is_whole_but_was_damaged_since_is_fetched_anew(
    downloader: Downloader, server: Loopback
) -> None:
    downloader.fetch(WANTED).write_bytes(b"junk")
    assert downloader.fetch(WANTED).read_bytes() == CONTENT


@pytest.mark.parametrize("fault", ["cut", "cut hidden"])
def test_a_file_that_breaks_off_is_gone_on_with(downloader: Downloader, server: Loopback, fault: str) -> None:
    server.faults[PATH] = [fault]
    assert downloader.fetch(WANTED).read_bytes() == CONTENT
    assert server.ranges(PATH) == [None, f"bytes={HALF}-"]


def test_a_server_that_knows_no_ranges_sends_all_of_it_again(
    downloader: Downloader, server: Loopback
) -> None:
    server.faults[PATH] = ["cut", "no range"]
    assert downloader.fetch(WANTED).read_bytes() == CONTENT


def test_a_server_that_cannot_go_on_is_asked_from_the_start(downloader: Downloader, server: Loopback) -> None:
    server.faults[PATH] = ["cut", "416"]
    assert downloader.fetch(WANTED).read_bytes() == CONTENT
    assert server.ranges(PATH) == [None, f"bytes={HALF}-", None]


def test_a_part_from_an_earlier_run_is_gone_on_with(
    downloader: Downloader, server: Loopback, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{SHA256}.part").write_bytes(CONTENT[:1000])
    assert downloader.fetch(WANTED).read_bytes() == CONTENT
    assert server.ranges(PATH) == ["bytes=1000-"]


@pytest.mark.parametrize("part", [b"x" * 1000, b"x" * len(CONTENT), b"x" * (len(CONTENT) + 1)])
def test_a_damaged_part_from_an_earlier_run_is_thrown_away(
    downloader: Downloader, server: Loopback, tmp_path: Path, part: bytes
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{SHA256}.part").write_bytes(part)
    assert downloader.fetch(WANTED).read_bytes() == CONTENT
    assert server.ranges(PATH)[-1] is None


@pytest.mark.parametrize("status", ["408", "429", "500", "502", "503", "504"])
def test_a_failure_that_may_pass_is_tried_again(
    downloader: Downloader, server: Loopback, waits: list[float], status: str
) -> None:
    server.faults[PATH] = [status, status]
    assert downloader.fetch(WANTED).read_bytes() == CONTENT
    assert len(waits) == 2
    assert 0.5 <= waits[0] <= 0.625 < 1.0 <= waits[1] <= 1.25


def test_a_server_is_given_the_time_it_asks_for(
    downloader: Downloader, server: Loopback, waits: list[float]
) -> None:
    server.faults[PATH] = ["503 Retry-After 7"]
    downloader.fetch(WANTED)
    assert waits == [7.0]


def test_a_server_that_asks_for_an_hour_is_asked_another_day(
    downloader: Downloader, server: Loopback, waits: list[float]
) -> None:
    server.faults[PATH] = ["429 Retry-After 3600"]
    with pytest.raises(NetworkError, match="asks to wait 3600 s; run the same command again later"):
        downloader.fetch(WANTED)
    assert waits == []


def test_after_five_attempts_it_is_given_up_and_the_part_is_kept(
    downloader: Downloader, server: Loopback, tmp_path: Path
) -> None:
    server.faults[PATH] = ["cut", "500", "500", "500", "500"]
    with pytest.raises(
        NetworkError, match=r"could not be fetched in 5 attempts \(500 Internal Server Error\)"
    ):
        downloader.fetch(WANTED)
    assert len(server.asked) == 5
    assert left(tmp_path) == {"sha.part": HALF}


@pytest.mark.parametrize("status", ["401", "403", "404", "410", "451"])
def test_a_failure_that_stays_is_not_tried_again(
    downloader: Downloader, server: Loopback, status: str
) -> None:
    server.faults[PATH] = [status]
    with pytest.raises(NetworkError, match=f"answers {status}"):
        downloader.fetch(WANTED)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        (["wrong"], "sent other bytes than promised: their sha-256 is "),
        (["huge"], "sends more than the 200001 bytes"),
        (["longer"], "announces 200002 bytes; 200001 are expected"),
        (["gzip"], "comes encoded, which was not asked for"),
        (["cut", "other range"], "another part than was asked for"),
    ],
)
def test_other_bytes_than_promised_are_refused_and_nothing_is_kept(
    downloader: Downloader, server: Loopback, tmp_path: Path, faults: list[str], sentence: str
) -> None:
    server.faults[PATH] = faults
    with pytest.raises(WrongContent, match=sentence):
        downloader.fetch(WANTED)
    assert left(tmp_path) == {}


def test_a_redirect_to_another_host_is_refused(downloader: Downloader, server: Loopback) -> None:
    with serving({PATH: CONTENT}) as other:
        server.faults[PATH] = [f"-> {other.url}{PATH}"]
        with pytest.raises(WrongContent, match="which is not the mirror; refused"):
            downloader.fetch(WANTED)
        assert other.asked == []


def test_a_redirect_on_the_same_host_is_followed(downloader: Downloader, server: Loopback) -> None:
    server.files["/elsewhere"] = CONTENT
    server.faults[PATH] = ["-> /elsewhere"]
    assert downloader.fetch(WANTED).read_bytes() == CONTENT


def test_a_redirect_in_a_circle_ends(downloader: Downloader, server: Loopback) -> None:
    server.faults[PATH] = [f"-> {PATH}"] * 10
    with pytest.raises(WrongContent, match="sends us on and on"):
        downloader.fetch(WANTED)
    assert len(server.asked) == 4


def test_when_nothing_comes_any_more_the_rest_is_not_even_asked_for(
    downloader: Downloader, server: Loopback
) -> None:
    server.faults[PATH] = ["500"] * 100
    for _ in range(3):
        with pytest.raises(NetworkError, match="in 5 attempts"):
            downloader.fetch(WANTED)
    with pytest.raises(NetworkError, match="not tried"):
        downloader.fetch(WANTED)
    assert len(server.asked) == 15


def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path, courtesy: Courtesy) -> None:
    with serving({}) as server:
        gone = server.url
    downloader = Downloader(tmp_path / "in", allowed(["files.example"], gone), courtesy)
    with pytest.raises(NetworkError, match=r"in 5 attempts \(.*refused"):
        downloader.fetch(WANTED)


def test_a_server_that_drips_is_cut_off_and_asked_for_the_rest(server: Loopback, tmp_path: Path) -> None:
    """While the first answer comes, each look at the clock is a minute later: 64 kB are too few for that."""
    looks = itertools.count()
    courtesy = Courtesy(lambda _: False, now=lambda: 60.0 * next(looks) if len(server.asked) == 1 else 0.0)
    downloader = Downloader(tmp_path / "in", allowed(["files.example"], server.url), courtesy)
    assert downloader.fetch(WANTED).read_bytes() == CONTENT
    first, *others = server.ranges(PATH)
    assert first is None
    assert others
    assert all(header and header.startswith("bytes=") for header in others)


def test_stopping_wakes_who_waits(downloader: Downloader, server: Loopback, courtesy: Courtesy) -> None:
    downloader.stop()
    with pytest.raises(Stopped):
        downloader.fetch(WANTED)
    assert server.asked == []


def test_a_full_disk_is_the_stores_error(downloader: Downloader, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("registry.part.Part._add", full)
    with pytest.raises(StoreError, match="No space left on device"):
        downloader.fetch(WANTED)
