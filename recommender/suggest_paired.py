"""Suggestions from dry and wet: vectors nominate, a trial on the user's own dry signal decides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender import gain
from recommender.excerpt import Excerpt, excerpt
from recommender.expectation import expect, worthwhile
from recommender.library import Library
from recommender.listening import shortened
from recommender.nominate import Nominee, nominate
from recommender.paired import analyse_dry, paired_features
from recommender.reasons import reasons
from recommender.render_score import (
    Trial,
    knobs_at,
    ranked,
    try_all_coarsely,
    try_alone,
    try_best_finely,
)
from recommender.scratch import untrained
from recommender.space import space
from recommender.suggestion import Advice, Confidence, Parent, Suggestion, TrialResult
from recommender.traits import paired_traits
from zoo.capture import Capture
from zoo.engine import render

BRIEF_SECONDS, FULL_SECONDS = 1.8, 6.0
SHORT_SECONDS = 10.0
LEADERS, MORE_KIN = 3, 12
CLOSE_DB = 0.5  # trials nearer than this are as good as equal


def suggest_paired(capture: Capture, library: Library, k: int) -> Suggestion:
    """The ``k`` best parents for a capture with a dry side; see `recommender.suggest`."""
    heard = shortened(capture)
    assert heard.dry is not None
    raw = paired_features(analyse_dry(heard.dry, capture.sample_rate), heard.wet)
    brief, full = excerpt(capture, BRIEF_SECONDS), excerpt(capture, FULL_SECONDS)
    coarse, by_id = _first_round(space("paired").project(raw), brief, library)
    trials = try_best_finely(coarse, library.load, full)[:k]
    scratch = try_alone(untrained(), full)
    parents = [
        _parent(rank, trial, by_id[trial.id], full, library) for rank, trial in enumerate(trials, start=1)
    ]
    return Suggestion(
        advice=_advice(trials, scratch),
        way="paired",
        confidence=_confidence(trials),
        gain_class=gain.class_of_capture(raw),
        scratch_esr=scratch.fit.esr,
        parents=tuple(parents),
        hints=_hints(capture),
    )


def _first_round(
    point: npt.NDArray[np.float32], brief: Excerpt, library: Library
) -> tuple[list[Trial], dict[str, Nominee]]:
    """Trials of the nominees, and of more kin of the best and the nearest.

    One amp at a dozen settings was let in with three; which of them is right, only trials can tell.
    """
    nominees = nominate(library.index, "paired", point, library.candidates)
    coarse = try_all_coarsely([nominee.id for nominee in nominees], library.load, brief)
    by_id = {nominee.id: nominee for nominee in nominees}
    best = [by_id[trial.id] for trial in coarse[:LEADERS]]
    families = {nominee.family for nominee in (*best, *nominees[:LEADERS])}
    others = {i: c for i, c in library.candidates.items() if c.family in families and i not in by_id}
    kin = nominate(library.index, "paired", point, others, count=MORE_KIN, per_family=MORE_KIN)
    more = try_all_coarsely([nominee.id for nominee in kin], library.load, brief)
    return ranked([*coarse, *more]), by_id | {nominee.id: nominee for nominee in kin}


def _parent(rank: int, trial: Trial, nominee: Nominee, full: Excerpt, library: Library) -> Parent:
    return Parent(
        id=trial.id,
        rank=rank,
        distance=nominee.distance,
        gain_class=gain.gain_class(library.fingerprint(trial.id)),
        trial=TrialResult(trial.fit.esr, trial.fit.pre_emphasised_esr, trial.gain_db, trial.knob),
        expected=expect(trial.fit.esr),
        reasons=_reasons(trial, full, library),
    )


def _reasons(trial: Trial, full: Excerpt, library: Library) -> tuple[str, ...]:
    """The parent against the capture on the very same playing, the parent as it is at its best input gain."""
    snapshot = library.load(trial.id)
    dry = analyse_dry(full.dry, full.sample_rate)
    played = render(
        snapshot, full.dry * np.float32(10.0 ** (trial.gain_db / 20.0)), knobs=knobs_at(snapshot, trial.knob)
    )
    target, parent = (paired_traits(paired_features(dry, signal)) for signal in (full.wet, played))
    return reasons(target, parent)


def _advice(trials: list[Trial], scratch: Trial) -> Advice:
    if not trials:
        return "nothing to choose from"
    helps = worthwhile(trials[0].fit.error, scratch.fit.error)
    return "start from a parent" if helps else "train from scratch"


def _confidence(trials: list[Trial]) -> Confidence:
    """High when the first choice leads clearly, medium when others come close, low when hardly any fits."""
    if not trials or trials[0].fit.esr > 0.5:
        return "low"
    if len(trials) == 1:
        return "medium"
    lead = 10.0 * np.log10(trials[1].fit.error / max(trials[0].fit.error, 1e-12))
    return "high" if lead >= CLOSE_DB else "medium"


def _hints(capture: Capture) -> tuple[str, ...]:
    if capture.seconds >= SHORT_SECONDS:
        return ()
    return (f"the capture lasts {capture.seconds:.1f} s; half a minute of varied playing ranks better",)
