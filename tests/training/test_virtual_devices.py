"""Each virtual device measures like what its name says, and its solvers agree with their equations."""

from __future__ import annotations

import numpy as np
import pytest

from training.devices import Device, devices, green_overdrive
from training.devices.clippers import antiparallel_diodes, coupled, shunt_clip
from training.devices.networks import filtered, high_pass, low_pass, tone_stack, transfer
from training.devices.valves import Triode, plate_current

RATE = 44_100
DEVICES = {device.name: device for device in devices()}


def harmonics(device: Device, level_db: float, frequency: float = 220.0) -> np.ndarray:
    """Levels of the first four harmonics of a sine after it has settled, in dB below full scale."""
    t = np.arange(RATE // 2) / RATE
    wet = device(10 ** (level_db / 20) * np.sin(2 * np.pi * frequency * t), RATE)[-RATE // 5 :]
    spectrum = np.abs(np.fft.rfft(wet * np.hanning(wet.size))) * 4 / wet.size
    return 20 * np.log10(spectrum[[round(k * frequency / 5) for k in range(1, 5)]] + 1e-9)


def distortion_db(device: Device, level_db: float) -> float:
    levels = 10 ** (harmonics(device, level_db) / 10)
    return float(10 * np.log10(levels[1:].sum() / levels[0]))


def gain_db(device: Device, frequency: float, level_db: float) -> float:
    return float(harmonics(device, level_db, frequency)[0] - level_db)


def test_a_divider_of_two_resistors_halves_and_a_capacitor_rolls_off_3_db_at_its_corner() -> None:
    b, a = transfer([("R", "in", "out", 1e3), ("R", "out", "gnd", 1e3)])
    assert (b / a).tolist() == pytest.approx([0.5])
    b, a = transfer([("R", "in", "out", 1e3), ("C", "out", "gnd", 1e-6)])
    corner = 1j * 1 / (1e3 * 1e-6)
    assert abs(np.polyval(b, corner) / np.polyval(a, corner)) == pytest.approx(np.sqrt(0.5))


def test_a_tone_stack_has_its_scoop_between_bass_and_treble() -> None:
    b, a = tone_stack(
        0.5, 0.6, slope=1e5, caps=(250e-12, 100e-9, 47e-9), pots=(250_000.0, 250_000.0, 6_800.0)
    )
    low, scoop, high = (
        abs(np.polyval(b, s) / np.polyval(a, s)) for s in 2j * np.pi * np.array([80, 400, 5e3])
    )
    assert scoop < low
    assert scoop < high
    assert max(low, high) < 1


def test_high_and_low_pass_of_one_corner_add_up_to_the_signal() -> None:
    x = np.random.Generator(np.random.PCG64(0)).standard_normal((1000, 1))
    both = filtered(x, high_pass(300.0), RATE) + filtered(x, low_pass(300.0), RATE)
    assert np.abs(both - x).max() < 1e-9


def test_the_diode_clipper_solves_its_differential_equation() -> None:
    rate, farads, siemens, diodes = 400_000.0, 10e-9, 1 / 2200.0, antiparallel_diodes()
    drive = 2e-3 * np.sin(2 * np.pi * 200 * np.arange(4000) / rate)[:, None]
    v = shunt_clip(drive, siemens, farads, diodes, rate)
    residual = farads * np.diff(v, axis=0) * rate - (drive - siemens * v - diodes(v))[1:]
    assert np.abs(residual).max() < 1e-3 * np.abs(drive).max()
    assert 0.4 < v.max() < 0.8  # what two silicon diodes leave


def test_a_linear_port_behind_a_capacitor_is_a_high_pass() -> None:
    rate = 400_000.0
    x = np.random.Generator(np.random.PCG64(0)).standard_normal((2000, 2))
    w = coupled(x, 1e3, 100e-9, lambda v: v / 9e3, rate)
    expected = 0.9 * filtered(x, high_pass(1 / (2 * np.pi * 1e4 * 100e-9)), rate)
    assert np.abs(w - expected).max() < 0.01


def test_rectified_grid_current_shifts_the_bias_until_the_capacitor_has_discharged() -> None:
    rate = 100_000.0
    loud = np.where(np.arange(20_000) < 5_000, 30.0, 0.0) * np.sin(2 * np.pi * 500 * np.arange(20_000) / rate)
    plate = Triode()(loud[:, None], rate)[:, 0]
    assert plate[5_500] > 20  # blocked: far above its rest long after the burst
    assert abs(plate[-1]) < 0.5 * plate[5_500]


def test_a_triode_draws_more_at_a_higher_grid_and_nothing_when_cut_off() -> None:
    volts = np.full(3, 250.0)
    current = plate_current(np.array([-1.0, -2.0, -8.0]), volts)
    assert current[0] > current[1] > 100 * current[2]
    assert 5e-4 < current[1] < 2e-3  # about 1.2 mA on the 12AX7's data sheet


def test_a_triode_stage_inverts_and_amplifies_about_sixty_times() -> None:
    t = np.arange(20_000) / 200_000
    plate = Triode(source_ohms=10.0)(0.01 * np.sin(2 * np.pi * 1000 * t)[:, None], 200_000.0)[-2_000:, 0]
    gain = np.dot(plate, np.sin(2 * np.pi * 1000 * t[-2_000:])) / (0.005 * 2_000)
    assert -75 < gain < -45


@pytest.mark.parametrize("name", DEVICES)
def test_every_device_stays_inside_full_scale_and_lets_no_dc_out(name: str) -> None:
    t = np.arange(RATE // 2) / RATE
    wet = DEVICES[name](10 ** (-3 / 20) * np.sin(2 * np.pi * 110 * t), RATE)
    assert wet.dtype == np.float32
    assert 0.05 < np.abs(wet).max() < 1.0
    assert abs(wet[-RATE // 10 :].mean()) < 0.01


def test_distortion_at_a_playing_level_rises_from_clean_to_fuzz() -> None:
    order = ("clean-amp", "edge-of-breakup-amp", "crunch-amp", "high-gain-amp")
    measured = [distortion_db(DEVICES[name], -20.0) for name in order]
    assert measured == sorted(measured)
    assert measured[0] < -40
    assert measured[-1] > -18


def test_the_drive_knob_raises_gain_and_distortion() -> None:
    soft, hard = green_overdrive(0.2), green_overdrive(0.8)
    assert gain_db(hard, 880.0, -50.0) > gain_db(soft, 880.0, -50.0) + 6
    assert distortion_db(hard, -30.0) > distortion_db(soft, -30.0) + 6


def test_the_overdrive_has_its_mid_hump_and_is_symmetric() -> None:
    pedal = green_overdrive(0.5)
    assert gain_db(pedal, 880.0, -50.0) > max(gain_db(pedal, 110.0, -50.0), gain_db(pedal, 4400.0, -50.0)) + 3
    levels = harmonics(pedal, -10.0)
    assert levels[1] < levels[2] - 40


def test_the_germanium_fuzz_and_the_booster_are_asymmetric() -> None:
    for name in ("germanium-fuzz", "treble-booster"):
        levels = harmonics(DEVICES[name], -10.0)
        assert levels[1] > levels[0] - 35, name
        assert levels[1] > levels[2] - 3, name


def test_the_booster_boosts_treble_and_the_scooped_fuzz_lacks_middle() -> None:
    booster, fuzz = DEVICES["treble-booster"], DEVICES["scooped-fuzz"]
    assert gain_db(booster, 3520.0, -40.0) > gain_db(booster, 110.0, -40.0) + 10
    middle = gain_db(fuzz, 880.0, -75.0)
    assert middle < gain_db(fuzz, 110.0, -75.0) - 3


def test_the_bass_preamp_levels_loud_notes() -> None:
    preamp = DEVICES["levelling-bass-preamp"]
    assert gain_db(preamp, 55.0, -40.0) - gain_db(preamp, 55.0, -4.0) > 8


def test_a_batch_is_played_as_each_signal_alone() -> None:
    x = 0.2 * np.random.Generator(np.random.PCG64(1)).standard_normal((9, 2000))
    pedal = green_overdrive(0.2)
    assert np.array_equal(pedal(x, RATE)[8], pedal(x[8], RATE))
