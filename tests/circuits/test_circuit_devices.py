"""Every device measures like its topology, whatever is played into it."""

from __future__ import annotations

import numpy as np
import pytest
from measuring import RATE, distortion, harmonics, sine, tones

from training.circuits import CIRCUITS, Circuit, find_circuit
from zoo.audio import resample
from zoo.errors import BadRequest

DRIVEN = {  # names of circuits whose drive distorts, and the level in dB at which it is heard
    "green-overdrive": -30.0,
    "orange-distortion": -45.0,
    "black-distortion": -36.0,
    "metal-distortion": -42.0,
    "germanium-fuzz": -42.0,
    "silicon-fuzz": -42.0,
    "american-preamp": -12.0,
    "british-preamp": -30.0,
    "lead-preamp": -48.0,
    "power-stage": -9.0,
}
ALL_UP = pytest.mark.parametrize("circuit", CIRCUITS.values(), ids=lambda circuit: circuit.name)


def hostile() -> np.ndarray:
    """Noise, a square wave and steps at full scale, 40 ms altogether."""
    rng = np.random.Generator(np.random.PCG64(5))
    square = np.sign(np.sin(2 * np.pi * 220 * np.arange(640) / RATE))
    return np.concatenate([rng.uniform(-1, 1, 640), square, np.ones(320), -np.ones(320)]).astype(np.float32)


def full(circuit: Circuit) -> dict[str, float]:
    return {knob.name: 10.0 for knob in circuit.knobs}


@ALL_UP
def test_full_scale_in_and_all_knobs_up_stay_below_full_scale(circuit: Circuit) -> None:
    wet = circuit.at(**full(circuit))(hostile(), RATE)
    assert wet.dtype == np.float32
    assert wet.shape == hostile().shape
    assert 0.01 < np.abs(wet).max() <= (1.2 if circuit.name == "cabinet" else 1.0)


@ALL_UP
def test_ten_times_full_scale_is_still_solved(circuit: Circuit) -> None:
    assert np.isfinite(circuit.at()(10 * hostile()[:960], RATE)).all()


@ALL_UP
def test_silence_stays_silent(circuit: Circuit) -> None:
    assert np.abs(circuit.at()(np.zeros(960), RATE)).max() < 1e-6


@ALL_UP
def test_a_quiet_chord_is_amplified_as_the_linearised_circuit_says(circuit: Circuit) -> None:
    device, frequencies = circuit.at(), [500.0, 1000.0, 3000.0, 8000.0]
    if not device.stages:
        return  # a filter without a circuit has no node to linearise
    chord = np.sum([sine(-100.0, hertz, 0.1) for hertz in frequencies], axis=0).astype(np.float64)
    volts = resample(chord, RATE, 384_000).astype(np.float64) * circuit.input_volts
    stage = device.stages[0]
    out = stage.play(volts, 384_000, ["out"])[:, 0]
    half = out.size // 2
    gains = tones(out[half:], frequencies, 384_000) / tones(volts[half:], frequencies, 384_000)
    assert gains == pytest.approx(stage.response(frequencies, "out"), rel=0.02)


@pytest.mark.parametrize("name", DRIVEN)
def test_more_drive_is_more_distortion(name: str) -> None:
    measured = [distortion(CIRCUITS[name].at(drive=drive), DRIVEN[name]) for drive in (4, 7, 10)]
    assert np.all(np.diff(measured) > -1e-3), measured
    assert measured[2] > 1.5 * measured[0]


def test_sustain_brings_a_quiet_note_up_to_a_loud_one() -> None:
    quiet, loud = (harmonics(CIRCUITS["scooped-fuzz"].at(drive=drive), -50.0)[0] for drive in (2.0, 8.0))
    assert loud > 3 * quiet


@pytest.mark.parametrize("name", ["green-overdrive", "black-distortion", "british-preamp"])
def test_level_is_volume_and_nothing_else(name: str) -> None:
    soft, loud = (harmonics(CIRCUITS[name].at(level=level), -20.0) for level in (4.0, 8.0))
    ratio = loud / soft
    assert ratio[0] > 3
    assert ratio[2] == pytest.approx(ratio[0], rel=0.1)


@pytest.mark.parametrize("name", ["green-overdrive", "orange-distortion", "black-distortion", "scooped-fuzz"])
def test_tone_is_brightness(name: str) -> None:
    device = [CIRCUITS[name].at(tone=tone).stages[0] for tone in (1.0, 5.0, 9.0)]
    tilt = [np.divide(*np.abs(stage.response([4000.0, 200.0], "out"))) for stage in device]
    assert tilt == sorted(tilt)


def test_the_overdrive_has_a_middle_hump_and_clips_both_halves_alike() -> None:
    device = find_circuit("green-overdrive").at()
    low, middle, high = np.abs(device.stages[0].response([100.0, 800.0, 6000.0], "out"))
    assert middle > 2 * max(low, high)
    levels = harmonics(device, -10.0)
    assert levels[1] < 1e-3 * levels[2]


def test_the_germanium_pair_is_lopsided_and_the_scooped_fuzz_lacks_the_middle() -> None:
    levels = harmonics(find_circuit("germanium-fuzz").at(), -10.0)
    assert levels[1] > 0.1 * levels[0]
    tone = find_circuit("scooped-fuzz").at().stages[0]
    low, middle, high = np.abs(tone.response([200.0, 1000.0, 4000.0], "wiper"))
    before = np.abs(tone.response([200.0, 1000.0, 4000.0], "second collector"))
    through = np.array([low, middle, high]) / before
    assert through[1] < 0.8 * min(through[0], through[2])


def test_the_cold_stage_rests_near_its_supply_and_the_follower_follows() -> None:
    stage = find_circuit("british-preamp").at().stages[0]
    assert stage.volts("second plate") > 0.85 * 300
    assert stage.volts("fourth cathode") == pytest.approx(stage.volts("third plate"), abs=3.0)
    assert 0.9 < stage.volts("first plate") / 230 < 1.1


def test_the_power_tubes_rest_at_a_sane_dissipation_and_the_supply_sags() -> None:
    tight, soft = (find_circuit("power-stage").at(sag=sag, drive=9).stages[0] for sag in (0.0, 10.0))
    idle = (450 - tight.volts("plates")) / 40 / 2
    assert 10 < idle * tight.volts("plates") < 30  # watts in each, class AB
    loud = 20 * sine(-1.0, 110.0, 0.12).astype(np.float64)
    drops = []
    for stage in (tight, soft):
        plates = stage.play(resample(loud, RATE, 384_000).astype(np.float64), 384_000, ["plates"])[:, 0]
        drops.append(stage.volts("plates") - plates[-20_000:].mean())
    assert drops[1] > 2 * drops[0] > 0


def test_presence_takes_the_highs_out_of_the_power_stages_feedback() -> None:
    closed, present = (find_circuit("power-stage").at(presence=p).stages[0] for p in (0.0, 10.0))
    dark, bright = (np.abs(stage.response([200.0, 4000.0], "out")) for stage in (closed, present))
    assert bright[1] > 2 * dark[1]
    assert bright[0] == pytest.approx(dark[0], rel=0.2)


@pytest.mark.parametrize("name", ["green-overdrive", "silicon-fuzz", "american-preamp", "cabinet"])
def test_a_device_sounds_the_same_at_44100_and_48000_hz(name: str) -> None:
    device = CIRCUITS[name].at()
    dry = resample(sine(-12.0, 330.0, 0.12) * np.hanning(5760).astype(np.float32), RATE, 44_100)
    there = resample(device(dry, 44_100), 44_100, RATE)
    here = device(resample(dry, 44_100, RATE), RATE)
    size = min(there.size, here.size) - 300
    difference = there[300:size] - here[300:size]
    assert np.sum(difference**2) < 1e-4 * np.sum(here**2)


def test_the_same_input_gives_the_same_bytes_in_pieces_of_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    import training.circuits.device as module

    device = find_circuit("orange-distortion").at(drive=8)
    whole = device(hostile(), RATE)
    monkeypatch.setattr(module, "PIECE_SECONDS", 0.007)
    assert np.array_equal(device(hostile(), RATE), whole)


def test_a_device_has_no_latency() -> None:
    dry = np.zeros(2000, dtype=np.float32)
    dry[500:503] = (0.1, 0.2, 0.1)
    wet = find_circuit("power-stage").at()(dry, RATE)
    assert abs(int(np.argmax(np.abs(wet))) - 501) <= 1


@pytest.mark.parametrize("bad", [np.array([0.0, np.nan]), np.array([np.inf]), np.zeros((2, 100))])
def test_what_is_no_signal_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(BadRequest, match="one channel of finite numbers"):
        find_circuit("green-overdrive").at()(bad, RATE)


@pytest.mark.parametrize("size", [0, 1, 7])
def test_very_short_signals_keep_their_length(size: int) -> None:
    assert find_circuit("green-overdrive").at()(np.full(size, 0.1), RATE).shape == (size,)


@pytest.mark.parametrize(("knobs", "sentence"), [({"gain": 5.0}, "no knob"), ({"drive": 10.5}, "0 to 10")])
def test_a_knob_that_is_not_there_or_turns_no_further_is_refused(
    knobs: dict[str, float], sentence: str
) -> None:
    with pytest.raises(BadRequest, match=sentence):
        find_circuit("green-overdrive").at(**knobs)


def test_an_unknown_circuit_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(BadRequest, match="treble-booster"):
        find_circuit("purple-flanger")


def test_every_circuit_names_a_source_and_turns_its_knobs_by_ten() -> None:
    for name, circuit in CIRCUITS.items():
        assert circuit.name == name
        assert circuit.source
        assert all(0 <= knob.at <= 10 for knob in circuit.knobs)
        assert circuit.at().name.startswith(name)
