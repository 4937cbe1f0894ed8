"""Amplifiers without a loudspeaker, from their stages. Volts, float64 (time, batch), oversampled.

Values are those of common textbook circuits, no particular product: 12AX7 stages, passive tone stack,
a push-pull output stage that clips softly behind its transformer.
"""

from __future__ import annotations

import numpy as np

from training.devices.networks import Signal, filtered, high_pass, low_pass, tone_stack
from training.devices.valves import Triode

INPUT = Triode(source_ohms=34_000.0, coupling_farads=100e-9)


def _american(bass: float, treble: float, volts: Signal, rate: float) -> Signal:
    caps, pots = (250e-12, 100e-9, 47e-9), (250_000.0, 250_000.0, 6_800.0)
    return filtered(volts, tone_stack(bass, treble, slope=100_000.0, caps=caps, pots=pots), rate)


def _british(bass: float, treble: float, volts: Signal, rate: float) -> Signal:
    caps, pots = (470e-12, 22e-9, 22e-9), (220_000.0, 1e6, 12_000.0)
    return filtered(volts, tone_stack(bass, treble, slope=33_000.0, caps=caps, pots=pots), rate)


def _power_stage(volts: Signal, headroom: float, rate: float) -> Signal:
    """Push-pull: odd-symmetric soft clipping at ``headroom`` volts, between 50 Hz and 9 kHz; full scale 1."""
    clipped = np.tanh(filtered(volts, high_pass(20.0), rate) / headroom)
    return filtered(filtered(clipped, high_pass(50.0), rate), low_pass(9_000.0), rate)


def clean(x: Signal, rate: float, *, volume: float = 0.12) -> Signal:
    """Two gentle stages around a scooped stack; the output stage stays below its knee."""
    toned = _american(0.5, 0.6, INPUT(x, rate), rate) * volume
    return _power_stage(Triode()(toned, rate), 140.0, rate)


def edge_of_breakup(x: Signal, rate: float, *, volume: float = 0.45) -> Signal:
    """The same amp turned up: soft notes are clean, hard ones growl."""
    toned = _american(0.4, 0.65, INPUT(x, rate), rate) * volume
    return _power_stage(Triode()(toned, rate), 45.0, rate)


def crunch(x: Signal, rate: float, *, volume: float = 0.2) -> Signal:
    """Two cascaded stages before a mid-forward stack, and an output stage that is pushed."""
    first = filtered(INPUT(x, rate), high_pass(90.0), rate) * volume
    second = Triode(source_ohms=220_000.0, cathode_ohms=820.0)(first, rate)
    return _power_stage(_british(0.5, 0.55, second, rate), 14.0, rate)


def high_gain(x: Signal, rate: float, *, gain: float = 0.3) -> Signal:
    """Three cascaded stages, the second biased cold, with the bass cut before and put back after."""
    first = filtered(INPUT(x, rate), high_pass(180.0), rate) * gain
    cold = Triode(source_ohms=220_000.0, cathode_ohms=10_000.0, coupling_farads=4.7e-9)
    second = filtered(cold(first, rate), low_pass(9_000.0), rate) * 0.35
    third = Triode(source_ohms=330_000.0, coupling_farads=10e-9)(second, rate)
    return _power_stage(_british(0.6, 0.5, third, rate), 22.0, rate)


def bass_preamp(x: Signal, rate: float) -> Signal:
    """A levelling amplifier (fast down, slow up, about 3:1) before one warm stage: even, round bass."""
    levelled = _levelled(x, rate, threshold=0.06, ratio=3.0)
    warm = INPUT(2.5 * levelled, rate)
    return filtered(_power_stage(warm, 120.0, rate), low_pass(4_500.0), rate)


def _levelled(x: Signal, rate: float, threshold: float, ratio: float) -> Signal:
    """Feed-forward compression by the envelope: attack 5 ms, release 120 ms, stepped every millisecond."""
    hop = round(rate / 1000)
    frames = -(-x.shape[0] // hop)
    padded = np.pad(np.abs(x), ((0, frames * hop - x.shape[0]), (0, 0)))
    peaks = padded.reshape(frames, hop, -1).max(axis=1)
    envelope, now = np.empty_like(peaks), np.zeros(x.shape[1])
    attack, release = np.exp(-1 / 5), np.exp(-1 / 120)
    for n, peak in enumerate(peaks):
        now = peak + np.where(peak > now, attack, release) * (now - peak)
        envelope[n] = now
    gain = np.maximum(envelope / threshold, 1.0) ** (1 / ratio - 1)
    # The envelope of a frame is known at its end; a straight line to it keeps the gain smooth.
    ends = (np.arange(frames) + 1) * hop
    times = np.arange(x.shape[0])
    smooth = np.stack([np.interp(times - hop, ends, g, left=1.0) for g in gain.T], axis=1)
    return np.asarray(x * smooth, dtype=np.float64)
