"""Whether a model is fit to be played at all: finite, bounded, silent in silence, not too large.

The limits are far from anything that real models do: of 164 that players made, the loudest reaches 13 dB
above full scale, and the one that settles worst falls to -70 dB.
"""

from __future__ import annotations

from itertools import product

from recommender.stress import Endurance, endurance, stress
from zoo.engine import DEFAULT_KNOB, render
from zoo.errors import BadRequest, RefusedModel
from zoo.snapshot import Snapshot

MAX_PARAMETERS = 1_500_000  # each costs a multiplication a sample: 70 billion a second
MOST_PEAK_DB = 40.0
RINGS_DB = -50.0
SILENT_DB = -80.0
MOST_TURNED = 3  # knobs that are tried at both ends, in all combinations


def endure(snapshot: Snapshot) -> Endurance:
    """What the model does with a full-scale burst and the silence after it, at its worst knob setting.

    Raises:
        RefusedModel: what it does forbids use.
        EngineMissing: the native engine is not installed.
    """
    played = snapshot.at_size(1.0)
    if played.num_parameters > MAX_PARAMETERS:
        raise RefusedModel(
            f"its {played.num_parameters:,} parameters are too many to be played in real time; "
            f"at most {MAX_PARAMETERS:,} are let in"
        )
    found = [_endured(snapshot, knobs) for knobs in _knob_settings(played.num_knobs)]
    peak_db = max(one.peak_db for one in found)
    if peak_db < SILENT_DB:
        raise RefusedModel("it makes no sound: its output stays silent for an input at full scale")
    return Endurance(None, peak_db, max(one.silence_db for one in found), found[0].dc)


def _knob_settings(num_knobs: int) -> list[tuple[float, ...]]:
    """All knobs in the middle, then the first few at their ends."""
    middle = (DEFAULT_KNOB,) * num_knobs
    turned = min(num_knobs, MOST_TURNED)
    ends = product((0.0, 1.0), repeat=turned) if turned else ()
    return [middle, *(setting + middle[turned:] for setting in ends)]


def _endured(snapshot: Snapshot, knobs: tuple[float, ...]) -> Endurance:
    rate, where = snapshot.sample_rate, f" with the knobs at {knobs}" if knobs else ""
    try:
        found = endurance(render(snapshot, stress(rate), knobs=knobs), rate)
    except BadRequest as error:
        raise RefusedModel(f"it cannot be played: {error}") from error
    if found.broke_at is not None:
        raise RefusedModel(
            f"its output is not finite: NaN or infinity {found.broke_at:.2f} s into full-scale input{where}"
        )
    if found.peak_db > MOST_PEAK_DB:
        raise RefusedModel(
            f"its output is not bounded: {found.peak_db:.0f} dB above full scale for full scale{where}; "
            f"at most {MOST_PEAK_DB:.0f} dB is let in"
        )
    if found.silence_db > RINGS_DB:
        raise RefusedModel(
            f"it oscillates by itself: a second into silence it still sounds at {found.silence_db:.0f} dB "
            f"of full scale{where}; below {RINGS_DB:.0f} dB is expected"
        )
    return found
