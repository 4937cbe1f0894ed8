"""Fits the coefficients of bela/engine/tanh.h and exp2.h: minimax, by linear programmes, then checked in float32.

Run: python bela/tools/fit_activations.py
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def chebyshev_grid(low: float, high: float, count: int = 800) -> np.ndarray:
    """Points that crowd at both ends, where minimax errors peak."""
    return low + (high - low) * 0.5 * (1 - np.cos(np.pi * (np.arange(count) + 0.5) / count))


def fit_tanh(bound: float, odd_terms: int, even_terms: int) -> tuple[np.ndarray, np.ndarray]:
    """x P(x^2) / Q(x^2) nearest to tanh on [0, bound]: differential correction with P's and Q's scaled by bound.

    Returns P's coefficients (lowest power first) and Q's, whose first is 1.
    """
    x = chebyshev_grid(0.0, bound)
    y, s = np.tanh(x), x / bound
    odd = np.stack([s ** (2 * k + 1) for k in range(odd_terms)], 1)
    even = np.stack([s ** (2 * k) for k in range(1, even_terms + 1)], 1)
    best, weight = (np.inf, np.zeros(odd_terms + even_terms)), np.ones_like(x)
    for _ in range(25):
        rows = np.hstack([odd, -y[:, None] * even])
        a = np.vstack([np.c_[rows, -weight], np.c_[-rows, -weight]])
        bounds = [(None, None)] * rows.shape[1] + [(0, None)]
        found = linprog(np.r_[np.zeros(rows.shape[1]), 1], A_ub=a, b_ub=np.r_[y, -y], bounds=bounds)
        if found.status != 0:
            break
        p, q = found.x[:odd_terms], found.x[odd_terms:-1]
        weight = np.maximum(1 + even @ q, 1e-3)
        error = np.abs(odd @ p / (1 + even @ q) - y).max()
        if error < best[0]:
            best = (error, found.x[:-1])
    p, q = best[1][:odd_terms], best[1][odd_terms:]
    powers = np.arange(max(odd_terms, even_terms + 1))
    return p / bound ** (2 * powers[:odd_terms] + 1), np.r_[1, q / bound ** (2 * powers[1 : even_terms + 1])]


def fit_exp2(degree: int) -> np.ndarray:
    """1 + f p(f) nearest to 2^f in relative error on [-1/2, 1/2]; exact at 0, so that tanh(0) stays 0."""
    f = chebyshev_grid(-0.5, 0.5)
    basis = np.stack([f**k for k in range(1, degree + 1)], 1) / 2.0 ** f[:, None]
    target = 1 - 1 / 2.0**f
    ones = -np.ones((f.size, 1))
    a = np.vstack([np.hstack([basis, ones]), np.hstack([-basis, ones])])
    bounds = [(None, None)] * degree + [(0, None)]
    found = linprog(np.r_[np.zeros(degree), 1], A_ub=a, b_ub=np.r_[target, -target], bounds=bounds)
    return np.r_[1.0, found.x[:-1]]


def main() -> None:
    """Prints coefficients and errors."""
    for bound in (6.0, 6.5, 7.0, 7.5):
        p, q = (c.astype(np.float32) for c in fit_tanh(bound, 4, 3))
        x = np.linspace(0, bound, 200_001, dtype=np.float32)
        x2 = x * x
        ratio = x * (((p[3] * x2 + p[2]) * x2 + p[1]) * x2 + p[0]) / (((q[3] * x2 + q[2]) * x2 + q[1]) * x2 + q[0])
        error = max(np.abs(ratio - np.tanh(x.astype(float))).max(), 1 - np.tanh(bound))
        print(f"tanh on +-{bound}: error {error:.2e}\n  P {p.tolist()}\n  Q {q.tolist()}")
    for degree in (3, 4, 5, 6):
        c = fit_exp2(degree).astype(np.float32)
        f = np.linspace(-0.5, 0.5, 200_001)
        error = np.abs(np.polyval(c[::-1].astype(float), f) / 2.0**f - 1).max()
        print(f"exp2, degree {degree}: relative error {error:.2e}\n  {c.tolist()}")


if __name__ == "__main__":
    main()
