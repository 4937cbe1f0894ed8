"""Runs snapshots on audio through the native engine.

Mono float32, full scale = 1.0, at the snapshot's own rate.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent, WaveNet
from zoo.engine.flat import flat_weights
from zoo.errors import BadRequest, EngineMissing
from zoo.snapshot import Snapshot

Floats: TypeAlias = npt.NDArray[np.float32]

DEFAULT_KNOB = 0.5


@cache
def simd_paths() -> tuple[str, ...]:
    """The instruction sets that the engine can use on this machine, slowest first.

    "baseline" is always there; "avx2" and "avx512" where the processor has them.

    Raises:
        EngineMissing: the native engine is not installed.
    """
    cpu = _import("cpu")
    return ("baseline", *(name for name in ("avx2", "avx512") if getattr(cpu, f"has_{name}")()))


def render(
    snapshot: Snapshot, audio: npt.ArrayLike, *, knobs: Sequence[float] | None = None, simd: str = "auto"
) -> Floats:
    """The device's output for ``audio``, from the rest state, gains and residual included.

    Args:
        snapshot: of a slimmable one the largest size plays.
        audio: dry signal, shape (samples,), at ``snapshot.sample_rate``.
        knobs: a value from 0 to 1 for each of the network's knobs; None is 0.5 each.
        simd: one of `simd_paths`, or "auto" for the fastest.

    Returns:
        Shape (samples,).

    Raises:
        BadRequest: the audio is empty, not one-dimensional or not finite, the knobs are too few, too many or
            out of range, or ``simd`` is not there.
        EngineMissing: the native engine is not installed.
    """
    return Player(snapshot, knobs=knobs, simd=simd).process(audio)


def render_many(
    snapshots: Sequence[Snapshot],
    audio: npt.ArrayLike | Sequence[npt.ArrayLike],
    *,
    knobs: Sequence[float] | None = None,
    threads: int | None = None,
    simd: str = "auto",
) -> list[Floats]:
    """`render` for many snapshots at once, on several threads; the result does not depend on how many.

    Args:
        snapshots: as `render`'s, each.
        audio: one signal for all, shape (samples,), or one for each snapshot.
        knobs: as `render`'s, the same for all.
        threads: None is one for each processor this process may use.
        simd: as `render`'s.

    Raises:
        BadRequest: as `render`, or the signals are not as many as the snapshots.
    """
    signals = _signals(audio, len(snapshots))

    def one(snapshot: Snapshot, signal: Floats) -> Floats:
        return render(snapshot, signal, knobs=knobs, simd=simd)

    with ThreadPoolExecutor(threads or processors()) as pool:
        return list(pool.map(one, snapshots, signals))


def states(
    snapshot: Snapshot, audio: npt.ArrayLike, *, knobs: Sequence[float] | None = None, simd: str = "auto"
) -> Floats:
    """What the last linear layer sees: the features that a head can be fitted on.

    LSTM and GRU: the last layer's h. WaveNet: the input of the last head. Gains: the input's counts, the
    output's does not. Arguments and errors are `render`'s.

    Returns:
        Shape (samples, features).
    """
    return Player(snapshot, knobs=knobs, simd=simd).states(audio)


class Player:
    """A snapshot that plays block after block and remembers where it was; one thread at a time.

    The output does not depend on how the signal is cut into blocks. Arguments and errors are `render`'s.
    """

    def __init__(
        self, snapshot: Snapshot, *, knobs: Sequence[float] | None = None, simd: str = "auto"
    ) -> None:
        plain = snapshot.at_size(1.0)
        values = _knob_values(plain, knobs)
        self._input_gain, self._output_gain = _gain(plain.input_gain_db), _gain(plain.output_gain_db)
        self._net = _network(plain, _module(simd))
        if values.size:
            self._net.set_knobs(values)

    def process(self, block: npt.ArrayLike) -> Floats:
        """The output for the next ``block``, shape (samples,) both."""
        output: Floats = self._net.process(_scaled(_signal(block), self._input_gain))
        return _scaled(output, self._output_gain)

    def states(self, block: npt.ArrayLike) -> Floats:
        """The features for the next ``block``, shape (samples, features); moves on as `process` does."""
        features: Floats = self._net.states(_scaled(_signal(block), self._input_gain))
        return features

    def seconds(self, audio: npt.ArrayLike, block: int) -> float:
        """Seconds for ``audio`` in calls of ``block`` samples, gains left out; moves on as `process` does."""
        if block < 1:
            raise BadRequest(f"blocks of {block} samples cannot be played; 1 at least")
        elapsed: float = self._net.seconds_in_blocks(_signal(audio), block)
        return elapsed

    def reset(self) -> None:
        """Back to the rest state, as if nothing had been played."""
        self._net.reset()


def _network(snapshot: Snapshot, module: Any) -> Any:
    """The native network: ``process``, ``states``, ``reset``, ``features``; gains are left to the player."""
    architecture, flat = snapshot.architecture, flat_weights(snapshot)
    if isinstance(architecture, Recurrent):
        a = architecture
        try:
            return module.Recurrent(a.cell, a.hidden_size, a.input_size, a.num_layers, a.residual, flat)
        except ValueError as error:
            raise BadRequest(f"the engine refuses this {a}: {error}") from error
    assert isinstance(architecture, WaveNet)
    try:
        return module.WaveNet(architecture.to_json()["arrays"], flat)
    except ValueError as error:
        raise BadRequest(
            f"{architecture} needs too much memory; at most 1 GiB is given to one model"
        ) from error


def _module(simd: str) -> Any:
    """The engine compiled for one instruction set."""
    there = simd_paths()
    if simd == "auto":
        simd = there[-1]
    if simd not in there:
        raise BadRequest(
            f"the instruction set {simd!r} is not to be had here; one of {', '.join(there)} or auto is"
        )
    return _import(f"engine_{simd}")


@cache
def _import(name: str) -> Any:
    try:
        return import_module(f"zoo._native.{name}")
    except ImportError as error:
        raise EngineMissing(
            f"the native engine cannot be loaded ({error}); install it again: "
            "pip install --force-reinstall tonezoo, or pip install -e . in a checkout"
        ) from error


def _knob_values(snapshot: Snapshot, knobs: Sequence[float] | None) -> Floats:
    wanted = snapshot.num_knobs
    if knobs is None:
        return np.full(wanted, DEFAULT_KNOB, np.float32)
    values = np.asarray(knobs, dtype=np.float32)
    if values.shape != (wanted,):
        raise BadRequest(f"{values.size} knob values were given, but {snapshot.architecture} takes {wanted}")
    if not ((values >= 0.0) & (values <= 1.0)).all():
        raise BadRequest(f"the knob values {values.tolist()} are out of range; 0 to 1 is expected")
    return values


def _signal(audio: npt.ArrayLike) -> Floats:
    signal = np.ascontiguousarray(audio, dtype=np.float32)
    if np.ndim(audio) != 1:
        raise BadRequest(f"the audio has shape {np.shape(audio)}; one channel, shape (samples,), is expected")
    if signal.size == 0:
        raise BadRequest("the audio is empty; at least one sample is expected")
    if not np.isfinite(signal).all():
        raise BadRequest("the audio holds NaN or infinity; finite samples are expected")
    return signal


def _signals(audio: npt.ArrayLike | Sequence[npt.ArrayLike], count: int) -> list[Floats]:
    """One checked signal for each of ``count`` snapshots."""
    if isinstance(audio, np.ndarray) and audio.ndim == 1:
        return [_signal(audio)] * count
    signals = [_signal(signal) for signal in audio]  # type: ignore[union-attr]
    if len(signals) != count:
        raise BadRequest(f"{len(signals)} signals were given for {count} snapshots; one for all or one each")
    return signals


def _gain(db: float) -> float:
    return float(10.0 ** (db / 20.0))


def _scaled(signal: Floats, gain: float) -> Floats:
    return signal if gain == 1.0 else signal * np.float32(gain)


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
