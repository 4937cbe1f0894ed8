"""The plane keeps the largest differences, and is the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.explaining.neighbourhood import plane


def _cloud() -> np.ndarray:
    """Wide along the third number, half as wide along the first."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((200, 8)) * [4.0, 0.1, 8.0, 0.1, 0.1, 0.1, 0.1, 0.1] + 5.0


def test_the_plane_shows_what_differs_most() -> None:
    axes, middle, share = plane(_cloud())
    assert np.argmax(np.abs(axes), axis=0).tolist() == [2, 0]
    assert share > 0.99
    assert middle == pytest.approx(np.full(8, 5.0), abs=1.5)


def test_neither_order_nor_chance_turns_it_round() -> None:
    axes, _, _ = plane(_cloud())
    again, _, _ = plane(_cloud()[::-1])
    np.testing.assert_allclose(axes, again, atol=1e-9)
    assert (axes.max(axis=0) >= -axes.min(axis=0)).all()


def test_models_that_all_sound_the_same_have_a_plane_too() -> None:
    axes, _, share = plane(np.ones((5, 8)))
    assert np.isfinite(axes).all()
    assert share == 0.0
