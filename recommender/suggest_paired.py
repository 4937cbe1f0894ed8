"""Suggestions from dry and wet: vectors nominate, a trial on the user's own dry signal decides."""

from __future__ import annotations

import numpy as np

from recommender import gain
from recommender.excerpt import Excerpt, excerpt
from recommender.expectation import expect, worthwhile
from recommender.library import Library
from recommender.listening import shortened
from recommender.nominate import Nominee, nominate
from recommender.paired import analyse_dry, paired_features
from recommender.reasons import reasons
from recommender.render_score import Trial, knobs_at, try_alone, try_parents
from recommender.scratch import untrained
from recommender.space import space
from recommender.suggestion import Advice, Confidence, Parent, Suggestion, TrialResult
from recommender.traits import paired_traits
from zoo.capture import Capture
from zoo.engine import render

BRIEF_SECONDS, FULL_SECONDS = 1.8, 6.0
SHORT_SECONDS = 10.0
CLOSE_DB = 0.5  # trials nearer than this are as good as equal


def suggest_paired(capture: Capture, library: Library, k: int) -> Suggestion:
    """The ``k`` best parents for a capture with a dry side; see `recommender.suggest`."""
    heard = shortened(capture)
    assert heard.dry is not None
    raw = paired_features(analyse_dry(heard.dry, capture.sample_rate), heard.wet)
    nominees = nominate(library.index, "paired", space("paired").project(raw), library.candidates)
    brief, full = excerpt(capture, BRIEF_SECONDS), excerpt(capture, FULL_SECONDS)
    trials = try_parents([nominee.id for nominee in nominees], library.load, brief, full)[:k]
    scratch = try_alone(untrained(), full)
    by_id = {nominee.id: nominee for nominee in nominees}
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
