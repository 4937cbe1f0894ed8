"""The dry path of an LSTM carried by one unit more, for players that add no dry input themselves, and back.

A unit with gates i = o = 1 and f = 0 gives h = tanh(tanh(e x)), which for a small e is e x; the output weighs
it with 1 / e. With e = 2^-11 the dry path is off by 1.6e-7 x^3 where tanh is exact. A rough tanh
carries it as roughly: with the common rational one, 0.4 % too steep at 0, it comes out about 1 % too loud.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from zoo.architecture import Recurrent
from zoo.padding import padded
from zoo.snapshot import Snapshot

Array = npt.NDArray[np.float32]

SMALL = 2.0**-11
OPEN = 40.0  # sigmoid(40) is 1 and sigmoid(-40) is 0, to float32
GATES = np.array([OPEN, -OPEN, 0.0, OPEN], np.float32)  # biases of i, f, g, o
HEARS = np.array([0.0, 0.0, SMALL, 0.0], np.float32)


def can_carry_dry(snapshot: Snapshot) -> bool:
    """Whether `with_dry_in_a_unit` knows this kind of network."""
    a = snapshot.architecture
    return isinstance(a, Recurrent) and (a.cell, a.num_layers, a.num_knobs, a.residual) == (
        "LSTM",
        1,
        0,
        True,
    )


def with_dry_in_a_unit(snapshot: Snapshot) -> Snapshot:
    """The same sound without a residual and without gains: one unit more carries the dry path.

    Args:
        snapshot: for which `can_carry_dry` holds.
    """
    architecture = snapshot.architecture
    assert isinstance(architecture, Recurrent)
    gain_in, gain_out = (10.0 ** (db / 20.0) for db in (snapshot.input_gain_db, snapshot.output_gain_db))
    hidden = architecture.hidden_size
    wide = padded(replace(snapshot, architecture=replace(architecture, residual=False)), hidden + 1)
    weights = {name: array.copy() for name, array in wide.weights.items()}
    own = slice(hidden, None, hidden + 1)
    weights["rec.weight_ih_l0"] *= np.float32(gain_in)
    weights["rec.weight_ih_l0"][own, 0] = HEARS
    weights["rec.bias_ih_l0"][own] = GATES
    for name in ("lin.weight", "lin.bias"):
        weights[name] *= np.float32(gain_out)
    weights["lin.weight"][0, hidden] = gain_in * gain_out / SMALL
    return replace(wide, weights=weights, input_gain_db=0.0, output_gain_db=0.0)


def with_dry_restored(snapshot: Snapshot) -> Snapshot:
    """The inverse: a snapshot whose last unit only carries the dry path becomes one with a residual.

    Any other snapshot is returned as it is.
    """
    architecture = snapshot.architecture
    if not isinstance(architecture, Recurrent) or not _last_carries_dry(snapshot, architecture):
        return snapshot
    hidden = architecture.hidden_size - 1
    gain = float(snapshot.weights["lin.weight"][0, hidden]) * SMALL
    smaller = replace(architecture, hidden_size=hidden, residual=True)
    weights = {name: _without_last(name, array, hidden + 1) for name, array in snapshot.weights.items()}
    if gain != 1.0:
        for name in ("lin.weight", "lin.bias"):
            weights[name] = (weights[name] / gain).astype(np.float32)
    return replace(snapshot, architecture=smaller, weights=weights, output_gain_db=20.0 * math.log10(gain))


def _last_carries_dry(snapshot: Snapshot, a: Recurrent) -> bool:
    if (a.cell, a.num_layers, a.num_knobs, a.residual) != ("LSTM", 1, 0, False) or a.hidden_size < 2:
        return False
    if snapshot.input_gain_db or snapshot.output_gain_db:
        return False
    w, hidden = snapshot.weights, a.hidden_size
    own = slice(hidden - 1, None, hidden)
    biases = w["rec.bias_ih_l0"][own] + w.get("rec.bias_hh_l0", np.zeros(4 * hidden, np.float32))[own]
    alone = not w["rec.weight_hh_l0"][own].any() and not w["rec.weight_hh_l0"][:, hidden - 1].any()
    rests = not any(w[n][-1] for n in ("rec.h0_l0", "rec.c0_l0") if n in w)
    hears = (w["rec.weight_ih_l0"][own, 0] == HEARS).all() and (biases == GATES).all()
    return bool(alone and rests and hears and w["lin.weight"][0, hidden - 1] > 0.0)


def _without_last(name: str, array: Array, hidden: int) -> Array:
    if name == "lin.bias":
        return array
    if name == "lin.weight":
        return array[:, :-1]
    kept = array[:, :-1] if name == "rec.weight_hh_l0" else array
    blocks = kept.reshape(-1, hidden, *kept.shape[1:])[:, :-1]
    return blocks.reshape(-1, *kept.shape[1:])
