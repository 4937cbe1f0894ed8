"""The paired device vector: how the wet signal follows from the dry one, so that the playing cancels.

Signals are mono float32, shape (samples,), aligned, of one rate, full scale = 1.0. The dry level counts in
absolute terms (it decides how hard a device is driven); the wet level does not: every number stays the same
when the wet signal is scaled. A number that the playing does not reveal is NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from recommender import bands, statistics
from recommender.bands import Matrix, Signal, Spectra
from recommender.statistics import TINY

Vector = npt.NDArray[np.float32]

# Gains in front of a tanh whose output is compared with the wet signal; 0 stands for the dry signal itself.
DRIVES = (0.0, 5.0, 20.0, 80.0, 320.0)
TIGHTENING_HZ = 720.0  # corner of the high-pass in front of the clipper of a Tube Screamer and its kin
BROAD_HZ = (0.0, 300.0, 1200.0, 5000.0)  # bass, middle, treble: where a drive explains the wet signal
LEVELS_DB = np.arange(-54.0, -5.0, 6.0)  # dry frame levels between which the wet level's slope is taken
HALVES_DB = ((-48.0, -30.0), (-30.0, -12.0))  # soft and hard playing
FEWEST_FRAMES = 4


@dataclass(frozen=True, slots=True)
class Dry:
    """What can be said of a dry signal before any wet one is known; made once, used for many devices.

    Attributes:
        copies: spectra of the signal and of its clipped copies, shape (1 + clipped, frames, bins).
        power: power of each of those in every bin, summed over frames, shape (1 + clipped, bins).
    """

    signal: Signal
    sample_rate: int
    copies: Spectra
    power: Matrix


def analyse_dry(signal: Signal, sample_rate: int) -> Dry:
    """Prepare a dry signal for `paired_features`."""
    signal = np.ascontiguousarray(signal, dtype=np.float32)
    tightened = _high_pass(signal, sample_rate)
    clipped = [np.tanh(np.float32(g) * s) for s in (signal, tightened) for g in DRIVES[1:]]
    copies = np.stack([bands.spectra(copy, sample_rate) for copy in (signal, *clipped)])
    return Dry(signal, sample_rate, copies, np.stack([bands.power(copy) for copy in copies]))


def paired_features(dry: Dry, wet: Signal) -> Vector:
    """The numbers of `PAIRED_GROUPS`, shape (PAIRED_SIZE,); NaN where the playing tells nothing."""
    pair = _analyse_pair(dry, statistics.normalised(wet))
    return np.concatenate([measure(pair) for measure, _ in _MEASURES.values()]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A dry signal and a wet one of RMS 1, with what several measures need.

    ``linear`` and ``explained`` are powers in bins: of the wet signal's part that is linear in the dry one,
    shape (bins,), and in each clipped copy, shape (1 + clipped, bins).
    """

    dry: Dry
    wet: Signal
    wet_power: Matrix
    explained: Matrix
    dry_levels: Matrix
    wet_levels: Matrix


def _analyse_pair(dry: Dry, wet: Signal) -> _Pair:
    spectra = bands.spectra(wet, dry.sample_rate)
    cross = [np.square(np.abs(bands.cross(copy, spectra))) for copy in dry.copies]
    levels = [statistics.frame_levels(signal, dry.sample_rate) for signal in (dry.signal, wet)]
    return _Pair(dry, wet, bands.power(spectra), np.stack(cross) / (dry.power + TINY), *levels)


def _high_pass(signal: Signal, sample_rate: int) -> Signal:
    """First-order high-pass at ``TIGHTENING_HZ``, by its frequency response."""
    padded = 1 << int(signal.size + sample_rate // 10 - 1).bit_length()
    f = np.fft.rfftfreq(padded, 1.0 / sample_rate)
    response = 1j * f / (TIGHTENING_HZ + 1j * f)
    filtered = np.fft.irfft(np.fft.rfft(signal, padded) * response, padded)
    return filtered[: signal.size].astype(np.float32)


def _relative_db(power: Matrix, reference: Matrix, pair: _Pair) -> Matrix:
    """Ratio of two powers in bands, dB, less its median: scaling the wet signal leaves it as it is."""
    to_bands = bands.filters(pair.dry.sample_rate)
    ratio = 10.0 * np.log10((to_bands @ power + TINY) / (to_bands @ reference + TINY))
    return np.asarray(np.clip(ratio - np.median(ratio), -40.0, 40.0))


def _tone(pair: _Pair) -> Matrix:
    """|H1|: the tone of the part of the wet signal that is linear in the dry one."""
    return _relative_db(pair.explained[0], pair.dry.power[0], pair)


def _balance(pair: _Pair) -> Matrix:
    """Wet over dry power: tone and harmonics together."""
    return _relative_db(pair.wet_power, pair.dry.power[0], pair)


def _coherence(pair: _Pair) -> Matrix:
    """Share of the wet power in each band that is linear in the dry signal, 0 to 1."""
    to_bands = bands.filters(pair.dry.sample_rate)
    return np.asarray((to_bands @ pair.explained[0]) / (to_bands @ pair.wet_power + TINY))


def _drive(pair: _Pair) -> Matrix:
    """Share of the wet power explained by each clipped copy of the dry signal, in bass, middle and treble."""
    at = bands.frequencies(pair.dry.sample_rate)
    edges = pairwise(BROAD_HZ)
    broad = np.stack([(at >= low) & (at < high) for low, high in edges]).astype(np.float64)
    return np.asarray((pair.explained @ broad.T) / (broad @ pair.wet_power + TINY)).ravel()


def _compression(pair: _Pair) -> Matrix:
    """Wet dB per dry dB between neighbouring `LEVELS_DB`: 1 is linear, 0 a limiter."""
    step = LEVELS_DB[1] - LEVELS_DB[0]
    means = []
    for level in LEVELS_DB:
        inside = np.abs(pair.dry_levels - level) < step / 2
        enough = inside.sum() >= FEWEST_FRAMES
        gain = pair.wet_levels[inside] - pair.dry_levels[inside]
        means.append(gain.mean() if enough else np.nan)
    return np.asarray(np.clip(1.0 + np.diff(means) / step, -1.0, 3.0))


def _hysteresis(pair: _Pair) -> Matrix:
    """How much louder, dB, the wet signal is at one dry level when notes decay than when they rise."""
    rising = np.concatenate([[False], np.diff(pair.dry_levels) > 1.0])
    gain = pair.wet_levels - pair.dry_levels
    differences = []
    for low, high in HALVES_DB:
        inside = (pair.dry_levels >= low) & (pair.dry_levels < high)
        up, down = inside & rising, inside & ~rising
        enough = min(up.sum(), down.sum()) >= FEWEST_FRAMES
        differences.append(gain[down].mean() - gain[up].mean() if enough else np.nan)
    return np.asarray(np.clip(np.array(differences), -20.0, 20.0))


def _waveshape(pair: _Pair) -> Matrix:
    """Amplitude quantiles of the wet signal less those of the dry, each in units of its own RMS."""
    return statistics.amplitude_quantiles(pair.wet) - statistics.amplitude_quantiles(pair.dry.signal)


def _asymmetry(pair: _Pair) -> Matrix:
    """Skew of the wet signal, and its change from the dry."""
    skew = statistics.skew(pair.wet)
    return np.array([skew, skew - statistics.skew(pair.dry.signal)])


def _dynamics(pair: _Pair) -> Matrix:
    """Change, dry to wet, of crest factor (dB), kurtosis (octaves) and spread of frame levels (dB)."""
    dry = pair.dry.signal
    return np.array(
        [
            statistics.crest_db(pair.wet) - statistics.crest_db(dry),
            np.log2(statistics.kurtosis(pair.wet) / statistics.kurtosis(dry)),
            statistics.spread_db(pair.wet_levels) - statistics.spread_db(pair.dry_levels),
        ]
    )


_MEASURES: dict[str, tuple[Callable[[_Pair], Matrix], int]] = {
    "tone": (_tone, bands.NUM_BANDS),
    "balance": (_balance, bands.NUM_BANDS),
    "coherence": (_coherence, bands.NUM_BANDS),
    "drive": (_drive, (2 * len(DRIVES) - 1) * (len(BROAD_HZ) - 1)),
    "compression": (_compression, len(LEVELS_DB) - 1),
    "hysteresis": (_hysteresis, len(HALVES_DB)),
    "waveshape": (_waveshape, len(statistics.QUANTILES)),
    "asymmetry": (_asymmetry, 2),
    "dynamics": (_dynamics, 3),
}


PAIRED_GROUPS = bands.groups({name: size for name, (_, size) in _MEASURES.items()})
PAIRED_SIZE = sum(size for _, size in _MEASURES.values())
