"""The proof that a smaller snapshot sounds as the larger one did, before it is accepted.

Both are played in double precision, so that what is compared is the networks and not the rounding of float32.
Removing dead units must be exact. Folding constants rounds biases to float32: that may differ by as much as
the rounding of one sample after the other does, which is measured on the larger model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.pruning.units import Removal, without_dead_units
from zoo.engine import render
from zoo.engine.reference import render_reference
from zoo.errors import SnapshotError
from zoo.snapshot import Snapshot

Signal = npt.NDArray[np.float32]

# All of the larger of full scale and the output's peak.
EXACT, ROUNDED = 1e-9, 1e-5
TIMES_OWN_ROUNDING = 4.0
NOISE_SECONDS = 0.1


class NotEqual(SnapshotError):
    """The smaller model does not sound the same; it must not be used."""


def compacted(snapshot: Snapshot, dry: Signal) -> Removal:
    """``snapshot`` without useless units, proved equal on noise and on ``dry``.

    Where folding constants does not pass the proof, dead units alone are removed.

    Raises:
        NotEqual: not even that is equal.
    """
    removal = without_dead_units(snapshot)
    try:
        assert_equal(snapshot, removal, dry)
    except NotEqual:
        if not removal.constant:
            raise
        removal = without_dead_units(snapshot, fold=False)
        assert_equal(snapshot, removal, dry)
    return removal


def assert_equal(before: Snapshot, after: Removal, dry: Signal) -> None:
    """Compare on noise of several levels and on ``dry``; what was folded settles in silence first.

    Raises:
        NotEqual: they differ by more than is allowed.
    """
    rng = np.random.default_rng(0)
    samples = round(NOISE_SECONDS * before.sample_rate)
    noise = rng.standard_normal(samples) * np.repeat([0.01, 0.1, 0.5, 0.0], -(-samples // 4))[:samples]
    silence = np.zeros(4 * after.settling_samples, np.float32)
    for name, signal in (("noise", noise.astype(np.float32)), ("the capture", dry)):
        heard = np.concatenate([silence, signal])
        truth, found = (render_reference(m, heard)[silence.size :] for m in (before, after.snapshot))
        scale = max(1.0, float(np.abs(truth).max()))
        allowed = EXACT
        if after.constant:
            rounding = float(np.abs(render(before, heard)[silence.size :] - truth).max()) / scale
            allowed = max(ROUNDED, TIMES_OWN_ROUNDING * rounding)
        difference = float(np.abs(truth - found).max()) / scale
        if not difference <= allowed:
            raise NotEqual(
                f"without its useless units the model differs by {difference:.1e} on {name}, and at most "
                f"{allowed:.1e} is allowed; it is not used"
            )
