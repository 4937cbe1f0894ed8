"""Suggestions from dry and wet: vectors nominate, a trial on the user's own playing decides.

The trial is a head fitted to what a parent's units do and, where the caller can tune, a moment of tuning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from recommender import gain
from recommender.comparison import compared
from recommender.evidence import Evidence
from recommender.excerpt import Excerpt, excerpt
from recommender.forecast import expect_from_scratch, expected_db, forecast, worthwhile
from recommender.halving import SCRATCH, Contest, Halving, Moment, Start, can_be_tuned, contest
from recommender.library import Library
from recommender.listening import shortened
from recommender.nominate import Nominee, nominate
from recommender.paired import Vector, analyse_dry, paired_features
from recommender.ranking import Tried, in_order
from recommender.reasons import tried
from recommender.render_score import (
    Trial,
    ranked,
    try_all_coarsely,
    try_best_finely,
    try_coarsely,
)
from recommender.scratch import untrained
from recommender.space import space
from recommender.suggestion import (
    Advice,
    Confidence,
    Parent,
    ScratchResult,
    Suggestion,
    TrialResult,
)
from recommender.tunability import build_of
from zoo.capture import Capture

BRIEF_SECONDS, FULL_SECONDS = 1.8, 6.0
SHORT_SECONDS = 10.0
LEADERS, MORE_KIN = 3, 12
HEAD_MARGIN_DB = 1.0  # where nothing was tuned: on noise, any two heads are as bad
CLOSE_DB = 0.5  # trials nearer than this are as good as equal


def suggest_paired(capture: Capture, library: Library, k: int, halving: Halving | None = None) -> Suggestion:
    """The ``k`` best parents for a capture with a dry side; see `recommender.suggest`."""
    raw = _measured(capture)
    made = _tried(raw, capture, library, halving)
    order, scratch = made.order[:k], made.outcome.moment(SCRATCH)
    said = compared([one.trial for one in order], library.load, excerpt(capture, FULL_SECONDS))
    parents = [
        _parent(rank, one, made.by_id[one.id], words, scratch, library)
        for rank, (one, words) in enumerate(zip(order, said, strict=True), start=1)
    ]
    return Suggestion(
        advice=_advice(order, made.alone, scratch),
        way="paired",
        confidence=_confidence(order),
        gain_class=gain.class_of_capture(raw),
        scratch_esr=made.alone.fit.esr,
        parents=tuple(parents),
        hints=_hints(capture),
        scratch=_scratch(scratch),
    )


def tried_in_order(capture: Capture, library: Library, halving: Halving | None = None) -> list[Tried]:
    """All parents that were tried for a capture with a dry side, best first, without reasons."""
    return _tried(_measured(capture), capture, library, halving).order


def _measured(capture: Capture) -> Vector:
    heard = shortened(capture)
    assert heard.dry is not None
    return paired_features(analyse_dry(heard.dry, capture.sample_rate), heard.wet)


@dataclass(frozen=True)
class _Made:
    """All that was tried: parents in order, and the nominee of each; a head without a parent; the tuning."""

    order: list[Tried]
    by_id: dict[str, Nominee]
    alone: Trial
    outcome: Contest


def _tried(raw: Vector, capture: Capture, library: Library, halving: Halving | None) -> _Made:
    brief = excerpt(capture, BRIEF_SECONDS)
    alone = try_coarsely("", untrained(), brief)
    trials, by_id = _first_round(space("paired").project(raw), brief, library)
    if halving is None:  # what tuning would tell, finer gains on more playing must
        trials = try_best_finely(trials, library.load, excerpt(capture, FULL_SECONDS))

    known = {
        trial.id: Evidence(
            build_of(library.load(trial.id)), by_id[trial.id].distance, trial.fit.error, alone.fit.error
        )
        for trial in trials
    }
    outcome = Contest()
    if halving is not None:
        starts = _starts([one.trial for one in in_order(trials, known)], library)
        outcome = contest(
            starts, halving, lambda i, moments: expected_db(replace(known[i], moments=moments), forecast())
        )
        known = {i: replace(one, moments=outcome.moments.get(i, ())) for i, one in known.items()}
    return _Made(in_order(trials, known), by_id, alone, outcome)


def _starts(trials: list[Trial], library: Library) -> list[Start]:
    """The parents that a moment is enough for, in their order; knobs where the trial found them best."""
    loaded = [Start(trial.id, library.load(trial.id), trial.knob) for trial in trials]
    return [start for start in loaded if can_be_tuned(start.snapshot)]


def _first_round(
    point: npt.NDArray[np.float32], brief: Excerpt, library: Library
) -> tuple[list[Trial], dict[str, Nominee]]:
    """Trials of the nominees, and of more kin of the best and the most promising.

    One amp at a dozen settings was let in with three; which of them is right, only trials can tell.
    """

    def promise(parent_id: str, distance: float) -> float:
        return expected_db(Evidence(build_of(library.load(parent_id)), distance), forecast())

    nominees = nominate(library.index, "paired", point, library.candidates, promise=promise)
    coarse = try_all_coarsely([nominee.id for nominee in nominees], library.load, brief)
    by_id = {nominee.id: nominee for nominee in nominees}
    best = [by_id[trial.id] for trial in coarse[:LEADERS]]
    families = {nominee.family for nominee in (*best, *nominees[:LEADERS])}
    others = {i: c for i, c in library.candidates.items() if c.family in families and i not in by_id}
    kin = nominate(
        library.index, "paired", point, others, count=MORE_KIN, per_family=MORE_KIN, promise=promise
    )
    more = try_all_coarsely([nominee.id for nominee in kin], library.load, brief)
    return ranked([*coarse, *more]), by_id | {nominee.id: nominee for nominee in kin}


def _parent(
    rank: int,
    one: Tried,
    nominee: Nominee,
    words: tuple[str, ...],
    scratch: Moment | None,
    library: Library,
) -> Parent:
    trial, moment = one.trial, one.moment
    result = TrialResult(trial.fit.esr, trial.fit.pre_emphasised_esr, trial.gain_db, trial.knob)
    if moment is not None:
        effort = moment.effort
        result = replace(
            result,
            tuned_esr=moment.esr if np.isfinite(moment.esr) else None,
            tuned_loss=moment.loss if np.isfinite(moment.loss) else None,
            epochs=effort.epochs,
            seconds=effort.seconds,
        )
    return Parent(
        id=one.id,
        rank=rank,
        distance=nominee.distance,
        gain_class=gain.gain_class(library.fingerprint(one.id)),
        trial=result,
        expected=one.expected,
        reasons=words,
        tried=tried(trial.fit.esr, moment, scratch),
    )


def _scratch(scratch: Moment | None) -> ScratchResult | None:
    if scratch is None or not np.isfinite(scratch.esr):
        return None
    return ScratchResult(scratch.esr, expect_from_scratch(scratch))


def _advice(order: list[Tried], alone: Trial, scratch: Moment | None) -> Advice:
    if not order:
        return "nothing to choose from"
    moment = order[0].moment
    if scratch is None:
        helps = worthwhile(order[0].trial.fit.error, alone.fit.error, HEAD_MARGIN_DB)
    elif moment is not None and moment.effort.epochs == scratch.effort.epochs:
        helps = worthwhile(moment.esr, scratch.esr)  # like against like
    else:
        helps = worthwhile(order[0].expected.esr, expect_from_scratch(scratch).esr)
    return "start from a parent" if helps else "train from scratch"


def _confidence(order: list[Tried]) -> Confidence:
    """High when the first choice leads clearly, medium when others come close, low when hardly any fits."""
    if not order or order[0].esr > 0.5:
        return "low"
    if len(order) == 1 or (order[0].moment is None) != (order[1].moment is None):
        return "medium"
    lead = 10.0 * np.log10(order[1].expected.esr / max(order[0].expected.esr, 1e-12))
    return "high" if lead >= CLOSE_DB else "medium"


def _hints(capture: Capture) -> tuple[str, ...]:
    if capture.seconds >= SHORT_SECONDS:
        return ()
    return (f"the capture lasts {capture.seconds:.1f} s; half a minute of varied playing ranks better",)
