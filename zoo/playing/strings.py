"""A plucked string heard through a magnetic pickup, as the sum of its modes.

Time in seconds, frequency in Hz, lengths in metres; signals are float64 (samples,). Every mode is evaluated
in closed form, so one string sounds the same at every sample rate; nothing is above `HIGHEST_MODE_HZ`.

The physics is the textbook's: a stiff string's modes f_n = n f_0 sqrt(1 + B n^2) and the spectrum of an ideal
pluck sin(n pi beta) / n^2 (Fletcher & Rossing, The Physics of Musical Instruments, chapter 2); losses
sigma = b_1 + b_3 omega^2 (Bensa, Bilbao, Kronland-Martinet & Smith, JASA 2003); a pickup as a sensor of the
string's velocity at one place, behind a resonant low-pass (Paiva, Pakarinen & Välimäki, JAES 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complexfloating]

HIGHEST_MODE_HZ = 10_000.0
BLOCK = 256  # samples in one row of the matrix product; any value gives the same sound
INAUDIBLE = 1e-4  # a mode this far below the strongest one is left out
RELEASE_S = 0.025  # how fast a finger stops a string
CLICK_MODES = 24
BEND_OVERSAMPLING = 4


@dataclass(frozen=True, slots=True)
class Pickup:
    """Coils under the strings and what cable and tone knob make of them.

    Attributes:
        coils_m: distance of each coil from the bridge; two for a humbucker.
        aperture_m: width of string that one coil senses.
        resonance_hz, q: the low-pass of coil inductance and cable capacitance; q is above 0.5.
    """

    coils_m: tuple[float, ...]
    aperture_m: float
    resonance_hz: float
    q: float

    def response(self, frequency: Signal, order: Signal, length_m: float) -> Complex:
        """What the pickup makes of the modes of a string of ``length_m``, both arrays (modes,)."""
        wavenumber = np.pi * order / length_m
        sensed = sum(np.sin(wavenumber * coil) for coil in self.coils_m) / len(self.coils_m)
        aperture = np.sinc(wavenumber * self.aperture_m / (2 * np.pi))
        return sensed * aperture * self.low_pass(frequency)

    def low_pass(self, frequency: Signal) -> Complex:
        """The resonant low-pass alone, 1 at 0 Hz."""
        ratio: Signal = frequency / self.resonance_hz
        gain: Complex = np.reciprocal(1 - ratio**2 + 1j * ratio / self.q)
        return gain

    def transient(self, poles: Complex, amplitudes: Complex) -> tuple[complex, complex]:
        """The low-pass's own ringing, pole and amplitude: a note starts from zero and with zero slope."""
        omega = 2 * np.pi * self.resonance_hz
        pole = omega * complex(-1 / (2 * self.q), np.sqrt(1 - 1 / (2 * self.q) ** 2))
        real = -float(amplitudes.real.sum())
        slope = -float((amplitudes * poles).real.sum())
        return pole, complex(real, (real * pole.real - slope) / pole.imag)


@dataclass(frozen=True, slots=True)
class String:
    """One string at one fret.

    Attributes:
        frequency: of an ideal string without stiffness.
        length_m: from fret to bridge.
        inharmonicity: B in f_n = n f_0 sqrt(1 + B n^2).
        b1, b3: losses, 1/s and s: sigma = b1 + b3 omega^2.
    """

    frequency: float
    length_m: float
    inharmonicity: float
    b1: float
    b3: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """How the string is struck.

    Attributes:
        velocity: 0 to 1; harder is louder and brighter.
        position_m: distance of the pick from the bridge.
        brightness_hz: corner of the pick's or finger's softness at full velocity.
        mute: 0 rings, 1 is a dead palm mute.
        bend: semitones reached after a quarter of a second.
        click: loudness of the pick's noise against the string.
    """

    velocity: float
    position_m: float
    brightness_hz: float
    mute: float = 0.0
    bend: float = 0.0
    click: float = 0.02


def pluck(
    string: String,
    stroke: Stroke,
    pickup: Pickup,
    times: tuple[float, float, float],
    sample_rate: int,
    rng: np.random.Generator,
) -> tuple[int, Signal]:
    """One note: the first sample's number and the signal, which ends when the string has been stopped.

    Args:
        string: what is plucked.
        stroke: how.
        pickup: what hears it.
        times: when it is struck, when it is stopped and when everything ends.
        sample_rate: of the signal, Hz.
        rng: chance in the pick's noise and in the string's second polarisation.
    """
    struck, stopped, end = times
    first = int(np.ceil(struck * sample_rate))
    count = max(0, int(min(stopped + 8 * RELEASE_S, end) * sample_rate) - first)
    poles, amplitudes = _modes(string, stroke, pickup, rng)
    offset = first / sample_rate - struck
    if stroke.bend:
        signal = _bent(poles, amplitudes, stroke.bend, count, sample_rate)
    else:
        signal = sum_of_modes(poles, amplitudes, offset, count, sample_rate)
    late = np.maximum(np.arange(count) / sample_rate + offset - (stopped - struck), 0.0)
    return first, signal * np.exp(-late / RELEASE_S)


def sum_of_modes(poles: Complex, amplitudes: Complex, offset: float, count: int, sample_rate: int) -> Signal:
    """Real part of sum(amplitudes * exp(poles * t)) at t = offset + n / sample_rate; shape (count,).

    One matrix product: exp(s (mB + b) / fs) = exp(s mB / fs) exp(s b / fs).
    """
    rows = -(-count // BLOCK)
    coarse = np.exp(np.outer(np.arange(rows) * (BLOCK / sample_rate) + offset, poles)) * amplitudes
    fine = np.exp(np.outer(poles, np.arange(BLOCK) / sample_rate))
    signal: Signal = (coarse.real @ fine.real - coarse.imag @ fine.imag).reshape(-1)[:count]
    return signal


def _modes(
    string: String, stroke: Stroke, pickup: Pickup, rng: np.random.Generator
) -> tuple[Complex, Complex]:
    """Poles (1/s) and complex amplitudes of everything that rings, each (modes,)."""
    n = np.arange(1.0, np.ceil(HIGHEST_MODE_HZ / string.frequency))
    frequency = n * string.frequency * np.sqrt(1 + string.inharmonicity * n**2)
    n, frequency = n[frequency < HIGHEST_MODE_HZ], frequency[frequency < HIGHEST_MODE_HZ]
    beta = min(0.5, stroke.position_m / string.length_m)
    softness = 1 / (1 + (frequency / (stroke.brightness_hz * (0.35 + 0.65 * stroke.velocity))) ** 2)
    # A pluck is a displacement at rest: its velocity, which the pickup senses, starts as a sine: -1j.
    pluck_spectrum = -1j * stroke.velocity * np.sin(n * np.pi * beta) / n * softness
    amplitude = pluck_spectrum * pickup.response(frequency, n, string.length_m)
    b1 = string.b1 + 14.0 * stroke.mute
    b3 = string.b3 + 4e-7 * stroke.mute
    poles = 2j * np.pi * frequency - b1 - b3 * (2 * np.pi * frequency) ** 2
    keep = np.abs(amplitude) > INAUDIBLE * np.abs(amplitude).max()
    poles, amplitude = poles[keep], amplitude[keep]
    groups = [(poles, amplitude), _second_polarisation(poles, amplitude, rng)]
    groups.append(_click(stroke, pickup, float(np.abs(amplitude).max()), rng))
    poles = np.concatenate([group[0] for group in groups])
    amplitude = np.concatenate([group[1] for group in groups])
    pole, transient = pickup.transient(poles, amplitude)
    return np.append(poles, pole), np.append(amplitude, transient)


def _second_polarisation(
    poles: Complex, amplitude: Complex, rng: np.random.Generator
) -> tuple[Complex, Complex]:
    """The lowest modes again, a little mistuned and damped more: the slow beating and the two-stage decay."""
    detune = 1 + rng.uniform(-4e-4, 4e-4)
    again = poles[:10].real * 2.5 + 1j * poles[:10].imag * detune
    return again, 0.35 * amplitude[:10]


def _click(
    stroke: Stroke, pickup: Pickup, loudest: float, rng: np.random.Generator
) -> tuple[Complex, Complex]:
    """The pick's noise: random modes from 0.8 to 8 kHz that are gone within a few milliseconds."""
    frequency = 800.0 * 10 ** rng.uniform(0, 1, CLICK_MODES)
    phase = np.exp(2j * np.pi * rng.uniform(0, 1, CLICK_MODES))
    through = pickup.low_pass(frequency)
    poles = 2j * np.pi * frequency - rng.uniform(200, 900, CLICK_MODES)
    return poles, stroke.click * loudest * phase * through


def _bent(poles: Complex, amplitudes: Complex, semitones: float, count: int, sample_rate: int) -> Signal:
    """The note read with a clock that speeds up to the bend and then sways a little (vibrato)."""
    t = np.arange(count) / sample_rate
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / 0.25, 0, 1))
    vibrato = 0.15 * np.sin(2 * np.pi * 5.2 * t) * np.clip((t - 0.35) / 0.3, 0, 1)
    clock = np.cumsum(2 ** ((semitones * rise + vibrato) / 12)) if count else t
    fine_rate = BEND_OVERSAMPLING * sample_rate
    length = int(clock[-1]) * BEND_OVERSAMPLING + 2 * BEND_OVERSAMPLING if count else 0
    straight = sum_of_modes(poles, amplitudes, 0.0, length, fine_rate)
    return np.interp((clock - 1) * BEND_OVERSAMPLING, np.arange(length), straight) if count else t
