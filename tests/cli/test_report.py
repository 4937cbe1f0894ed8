"""`zoo report`: a page that plays and shows one model, with or without its device."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from headless import chromium

from zoo.api.home import STARTER
from zoo.audio import read_audio, write_audio
from zoo.formats import read_model, write_model
from zoo.rendering import play

RATE = 44_100


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model of the starter zoo that `zoo check` takes as it is, as a folder that knows nothing of it."""
    names = {read_model(f).metadata.name: f for f in (STARTER / "models").iterdir()}
    found = names["germanium-fuzz-drive-5"]
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "model").mkdir(exist_ok=True)
        (tmp_path / "model" / name).write_bytes((found / name).read_bytes())
    return tmp_path / "model"


@pytest.fixture
def capture(tmp_path: Path, model: Path) -> Path:
    """A device that is the model's own sound and noise of a hundredth of its energy: ESR 0.01."""
    audio = read_audio(STARTER / "example-capture.flac")
    dry, rng = audio.samples[0, : 12 * audio.sample_rate], np.random.default_rng(1)
    made = play(read_model(model), dry, audio.sample_rate)
    made = made - made.mean()
    envelope = np.sqrt(
        np.convolve(made**2, np.ones(1000) / 1000, "same")
    )  # as loud as the sound is just then
    wet = made + 0.1 * envelope * rng.standard_normal(made.size)
    write_audio(tmp_path / "capture.wav", np.stack([dry, wet]).astype(np.float32), audio.sample_rate)
    return tmp_path / "capture.wav"


def recordings(page: str) -> dict[str, np.ndarray]:
    found = re.findall(r'src="data:audio/flac;base64,([^"]*)" aria-label="([^"]*)"', page)
    return {name: soundfile.read(io.BytesIO(base64.b64decode(data)))[0] for data, name in found}


def test_the_page_plays_device_model_and_difference(
    run_zoo, model: Path, capture: Path, tmp_path: Path
) -> None:
    outcome = run_zoo("report", model, "--capture", capture, "--out", tmp_path / "page.html", "--json")
    assert outcome.code == 0, outcome.err
    numbers = json.loads(outcome.out)
    assert numbers["esr"] == pytest.approx(0.01, rel=0.1)
    page = (tmp_path / "page.html").read_text()
    heard = recordings(page)
    assert list(heard) == ["Dry", "Device", "Model", "Difference", "Difference, loud"][: len(heard)]
    gained = heard["Device"] - heard["Model"]
    inside = slice(2000, -2000)
    assert np.corrcoef(gained[inside], heard["Difference"][inside])[0, 1] > 0.9
    for title in ("Where it is wrong", "Waveforms from near", "Spectra from near", "What is known of it"):
        assert title in page


def test_without_a_capture_the_page_says_what_it_cannot_say(run_zoo, model: Path, tmp_path: Path) -> None:
    outcome = run_zoo("report", model, "--out", tmp_path / "page.html", "--json")
    assert outcome.code == 0, outcome.err
    assert "esr" not in json.loads(outcome.out)
    page = (tmp_path / "page.html").read_text()
    assert "No capture was given" in page
    assert list(recordings(page)) == ["Dry", "Model"]


def test_a_model_is_held_against_the_one_it_was_made_from(
    run_zoo, model: Path, capture: Path, tmp_path: Path
) -> None:
    before, smaller = read_model(model), tmp_path / "smaller"
    silenced = {name: array.copy() for name, array in before.weights.items()}
    silenced["lin.weight"][0, np.abs(silenced["lin.weight"][0]).argsort()[-3]] = 0.0
    write_model(replace(before, weights=silenced), smaller, "native")
    page = tmp_path / "page.html"
    outcome = run_zoo("report", smaller, "--capture", capture, "--before", model, "--out", page, "--json")
    assert outcome.code == 0, outcome.err
    numbers = json.loads(outcome.out)
    assert numbers["before"]["id"] == before.digest != numbers["id"]
    assert numbers["before"]["esr"] == pytest.approx(0.01, rel=0.1)
    assert numbers["before"]["esr"] < numbers["esr"]
    heard = recordings(page.read_text())
    assert [name for name in heard if "loud" not in name] == [
        "Dry", "Device", "Before", "After", "Difference", "What changed",
    ]  # fmt: skip
    inside = slice(2000, -2000)
    assert np.corrcoef((heard["Device"] - heard["After"])[inside], heard["Difference"][inside])[0, 1] > 0.9
    assert np.corrcoef((heard["Before"] - heard["After"])[inside], heard["What changed"][inside])[0, 1] > 0.9
    shown = " ".join(re.sub("<[^>]*>", " ", page.read_text().split("Before and after")[1]).split())
    alive = [int(n.replace(",", "")) for n in re.search(r"not zero ([\d,]+) ([\d,]+) ", shown).groups()]
    assert alive[0] - alive[1] == 1
    assert re.search(r"Settled after an impulse (more than )?\d+ ms (more than )?\d+ ms", shown)


def test_a_phone_shows_the_sizes_before_and_after_without_scrolling(run_zoo, tmp_path: Path) -> None:
    page, device = tmp_path / "page.html", STARTER / "example-capture.flac"
    models = ("green-overdrive-drive-8", "--before", "green-overdrive-drive-2")
    assert run_zoo("report", *models, "--capture", device, "--out", page).code == 0
    with chromium(600, 900) as browser:
        metrics = {"width": 360, "height": 900, "deviceScaleFactor": 1, "mobile": True}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.get(page.as_uri())
        room = "const t = document.querySelector('.scroll'); return [t.scrollWidth, t.clientWidth]"
        needed, there = browser.execute_script(room)
    assert 0 < needed <= there


def test_a_capture_is_held_as_the_model_plays_it(run_zoo, lstm, tmp_path: Path) -> None:
    """A model from elsewhere may turn the sound over, which a loaded capture never does."""
    bare = lstm(2, hidden=6)
    turned = {**bare.weights, **{name: -bare.weights[name] for name in ("lin.weight", "lin.bias")}}
    dry = (0.2 * np.random.default_rng(0).standard_normal(3 * RATE)).astype(np.float32)
    remarks = []
    for name, model in (("bare", bare), ("turned", replace(bare, weights=turned))):
        write_model(model, tmp_path / name, "native")
        file, page = tmp_path / f"{name}.wav", tmp_path / f"{name}.html"
        write_audio(file, np.stack([dry, play(model, dry, RATE)]), RATE, encoding="FLOAT")
        outcome = run_zoo("report", tmp_path / name, "--capture", file, "--out", page, "--json")
        assert json.loads(outcome.out)["esr"] < 0.01, outcome.err
        remarks.append("turned over, to be as the model plays it" in outcome.err)
        assert remarks[-1] == ("turned over, to be as the model plays it" in page.read_text())
    assert sorted(remarks) == [False, True]


def test_a_starter_model_shows_its_licence_and_how_it_learnt(run_zoo, tmp_path: Path) -> None:
    name = json.loads(run_zoo("list", "--json").out)[0]["name"]
    assert run_zoo("report", name, "--out", tmp_path / "page.html").code == 0
    page = (tmp_path / "page.html").read_text()
    assert "CC0-1.0" in page
    assert f"<h1>{name}</h1>" in page


def test_the_same_model_and_capture_make_the_same_page(
    run_zoo, model: Path, capture: Path, tmp_path: Path
) -> None:
    pages = []
    for name in ("a.html", "b.html"):
        assert run_zoo("report", model, "--capture", capture, "--out", tmp_path / name).code == 0
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no-such-model",), "no-such-model"),
        (("model", "--out", "page.txt"), "ends in .html"),
        (("model", "--capture", "wet.wav"), "wet side alone"),
        (("model", "--capture", "missing.wav"), "missing.wav"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence_and_no_page(
    run_zoo,
    model: Path,
    capture: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    wet = soundfile.read(capture, dtype="float32")[0].T[1:]
    write_audio(tmp_path / "wet.wav", np.ascontiguousarray(wet), RATE)
    outcome = run_zoo("report", *arguments)
    assert outcome.code == 2
    assert sentence in outcome.err
    assert not list(tmp_path.glob("*.html"))
