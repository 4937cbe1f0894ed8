"""Whether skipping zeros pays: an LSTM in plain loops, dense and with compressed sparse rows, compiled alike.

The paper's Fig. 8, which compares Eigen's dense and sparse matrices. Here the loops are the same but for the
product with the state, in single precision; what is told is their ratio in one run.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from zoo.snapshot import Snapshot

SAMPLES, ROUNDS = 8192, 5


def seconds_dense(model: Snapshot) -> float:
    """Seconds for a sample of an LSTM, every weight multiplied."""
    return _timed(_loop(_dense), (np.ascontiguousarray(model.weights["rec.weight_hh_l0"]),), model)


def seconds_sparse(model: Snapshot) -> float:
    """Seconds for a sample of an LSTM, only the weights that are not zero multiplied."""
    rows = csr_matrix(model.weights["rec.weight_hh_l0"])
    return _timed(_loop(_sparse), (rows.data, rows.indices, rows.indptr), model)


def _timed(loop: Callable[..., Any], recurrent: tuple[Any, ...], model: Snapshot) -> float:
    weights = model.weights
    biases = weights["rec.bias_ih_l0"] + weights.get("rec.bias_hh_l0", np.float32(0.0))
    rest = (weights["rec.weight_ih_l0"][:, 0].copy(), biases, weights["lin.weight"][0].copy())
    audio = (0.3 * np.random.default_rng(0).standard_normal(SAMPLES)).astype(np.float32)
    loop(audio[:16], recurrent, *rest)  # compiles
    best = math.inf
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        loop(audio, recurrent, *rest)
        best = min(best, time.perf_counter() - begin)
    return best / SAMPLES


@cache
def _loop(product: Callable[..., None]) -> Callable[..., Any]:
    """An LSTM from sample to sample around ``product``, as machine code."""
    from numba import njit

    multiply = njit(fastmath=True)(product)

    def loop(audio: Any, recurrent: Any, inward: Any, biases: Any, outward: Any) -> Any:
        size = outward.size
        h, c, gates = np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(4 * size, np.float32)
        wet = np.zeros_like(audio)
        for n in range(audio.size):
            multiply(recurrent, h, gates)
            for row in range(4 * size):
                gates[row] += biases[row] + inward[row] * audio[n]
            for unit in range(size):
                i = 1.0 / (1.0 + np.exp(-gates[unit]))
                f = 1.0 / (1.0 + np.exp(-gates[size + unit]))
                o = 1.0 / (1.0 + np.exp(-gates[3 * size + unit]))
                c[unit] = f * c[unit] + i * np.tanh(gates[2 * size + unit])
                h[unit] = o * np.tanh(c[unit])
                wet[n] += outward[unit] * h[unit]
        return wet

    made: Callable[..., Any] = njit(fastmath=True)(loop)
    return made


def _dense(recurrent: Any, h: Any, gates: Any) -> None:
    (matrix,) = recurrent
    for row in range(gates.size):
        total = np.float32(0.0)
        for column in range(h.size):
            total += matrix[row, column] * h[column]
        gates[row] = total


def _sparse(recurrent: Any, h: Any, gates: Any) -> None:
    values, columns, begins = recurrent
    for row in range(gates.size):
        total = np.float32(0.0)
        for index in range(begins[row], begins[row + 1]):
            total += values[index] * h[columns[index]]
        gates[row] = total
