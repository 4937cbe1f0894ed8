"""Units that a mask has made useless, removed without changing the sound.

A unit from which no path of non-zero weights leads to the output is dead: removing it is exact. A unit that
nothing leads into settles to a constant, which moves into the biases of those that listen: exact but for
the start, while the unit would still have been settling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from training.pruning.masks import require_prunable
from zoo.snapshot import Snapshot

Doubles = npt.NDArray[np.float64]
Units = npt.NDArray[np.bool_]

SETTLED = 1e-7  # of the constant is still missing when a unit counts as settled
LONGEST_SETTLING_SECONDS = 2.0


@dataclass(frozen=True, eq=False)
class Removal:
    """A snapshot without its useless units.

    Attributes:
        snapshot: the smaller one.
        dead: how many units were removed since nothing of them reached the output.
        constant: how many were folded into biases.
        settling_samples: for so long after the start the sound may differ; 0 when nothing was folded.
    """

    snapshot: Snapshot
    dead: int
    constant: int
    settling_samples: int


def without_dead_units(snapshot: Snapshot, *, fold: bool = True) -> Removal:
    """``snapshot`` without dead units and, with ``fold``, without constant ones; at least one unit stays.

    Raises:
        BadRequest: as `require_prunable`.
    """
    require_prunable(snapshot)
    alive = reachable(snapshot)
    dead = int(np.count_nonzero(~alive))
    snapshot, constant, settling = with_units(snapshot, alive), 0, 0
    while fold:
        folded = _fold_one(snapshot)
        if folded is None:
            break
        snapshot, samples = folded
        constant, settling = constant + 1, settling + samples  # one may feed the next: they settle in turn
        alive = reachable(snapshot)
        dead += int(np.count_nonzero(~alive))
        snapshot = with_units(snapshot, alive)
    return Removal(snapshot, dead, constant, settling)


def effective_hidden_size(snapshot: Snapshot) -> int:
    """Units left after `without_dead_units`."""
    architecture = require_prunable(without_dead_units(snapshot).snapshot)
    return architecture.hidden_size


def reachable(snapshot: Snapshot) -> Units:
    """Which units the output hears, directly or through others; the first one where it hears none."""
    hidden = snapshot.weights["lin.weight"].shape[1]
    listens = (snapshot.weights["rec.weight_hh_l0"].reshape(-1, hidden, hidden) != 0.0).any(axis=0)
    heard = snapshot.weights["lin.weight"][0] != 0.0
    while True:
        more = heard | listens[heard].any(axis=0)
        if (more == heard).all():
            break
        heard = more
    if not heard.any():
        heard = np.arange(hidden) == 0
    result: Units = heard
    return result


def with_units(snapshot: Snapshot, keep: Units) -> Snapshot:
    """Only the units in ``keep``; what the others sent is gone."""
    if keep.all():
        return snapshot
    architecture = require_prunable(snapshot)
    gates, hidden = architecture.gates, architecture.hidden_size
    weights = {}
    for name, array in snapshot.weights.items():
        kept = array
        if name in ("rec.weight_hh_l0", "lin.weight"):
            kept = kept[:, keep]
        if name.startswith(("rec.weight", "rec.bias")):
            kept = kept.reshape(gates, hidden, -1)[:, keep].reshape(-1, *kept.shape[1:])
        if name.startswith(("rec.h0", "rec.c0")):
            kept = kept[keep]
        weights[name] = kept
    smaller = replace(architecture, hidden_size=int(np.count_nonzero(keep)))
    return replace(snapshot, architecture=smaller, weights=weights)


def put_back(whole: Snapshot, part: Snapshot, keep: Units) -> Snapshot:
    """``whole`` with the weights of ``part``, which has only its units in ``keep``: undoes `with_units`."""
    architecture = require_prunable(whole)
    rows = np.tile(keep, architecture.gates)
    weights = {}
    for name, array in whole.weights.items():
        new, values = array.copy(), part.weights[name]
        if name == "rec.weight_hh_l0":
            new[np.ix_(rows, keep)] = values
        elif name == "lin.weight":
            new[:, keep] = values
        elif name.startswith("rec."):
            new[keep if name.startswith(("rec.h0", "rec.c0")) else rows] = values
        else:
            new = values
        weights[name] = new
    return replace(whole, weights=weights)


def _fold_one(snapshot: Snapshot) -> tuple[Snapshot, int] | None:
    """The first constant unit that settles soon enough, folded; with the samples it takes to settle."""
    architecture = require_prunable(snapshot)
    gates, hidden = architecture.gates, architecture.hidden_size
    if hidden == 1:
        return None
    into = np.concatenate([snapshot.weights[f"rec.weight_{kind}_l0"] for kind in ("ih", "hh")], axis=1)
    fed = (into.reshape(gates, hidden, -1) != 0.0).any(axis=(0, 2))
    for unit in np.flatnonzero(~fed):
        value, memory = _resting(snapshot, int(unit))
        samples = math.ceil(math.log(SETTLED) / math.log(memory)) if 0.0 < memory < 1.0 else 0
        if memory < 1.0 and samples <= LONGEST_SETTLING_SECONDS * snapshot.sample_rate:
            keep = np.arange(hidden) != unit
            return with_units(sent_by_biases(snapshot, int(unit), value), keep), samples + 1
    return None


def _resting(snapshot: Snapshot, unit: int) -> tuple[float, float]:
    """The h that a unit without inputs settles to, and what of the distance is left after each sample."""
    architecture, weights = require_prunable(snapshot), snapshot.weights
    own = slice(unit, None, architecture.hidden_size)
    input_bias = weights["rec.bias_ih_l0"][own].astype(np.float64)
    state_bias = np.zeros_like(input_bias)
    if "rec.bias_hh_l0" in weights:
        state_bias = weights["rec.bias_hh_l0"][own].astype(np.float64)
    if architecture.cell == "GRU":
        r, z, _ = _sigmoid(input_bias + state_bias)
        return math.tanh(input_bias[2] + r * state_bias[2]), float(z)
    i, f, _, o = _sigmoid(input_bias + state_bias)
    if f == 1.0:
        return 0.0, 1.0
    c = i * math.tanh((input_bias + state_bias)[2]) / (1.0 - f)
    return float(o * math.tanh(c)), float(f)


def sent_by_biases(snapshot: Snapshot, unit: int, value: float) -> Snapshot:
    """What ``unit`` sends when it rests at ``value``, from the biases instead of from its weights.

    In a GRU it goes into the biases of the state, which the reset gate scales as it scaled the weights.
    """
    weights = dict(snapshot.weights)
    name = "rec.bias_hh_l0" if "rec.bias_hh_l0" in weights else "rec.bias_ih_l0"
    sends = weights["rec.weight_hh_l0"][:, unit].astype(np.float64)
    weights[name] = (weights[name] + sends * value).astype(np.float32)
    head = float(weights["lin.weight"][0, unit])
    weights["lin.bias"] = (weights["lin.bias"] + head * value).astype(np.float32)
    return replace(snapshot, weights=weights)


def _sigmoid(x: Doubles) -> Doubles:
    result: Doubles = 0.5 + 0.5 * np.tanh(0.5 * x)
    return result
