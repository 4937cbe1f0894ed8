"""Fits the coefficients of bela/engine/tanh.h and exp2.h: minimax, by Lawson's reweighted least squares.

Run: python bela/tools/fit_activations.py
"""
# ruff: noqa: T201

from __future__ import annotations

import numpy as np

ROUNDS = 3000


def chebyshev_grid(low: float, high: float, count: int = 1600) -> np.ndarray:
    """Points that crowd at both ends, where minimax errors peak."""
    return low + (high - low) * 0.5 * (1 - np.cos(np.pi * (np.arange(count) + 0.5) / count))


def least_squares(rows: np.ndarray, target: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The coefficients that bring ``rows @ coefficients`` nearest to ``target``."""
    return np.linalg.lstsq(rows * weight[:, None], target * weight, rcond=None)[0]


def fit_tanh(bound: float, odd_terms: int, even_terms: int) -> tuple[np.ndarray, np.ndarray]:
    """P and Q of x P(x^2) / Q(x^2), nearest to tanh on [0, bound]; lowest power first, Q's first is 1."""
    x = chebyshev_grid(0.0, bound)
    y, s = np.tanh(x), x / bound
    odd = np.stack([s ** (2 * k + 1) for k in range(odd_terms)], 1)
    even = np.stack([s ** (2 * k) for k in range(1, even_terms + 1)], 1)
    rows, lawson, q_before = np.hstack([odd, -y[:, None] * even]), np.ones_like(x), np.ones_like(x)
    least, best = np.inf, np.zeros(odd_terms + even_terms)
    for _ in range(ROUNDS):
        c = least_squares(rows, y, np.sqrt(lawson) / q_before)
        q_before = 1 + even @ c[odd_terms:]
        error = np.abs(odd @ c[:odd_terms] / q_before - y)
        if error.max() < least:
            least, best = error.max(), c
        lawson *= error / error.max() + 1e-9
        lawson /= lawson.sum()
    p_powers, q_powers = 2 * np.arange(odd_terms) + 1, 2 * np.arange(1, even_terms + 1)
    return best[:odd_terms] / bound**p_powers, np.r_[1, best[odd_terms:] / bound**q_powers]


def fit_exp2(degree: int) -> np.ndarray:
    """A polynomial nearest to 2^f, relatively, on [-1/2, 1/2]; value and slope at 0 are exact.

    An exact value keeps tanh(0) at 0, and an exact slope a quiet signal's gain at what was trained.
    """
    f = chebyshev_grid(-0.5, 0.5)
    rows = np.stack([f**k for k in range(2, degree + 1)], 1)
    target, lawson = 2.0**f - 1 - np.log(2) * f, np.ones_like(f)
    least, best = np.inf, np.zeros(degree - 1)
    for _ in range(ROUNDS):
        c = least_squares(rows, target, np.sqrt(lawson) / 2.0**f)
        error = np.abs(rows @ c - target) / 2.0**f
        if error.max() < least:
            least, best = error.max(), c
        lawson *= error / error.max() + 1e-9
        lawson /= lawson.sum()
    return np.r_[1.0, np.log(2), best]


def main() -> None:
    """Prints coefficients and errors, the latter with coefficients rounded to float32."""
    p, q = (c.astype(np.float32).astype(float) for c in fit_tanh(7.0, 4, 3))
    x = np.linspace(0, 7.0, 200_001)
    error = np.abs(x * np.polyval(p[::-1], x * x) / np.polyval(q[::-1], x * x) - np.tanh(x)).max()
    print(
        f"tanh: error {error:.2e} on +-7, {1 - np.tanh(7.0):.2e} beyond\n  P {p.tolist()}\n  Q {q.tolist()}"
    )
    c = fit_exp2(5).astype(np.float32).astype(float)
    f = np.linspace(-0.5, 0.5, 200_001)
    error = np.abs(np.polyval(c[::-1], f) / 2.0**f - 1).max()
    print(f"exp2: relative error {error:.2e}\n  {c.tolist()}")


if __name__ == "__main__":
    main()
