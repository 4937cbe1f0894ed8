"""Newton's method on the ports of a circuit, sample by sample, as machine code. Float64; volts, amperes."""

from __future__ import annotations

import numpy as np

from training.circuits.compiled import compiled
from training.circuits.laws import evaluate, limit

MOST_ITERATIONS = 60
TOLERANCE = 1e-7  # volts of the last step; Newton's error is then its square
MOST_PIECES = 1024  # into which a jump of the source is cut where Newton fails


@compiled
def solve(p, coupling, v, i, slope, places, parameters, work):  # type: ignore[no-untyped-def]
    """Find v = p + coupling i(v) from the start ``v``; ``v`` and ``i`` are overwritten.

    Newton, with each part's voltage kept from steps its law would not survive.

    Returns:
        iterations, or -1 where none of `MOST_ITERATIONS` converged.
    """
    ports = v.size
    jacobian, residual, tried = work[:, :ports], work[:, ports], work[:, ports + 1]
    evaluate(v, places, parameters, i, slope)
    for iteration in range(MOST_ITERATIONS):
        _residual(p, coupling, v, i, residual)
        _jacobian(coupling, slope, places, jacobian)
        if not _eliminate(jacobian, residual):
            return -1
        tried[:] = v - residual
        limit(tried, v, places, parameters)
        largest = 0.0
        for k in range(ports):
            largest = max(largest, abs(residual[k]), abs(tried[k] - v[k]))
        v[:] = tried
        evaluate(v, places, parameters, i, slope)
        if largest < TOLERANCE:
            return iteration + 1
    return -1


@compiled
def _residual(p, coupling, v, i, residual):  # type: ignore[no-untyped-def]
    for row in range(v.size):
        r = v[row] - p[row]
        for k in range(v.size):
            r -= coupling[row, k] * i[k]
        residual[row] = r


@compiled
def _jacobian(coupling, slope, places, jacobian):  # type: ignore[no-untyped-def]
    """1 - coupling slope; ``slope`` is block-diagonal, a part's ports side by side."""
    ports = coupling.shape[0]
    for row in range(ports):
        for column in range(ports):
            jacobian[row, column] = 1.0 if row == column else 0.0
    for part in range(places.shape[0]):
        first = places[part, 1]
        last = places[part + 1, 1] if part + 1 < places.shape[0] else ports
        for row in range(ports):
            for column in range(first, last):
                for k in range(first, last):
                    jacobian[row, column] -= coupling[row, k] * slope[k, column]


@compiled
def _eliminate(a, b):  # type: ignore[no-untyped-def] # noqa: C901
    """Gauss with partial pivoting: ``b`` becomes the solution of a x = b; False if ``a`` is singular."""
    n = b.size
    for k in range(n):
        pivot = k
        for row in range(k + 1, n):
            if abs(a[row, k]) > abs(a[pivot, k]):
                pivot = row
        if not abs(a[pivot, k]) > 0.0:  # zero or NaN
            return False
        if pivot != k:
            for column in range(k, n):
                a[k, column], a[pivot, column] = a[pivot, column], a[k, column]
            b[k], b[pivot] = b[pivot], b[k]
        for row in range(k + 1, n):
            factor = a[row, k] / a[k, k]
            if factor != 0.0:
                for column in range(k + 1, n):
                    a[row, column] -= factor * a[k, column]
                b[row] -= factor * b[k]
    for k in range(n - 1, -1, -1):
        for column in range(k + 1, n):
            b[k] -= a[k, column] * b[column]
        b[k] /= a[k, k]
    return True


@compiled
def march(signal, x, v, old, p, i, advance, read, reach, coupling, places, parameters, out):  # type: ignore[no-untyped-def]
    """Play ``signal`` through a circuit; the matrices are those of `Discrete`, transposed.

    Args:
        signal: volts, shape (samples,).
        x: states, shape (states,); goes on where it stands and is left where it ends, as do the next four.
        v: port voltages, shape (ports,).
        old: port voltages a sample earlier, likewise.
        p: what the linear part last asked of the ports, likewise.
        i: port currents, likewise.
        advance: what z = (x, i, signal, 1) does to the states, shape (z, states).
        read: what z does to the outputs, shape (z, outputs).
        reach: what (x, signal, 1) does to the ports, shape (states + 2, ports).
        coupling: shape (ports, ports).
        places: of the parts among the ports.
        parameters: of the parts.
        out: filled, shape (samples, outputs).

    Returns:
        the sample that could not be solved, or -1; and iterations altogether.
    """
    states, ports = x.size, v.size
    z = np.zeros(states + ports + 2)
    z[:states] = x
    z[states + ports + 1] = 1.0
    before, following = p.copy(), np.zeros(states)
    slope, work = np.zeros((ports, ports)), np.zeros((ports, ports + 2))
    total = 0
    for n in range(signal.size):
        z[states + ports] = signal[n]
        _gather(z, reach, states, ports, p)
        used = _step(p, before, old, v, i, coupling, places, parameters, slope, work)
        if used < 0:
            return n, total
        total += used
        before[:] = p
        z[states : states + ports] = i
        following[:] = 0.0
        for k in range(z.size):
            for row in range(states):
                following[row] += advance[k, row] * z[k]
        for column in range(read.shape[1]):
            y = 0.0
            for k in range(z.size):
                y += read[k, column] * z[k]
            out[n, column] = y
        z[:states] = following
    x[:] = z[:states]
    return -1, total


@compiled
def _gather(z, reach, states, ports, p):  # type: ignore[no-untyped-def]
    p[:] = 0.0
    for k in range(states):
        for row in range(ports):
            p[row] += reach[k, row] * z[k]
    for row in range(ports):
        p[row] += reach[states, row] * z[states + ports] + reach[states + 1, row]


@compiled
def _step(p, before, old, v, i, coupling, places, parameters, slope, work):  # type: ignore[no-untyped-def]
    """One sample: from where the last two samples lead, else from the last, else in ever smaller pieces."""
    if v.size == 0:
        return 0
    last = v.copy()
    v[:] = 2.0 * last - old
    old[:] = last
    used = solve(p, coupling, v, i, slope, places, parameters, work)
    pieces = 1
    while used < 0 and pieces <= MOST_PIECES:
        v[:] = last
        total = 0
        for piece in range(1, pieces + 1):
            goal = before + piece / pieces * (p - before)
            used = solve(goal, coupling, v, i, slope, places, parameters, work)
            if used < 0:
                break
            total += used
        pieces *= 4
        used = total if used >= 0 else used
    return used
