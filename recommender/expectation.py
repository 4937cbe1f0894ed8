"""From the error of a fitted head to the error to expect after fine-tuning.

A rough map, drawn by eye through some fifteen short fine-tunings on ten seconds of one capture; a benchmark
will redraw it. Its band is as wide as those tunings scattered. Training moves a poor start far and a good one
little, hence the slope.
"""

from __future__ import annotations

import numpy as np

from recommender.suggestion import Expected

# expected dB = OFFSET + SLOPE * (head's ESR in dB); the band is +-BAND_DB around it.
OFFSET_DB, SLOPE, BAND_DB = -7.0, 0.65, 3.0
WORTHWHILE_DB = 1.0


def expect(head_esr: float) -> Expected:
    """The error-to-signal ratio to expect after fine-tuning on the whole capture."""
    head_db = 10.0 * np.log10(max(head_esr, 1e-8))
    middle = min(head_db, OFFSET_DB + SLOPE * head_db)
    esr, low, high = (
        min(float(10.0 ** ((middle + shift) / 10.0)), 1.0) for shift in (0.0, -BAND_DB, BAND_DB)
    )
    return Expected(esr, low, high)


def worthwhile(parent_error: float, scratch_error: float) -> bool:
    """Whether a parent promises at least `WORTHWHILE_DB` over an untrained network in the same trial."""
    gain_db = 10.0 * np.log10(max(scratch_error, 1e-12) / max(parent_error, 1e-12))
    return bool(gain_db >= WORTHWHILE_DB)
